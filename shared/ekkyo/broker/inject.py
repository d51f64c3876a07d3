"""Handing handlers what they ask for with `Context(...)`, without a thread per argument.

FastStream's own injection runs each `Context` in a thread, which costs more than all the rest of a request.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from faststream import ContextRepo
from faststream._internal.context import Context as ContextField
from faststream._internal.endpoint.call_wrapper import HandlerCallWrapper
from faststream.message import StreamMessage

from ekkyo.wire.context import caller

Handler = Callable[..., Awaitable[Any]]


class Injected(HandlerCallWrapper[..., Any]):
    """A handler as FastStream calls it: with a message that has been read, and what the handler asks for besides.

    FastStream's own wrapper inspects the handler for an injection that is not used, and makes a mock for its test
    broker: for a whole service that takes as much time as all the rest of its start.
    """

    def __init__(self, handler: Handler, context: ContextRepo) -> None:
        asks = wants(handler)

        async def call(message: StreamMessage[Any]) -> Any:
            given = {a: caller.get() if name == "caller" else context.resolve(name) for a, name in asks}
            return await handler(await message.decode(), **given)

        call.__name__, call.__doc__ = handler.__name__, handler.__doc__
        self._declared_call = self._composed_call = self._wrapped_call = call
        self._publishers, self._subscribers = [], []
        self.future, self.is_test = None, False


@lru_cache(maxsize=1_000)
def wants(handler: Handler) -> tuple[tuple[str, str], ...]:
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
    return tuple(found)
