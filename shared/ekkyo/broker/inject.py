"""Handing handlers what they ask for with `Context(...)`, without a thread per argument.

FastStream's own injection runs each `Context` in a thread, which costs more than all the rest of a request.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from faststream import ContextRepo
from faststream._internal.context import Context as ContextField

from ekkyo.wire.context import caller


def inject(handler: Callable[..., Awaitable[Any]], context: ContextRepo) -> Callable[[Any], Awaitable[Any]]:
    """The handler with its message as the only argument left. The others are looked up at each call."""
    asks = wants(handler)

    @wraps(handler)
    async def call(message: Any) -> Any:
        given = {a: caller.get() if name == "caller" else context.resolve(name) for a, name in asks}
        return await handler(message, **given)

    signature = inspect.signature(handler)
    hints = get_type_hints(handler)
    first, *_ = signature.parameters.values()
    left = signature.replace(parameters=[first.replace(annotation=hints[first.name])])
    call.__signature__ = left  # type: ignore[attr-defined]
    call.__annotations__ = {k: v for k, v in hints.items() if k in (first.name, "return")}
    del call.__wrapped__
    return call


def wants(handler: Callable[..., Awaitable[Any]]) -> list[tuple[str, str]]:
    """The handler's arguments but the first, each with the name it has in the context. Raises TypeError for others."""
    hints = get_type_hints(handler, include_extras=True)
    _, *others = inspect.signature(handler).parameters.values()
    found: list[tuple[str, str]] = []
    for argument in others:
        hint = hints.get(argument.name)
        fields = [m for m in get_args(hint)[1:] if isinstance(m, ContextField)] if get_origin(hint) is Annotated else []
        if isinstance(argument.default, ContextField):
            fields = [argument.default]
        if not fields:
            raise TypeError(f"{handler.__module__}.{handler.__name__}: nothing is known to give for {argument.name}")
        found.append((argument.name, fields[0].name or argument.name))
    return found
