"""Declares a service's commands, questions, facts and timers: `@router.subscriber(**asked(RegisterForEvent))`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict, TypeVar

from faststream import Context

from ekkyo.contracts.base import Caller, Command, Fact, Question, name_of, owner_of
from ekkyo.decision import Timer
from ekkyo.wire import due_subject, facts_by_type

Who = Annotated[Caller, Context("caller")]
"""Who asks, for handlers whose decision depends on it."""

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
Start = Literal["beginning", "new"]


@dataclass(frozen=True)
class Asked:
    """A command or a question, answered by one of the service's instances."""

    message: type[Command[Any]] | type[Question[Any]]

    @property
    def name(self) -> str:
        return name_of(self.message)

    @property
    def queue(self) -> str:
        return owner_of(self.message)


@dataclass(frozen=True)
class Reaction:
    """What a service does on hearing facts, or when a timer is due: a durable of this name on a stream."""

    service: str
    name: str
    stream: str
    subjects: tuple[str, ...]
    start: Start
    timer: type[Timer] | None = None

    @property
    def durable(self) -> str:
        return f"{self.service}-{self.name}"

    @property
    def dead_subject(self) -> str:
        """Where what it gave up on is kept."""
        return f"ekkyo.dead.{self.service}.{self.name}"

    @property
    def again_subject(self) -> str:
        """Where a dead letter comes back to this reaction alone."""
        return f"ekkyo.again.{self.service}.{self.name}"


class To(TypedDict):
    """The arguments of `Router.subscriber`."""

    to: Asked | Reaction


def asked(message: type[Command[Any]] | type[Question[Any]]) -> To:
    """Answer this command or question; each is answered by one instance of its owner."""
    return {"to": Asked(message)}


def told(*facts: type[Fact], by: str, name: str, start: Start) -> To:
    """React to these facts; each is delivered to one instance of the service `by`, and retried until it succeeds.

    A class without a subject of its own stands for all the facts that derive from it. name: the reaction's, kept for
    ever, since its position in the stream and its dead letters go by it. start: "beginning" for what builds a
    projection, "new" for what has an effect outside.
    """
    known = sorted({f.subject for f in facts_by_type().values() if issubclass(f, facts)})
    subjects = known or sorted({f.subject for f in facts})
    assert subjects, "told needs facts"
    return {"to": Reaction(by, name, "FACTS", tuple(f"{subject}.*" for subject in subjects), start)}


def due(timer: type[Timer]) -> To:
    """React to this timer when it is due. It may arrive twice, a second early, or late: check the document."""
    _, _, service, name = timer.subject.split(".")
    return {"to": Reaction(service, f"due-{name}", "TIMERS", (f"{due_subject(timer)}.*",), "beginning", timer)}


class Router:
    """Handlers and what they are called for. It holds no connection and can be mounted on any number of brokers."""

    def __init__(self) -> None:
        self.routes: list[tuple[Asked | Reaction, Callable[..., Awaitable[Any]]]] = []

    def subscriber(self, *, to: Asked | Reaction) -> Callable[[Handler], Handler]:
        """Call the decorated function for this. The function stays as it is and can be called in tests."""

        def record(handler: Handler) -> Handler:
            self.routes.append((to, handler))
            return handler

        return record

    @property
    def reactions(self) -> list[Reaction]:
        return [to for to, _ in self.routes if isinstance(to, Reaction)]
