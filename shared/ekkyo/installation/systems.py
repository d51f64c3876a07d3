"""The other systems that talk to Ekkyo: an account of NATS for each, and what may pass between it and Ekkyo's own.

Pure: the model, and the text for the server's configuration. The mirrors that they read are made by `mirrors`.
Settings: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/accounts
"""

import json
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

EKKYO: Final = "EKKYO"
"""The account of the services and of those who run them."""
OWNERS: Final = ("members", "events", "surveys", "notify")
OUTSIDE: Final = "outside"
"""The system that a local stack is made with: it may ask everything and hears everything."""
ORIGIN: Final = "ekkyo.origin"
MIRROR: Final = "ekkyo.mirror"
ERASED: Final = "ekkyo.fact.members.erased.*"
"""Holds ids alone. Whoever keeps anything about members has to hear it."""
PERSONAL: Final = "members"
"""Whose facts hold personal data: only a system that is named for them hears them."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
_MAY: Final = re.compile(r"\*|([a-z]+)\.(\*|[a-z_]+)")


def account(name: str) -> str:
    """The account of a system. Its consumer in FACTS and the subject it is told on end in the same word."""
    return f"system-{name}"


def api(account: str) -> str:
    """Where Ekkyo's own account finds the JetStream API of a system's account."""
    return f"ekkyo.system.{account}"


class Login(BaseModel):
    """A user of a system's account."""

    model_config = ConfigDict(frozen=True)

    user: str
    password: str = Field(repr=False)
    """Plain, or as a bcrypt hash."""


class System(BaseModel):
    """Another system: who it is, what it may ask, what it hears, and how much it may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    may: tuple[str, ...] = ()
    """`*`, `events.*` or `events.list`: commands and questions it may ask. For whom, the token says."""
    hears: tuple[str, ...] = ("events", "surveys", "notify")
    """Whose facts it hears. `members` are those with personal data; `members.erased` is heard by all."""
    logins: tuple[Login, ...] = ()
    """The newest last. There are two while a password is changed."""
    connections: int = Field(20, ge=1)
    consumers: int = Field(50, ge=1)
    payload: int = Field(2_000_000, ge=1_000)
    """Bytes of a message that it sends. What it is sent may be larger."""

    @field_validator("may")
    @classmethod
    def _asks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            found = _MAY.fullmatch(one)
            if not found or (found[1] and found[1] not in OWNERS):
                raise ValueError(f"{one}: give *, or OWNER.* or OWNER.NAME with one of {', '.join(OWNERS)}")
        return value

    @field_validator("hears")
    @classmethod
    def _facts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := sorted(set(value) - set(OWNERS)):
            raise ValueError(f"{', '.join(wrong)}: give some of {', '.join(OWNERS)}")
        return value

    @classmethod
    def of_the_stack(cls, password: str) -> Self:
        """`outside`, which a local stack is made with. Many programs may share it, so it may have many connections."""
        logins = (Login(user=OUTSIDE, password=password),)
        return cls(name=OUTSIDE, may=("*",), hears=OWNERS, logins=logins, connections=1000)

    @property
    def account(self) -> str:
        return account(self.name)

    def asks(self) -> list[str]:
        """The subjects it may ask on, none of them within another."""
        if "*" in self.may:
            return ["ekkyo.cmd.>", "ekkyo.ask.>"]
        wide = {one for one in self.may if one.endswith(".*")}
        chosen = sorted(wide | {one for one in self.may if f"{one.partition('.')[0]}.*" not in wide})
        return [f"ekkyo.{kind}.{one}" for kind in ("cmd", "ask") for one in chosen]

    def filters(self) -> list[str]:
        """The subjects of the facts it hears."""
        heard = [f"ekkyo.fact.{owner}.>" for owner in OWNERS if owner in self.hears]
        return heard if PERSONAL in self.hears else [*heard, ERASED]

    def with_login(self, *, alone: bool = False) -> Self:
        """With a new password for a new user; the users before stay unless it is to be alone."""
        numbers = [int(login.user.rpartition(".")[2]) for login in self.logins if "." in login.user]
        user = f"{self.name}.{max(numbers, default=1) + 1}" if self.logins else self.name
        made = Login(user=user, password=make_password())
        return self.model_copy(update={"logins": (made,) if alone else (*self.logins, made)})


def make_password() -> str:
    """Begins with a letter: nats-server takes what looks like a number for one."""
    return "p" + secrets.token_hex(20)


_SYSTEMS: Final = TypeAdapter(tuple[System, ...])


def read(file: Path) -> tuple[System, ...]:
    """The systems that a file tells of. Raises OSError, or ValueError for what is not such a file."""
    return _SYSTEMS.validate_json(file.read_bytes())


def as_json(systems: Iterable[System], *, logins: bool = True) -> str:
    """For a file. Without logins it holds no secret: that is what provisioning and the portal need."""
    exclude = None if logins else {"__all__": {"logins"}}
    return _SYSTEMS.dump_json(tuple(systems), indent=1, exclude=exclude).decode() + "\n"


# For the server's configuration


def files(systems: Iterable[System]) -> dict[str, str]:
    """The files that a deployment has of these systems. Those for NATS alone hold secrets."""
    chosen = tuple(systems)
    return {
        "provision/systems.json": as_json(chosen, logins=False),
        "portal/systems.json": as_json(chosen, logins=False),
        "nats/systems.json": as_json(chosen),
        "nats/systems.conf": "# Made by `ekkyo system`.\n" + accounts(chosen) + "\n",
        "nats/imports.conf": "# Made by `ekkyo system`.\n" + imports(chosen),
    }


EXPORTS: Final = (
    '{ service: "ekkyo.cmd.>" }',
    '{ service: "ekkyo.ask.>" }',
    # what a mirror needs: each account can import the one that bears its own name, and no other
    f'{{ stream: "{MIRROR}.*", account_token_position: 3 }}',
    '{ service: "$JS.API.CONSUMER.RESET.FACTS.*", account_token_position: 6 }',
    '{ service: "$JS.FC.FACTS.*.>", account_token_position: 4 }',
)
"""What Ekkyo's account gives to systems' accounts. Replies go to a subject of the server's that nobody can choose."""


def imports(systems: Iterable[System]) -> str:
    """What Ekkyo's own account takes from systems: the JetStream API of each, for its mirror and for erasing in it."""
    taken = [
        f'  {{ service: {{ account: "{one.account}", subject: "$JS.API.>" }}, to: "{api(one.account)}.>" }}'
        for one in systems
    ]
    return "\n".join(["imports: [", *taken, "]", ""])


def accounts(systems: Iterable[System]) -> str:
    """The accounts of all these systems."""
    return "\n".join(line for one in systems for line in _account(one))


def _account(system: System) -> list[str]:
    own = system.account
    from_us = [
        *(f"service: {{ account: {EKKYO}, subject: {json.dumps(subject)} }}" for subject in system.asks()),
        f'stream: {{ account: {EKKYO}, subject: "{MIRROR}.{own}" }}',
        f'service: {{ account: {EKKYO}, subject: "$JS.FC.FACTS.{own}.>" }}',
        f'service: {{ account: {EKKYO}, subject: "$JS.API.CONSUMER.RESET.FACTS.{own}" }}, '
        f'to: "{ORIGIN}.CONSUMER.RESET.FACTS.{own}"',
    ]
    limits = f"max_connections: {system.connections}, max_payload: {system.payload}, max_subscriptions: 1000"
    return [
        f'"{own}" {{',
        f"  jetstream {{ max_streams: 1, max_consumers: {system.consumers} }}",
        f"  limits {{ {limits} }}",
        f'  exports: [ {{ service: "$JS.API.>", accounts: [{EKKYO}] }} ]',
        "  imports: [",
        *(f"    {{ {one} }}" for one in from_us),
        "  ]",
        "  users: [",
        *(f"    {line}" for login in system.logins for line in _user(system, login)),
        "  ]",
        "}",
    ]


def _user(system: System, login: Login) -> Sequence[str]:
    """Everything about consumers, of the one stream that there is. Other JetStream requests could only harm itself."""
    return (
        f"{{ user: {json.dumps(login.user)}, password: {json.dumps(login.password)}, permissions: {{",
        f"  publish: {{ allow: {json.dumps([*system.asks(), *READING])},",
        f'    deny: ["$JS.FC.FACTS.{system.account}.>"] }}',
        '  subscribe: { allow: ["_INBOX.>"] }',
        "} }",
    )


READING: Final = (
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.FACTS",
    "$JS.API.STREAM.MSG.GET.FACTS",
    "$JS.API.DIRECT.GET.FACTS",
    "$JS.API.DIRECT.GET.FACTS.>",
    "$JS.API.CONSUMER.>",
    "$JS.ACK.>",
    "$JS.FC.>",
    "$SYS.REQ.USER.INFO",
)
"""What a system may ask of JetStream, in its own account, where nothing but its mirror is."""
