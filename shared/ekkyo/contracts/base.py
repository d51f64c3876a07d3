"""What every command, question and fact is made of. Needs pydantic and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, PrivateAttr

from ekkyo.contracts.described import Described
from ekkyo.contracts.fields import (  # importable from here, as they always were
    Day as Day,
)
from ekkyo.contracts.fields import (
    Email as Email,
)
from ekkyo.contracts.fields import (
    Id as Id,
)
from ekkyo.contracts.fields import (
    Instant as Instant,
)
from ekkyo.contracts.fields import (
    Line as Line,
)
from ekkyo.contracts.fields import (
    Month as Month,
)
from ekkyo.contracts.fields import (
    Text as Text,
)
from ekkyo.contracts.fields import (
    Unit as Unit,
)
from ekkyo.contracts.fields import (
    Url as Url,
)
from ekkyo.contracts.fields import (
    Zone as Zone,
)
from ekkyo.contracts.fields import (
    new_id as new_id,
)

A = TypeVar("A", bound=BaseModel)
"""The answer to a command or a question."""

Role = Literal["self", "member", "leader", "host", "steward", "system", "portal"]
"""Who may use an operation. `self`: the token's subject is the member the message names. `member`: anyone with a
valid token. `host`: a host of the event that the message names, which its decision finds out. `portal`: a front end
that signs members in, before they are."""


class Model(Described):
    """A value inside a message. Unknown fields are ignored, so that newer senders can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


MOST_SPANS: Final = 100
"""How many spans one question counts."""


class Span(Model):
    """A span of time: from `since`, or from the beginning, up to but not including `until`."""

    since: Instant | None = None
    until: Instant


@dataclass(frozen=True)
class May:
    """Who may use an operation.

    roles: any one of them suffices. who: the field that must equal the token's subject for `self`.
    community: the field that names the community a leader must lead, where the message has one; operations on an
    entity check the entity's community in their decision (`Caller.must_lead`).
    """

    roles: frozenset[str]
    who: str = "member_id"
    community: str | None = None


def may(*roles: Role, who: str = "member_id", community: str | None = None) -> May:
    """State who may use an operation: `may("self", "leader", "steward", "system")`."""
    assert roles
    assert set(roles) <= set(get_args(Role))
    return May(frozenset(roles), who, community)


class _Asked(Described, Generic[A]):
    """A message that is answered: its subject, who may send it, and the type of its answer stand on the class."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    subject: ClassVar[str]
    may: ClassVar[May]

    @classmethod
    def answer_type(cls) -> type[BaseModel]:
        """The model that a successful reply parses into."""
        for base in cls.__mro__:
            meta = getattr(base, "__pydantic_generic_metadata__", None)
            if meta and meta["args"]:
                found: type[BaseModel] = meta["args"][0]
                return found
        raise TypeError(f"{cls.__name__} does not declare its answer")


class Command(_Asked[A], Generic[A]):
    """A request to one service to do something. It may be refused. Unknown fields are refused, so that typos show."""


class Question(_Asked[A], Generic[A]):
    """A request to one service for information. It changes nothing."""


class Fact(Described):
    """What happened. `about` names the field with the id of the entity it is about, the subject's last token."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    subject: ClassVar[str]
    about: ClassVar[str]
    _meta: "Meta | None" = PrivateAttr(default=None)

    @property
    def meta(self) -> "Meta":
        """The envelope this fact arrived in. Raises LookupError on a fact that was not read from the stream."""
        if self._meta is None:
            raise LookupError("this fact was made here and has not been published")
        return self._meta

    def told(self, meta: "Meta") -> "Fact":
        """This fact with its envelope, as code that reads the stream returns it."""
        self._meta = meta
        return self

    @property
    def entity_id(self) -> str:
        return str(getattr(self, self.about))


class Meta(Model):
    """The envelope of a received fact: its CloudEvents attributes and its position in the stream."""

    id: str
    source: str
    type: str
    subject: str
    time: Instant
    revision: int
    """The entity's revision after the change; a projection ignores facts that are not newer than its row."""
    actor: str | None = None
    """Who caused it: the `sub` of the token, or the name of a service that acted by itself."""
    traceparent: str | None = None
    sequence: int = 0
    """Position in the stream FACTS, from 1."""


class FieldError(Model):
    """One field of a refused message: where, what was expected, and a code."""

    field: str
    code: str
    detail: str


class Problem(Model):
    """Why a command or a question was refused, in the style of RFC 9457. `code` is stable API."""

    code: str
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []
    reference: str | None = None
    """Set on unexpected failures: what to look for in the service's log."""


@dataclass
class Refused(Exception):
    """A refusal, which is a regular answer. code: stable, snake_case; detail: safe text for people.

    status: 400 malformed, 401, 403, 404 (codes that end in _not_found), 409 refused by a rule,
    429 `too_many_requests` alone, 500, 503. Clients say again what was refused with 429 or 503, so no rule may use
    them.
    """

    code: str
    detail: str = ""
    status: int = 0
    errors: list[FieldError] = field(default_factory=list)
    reference: str | None = None

    def __post_init__(self) -> None:
        if not self.status:
            self.status = 404 if self.code.endswith("_not_found") else 409
        super().__init__(f"{self.code}: {self.detail}")

    @property
    def problem(self) -> Problem:
        return Problem(
            code=self.code,
            title=self.code.replace("_", " ").capitalize(),
            status=self.status,
            detail=self.detail,
            errors=self.errors,
            reference=self.reference,
        )


@dataclass(frozen=True)
class Caller:
    """Who asks: the token's subject and roles: `steward`, `system`, `portal`, and `leader:<community id>` for each
    community led.

    Any other role gives no right; a bare `leader` leads no community.
    """

    sub: str
    roles: frozenset[str] = frozenset()

    @property
    def leads_all(self) -> bool:
        """Whether they have the rights of a leader in every community."""
        return bool(self.roles & {"steward", "system"})

    @property
    def led(self) -> frozenset[str]:
        """The communities whose leader they are."""
        return frozenset(role.removeprefix("leader:") for role in self.roles if role.startswith("leader:"))

    def allowed(self, may: May, named: Mapping[str, Any]) -> bool:
        """Whether this caller may send a message with these fields, as far as the message alone can tell."""
        if "self" in may.roles and named.get(may.who) == self.sub:
            return True
        if may.roles & {"member", "host"} or self.roles & may.roles & {"steward", "system", "portal"}:
            return True
        if "leader" in may.roles and self.led:
            return may.community is None or named.get(may.community) in self.led
        return False

    def must_lead(self, community_id: str, *, or_is: str | None = None) -> None:
        """Refuse (403) a leader of other communities.

        Stewards, systems and the member `or_is` are accepted. For use in decisions, where the entity says which
        community it belongs to.
        """
        if self.leads_all or community_id in self.led or self.sub == or_is:
            return
        raise Refused("not_allowed", "Only leaders of this community may do this.", 403)


def name_of(message: type[Command[Any]] | type[Question[Any]] | type[Fact]) -> str:
    """`events.register` for a command on `ekkyo.cmd.events.register`."""
    return message.subject.split(".", 2)[2]


def owner_of(message: type[Command[Any]] | type[Question[Any]] | type[Fact]) -> str:
    """The service that answers or announces it."""
    return message.subject.split(".")[2]


_SUBJECT = re.compile(r"^ekkyo\.(cmd|ask|fact)\.(members|events|surveys|notify)\.[a-z_0-9]+$")


def all_messages(base: type[Any], module: Any) -> list[type[Any]]:
    """The messages of one kind that a contracts module, or a folder of them, defines."""
    inside = f"{module.__name__}."
    found: list[Any] = [
        m
        for m in vars(module).values()
        if isinstance(m, type)
        and issubclass(m, base)
        and f"{m.__module__}.".startswith(inside)
        and "subject" in vars(m)
    ]
    for m in found:
        assert _SUBJECT.match(m.subject), m.subject
    return found
