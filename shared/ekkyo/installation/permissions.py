"""Each NATS user's permissions in one table, rendered for the local stack, the tests and real deployments alike.

A service hears its own commands and questions and its own inbox, and tells its own facts, timers and dead letters.
Other systems have accounts of their own: see `systems`.
Settings of nats-server: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ekkyo.installation import systems as outside
from ekkyo.installation.durables import DURABLES as DURABLES
from ekkyo.installation.durables import Durables as Durables
from ekkyo.installation.systems import EKKYO as ACCOUNT
from ekkyo.installation.systems import System

SERVICES: Final = ("members", "events", "surveys", "notify")
OPS: Final = "ops"
PORTAL: Final = "portal"
USERS: Final = (*SERVICES, PORTAL, OPS)
"""Who is in Ekkyo's own account. Each has an nkey."""
USER_INFO: Final = "$SYS.REQ.USER.INFO"
"""Where the server tells somebody what they may do: the doctor compares that with this table."""
EXPORTED: Final = ("ekkyo.fact.events.>", "ekkyo.fact.surveys.>", "ekkyo.fact.notify.>")
"""Facts that other accounts may import. Those about members are not among them: they hold personal data, and what
another account keeps of them cannot be purged from here."""

_STREAMS: Final = ("FACTS", "TIMERS", "DEAD", "AGAIN")
_PURGES: Final = {
    "members": (
        *(f"$JS.API.STREAM.MSG.{act}.{stream}" for act in ("GET", "DELETE") for stream in _STREAMS),
        "$JS.API.CONSUMER.LIST.FACTS",  # which systems have a mirror
        *(f"ekkyo.system.*.STREAM.{act}.FACTS" for act in ("INFO", "MSG.GET", "MSG.DELETE")),
    )
}
"""Who takes facts out of the streams and the mirrors: members alone, those about somebody who was erased. NATS cannot
narrow it to subjects: the message to delete is named in the request's body."""
ERASES: Final = tuple(_PURGES)
ANSWERED: Final = ("_R_.", f"_INBOX.{OPS}.", f"_INBOX.{PORTAL}.")
"""Where services reply to: the server's stand-in for a caller of another account, those who run Ekkyo, the portal."""
_KEYS: Final = {
    "surveys": (
        "$KV.SURVEY_KEYS.*",
        "$JS.API.STREAM.MSG.GET.KV_SURVEY_KEYS",
        "$JS.API.STREAM.MSG.DELETE.KV_SURVEY_KEYS",
    )
}
"""Who has the keys of surveys: that service alone."""
REPLIES: Final = ".answers"
"""Where notify is answered, below its inbox: apart from where its facts arrive, which no service may write to."""
_ASKS: Final = {"notify": ("ekkyo.cmd.events.register", "ekkyo.cmd.events.withdraw")}
"""What a service asks another for: notify, what members answer from their calendars."""
_ANSWERS: Final = {"events": (f"_INBOX.notify{REPLIES}.>",)}
"""Whom a service answers besides those whom all answer."""
_READS_KEYS: Final = tuple(
    f"$JS.API.{call}"
    for call in (
        "STREAM.MSG.GET.KV_SURVEY_KEYS",
        "STREAM.SNAPSHOT.KV_SURVEY_KEYS",
        "DIRECT.GET.KV_SURVEY_KEYS",
        "DIRECT.GET.KV_SURVEY_KEYS.>",
        "CONSUMER.CREATE.KV_SURVEY_KEYS",
        "CONSUMER.CREATE.KV_SURVEY_KEYS.>",
        "CONSUMER.DURABLE.CREATE.KV_SURVEY_KEYS.*",
    )
)
"""What would tell `ops` a key by mistake, in a backup for one. Whoever may make streams can make a copy on purpose."""


@dataclass(frozen=True)
class Permissions:
    """Subjects that a user may publish to and subscribe to; nothing else, and not what is denied although allowed."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    publish_denied: tuple[str, ...] = ()


def permissions(user: str, durables: Mapping[str, Durables] = DURABLES) -> Permissions:
    """What a user may do. Raises KeyError for a name that is none of `USERS`."""
    if user == PORTAL:
        return _portal(durables)
    return _ops() if user == OPS else _service(user, durables[user])


def _service(name: str, durables: Durables) -> Permissions:
    own = [(stream, durable) for stream, names in durables.items() for durable in names]
    own += [("AGAIN", durable) for _, durable in own]  # what is replayed to a reaction has a durable of the same name
    return Permissions(
        publish=(
            *(f"{prefix}>" for prefix in ANSWERED),
            *_ANSWERS.get(name, ()),
            *_ASKS.get(name, ()),
            f"ekkyo.fact.{name}.>",
            f"ekkyo.timer.{name}.>",
            f"ekkyo.dead.{name}.>",
            USER_INFO,
            *(f"$JS.API.STREAM.INFO.{stream}" for stream in _STREAMS),
            "$JS.API.STREAM.MSG.GET.FACTS",  # a replayed dead letter names its fact by its place in the stream
            *_PURGES.get(name, ()),
            *_KEYS.get(name, ()),
            "$JS.API.STREAM.PURGE.TIMERS",  # NATS cannot narrow a purge to a subject: the filter is in its body
            *(f"$JS.API.CONSUMER.INFO.{stream}.{durable}" for stream, durable in own),
            *(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}" for stream, durable in own),
            *(f"$JS.ACK.{stream}.{durable}.>" for stream, durable in own),
        ),
        subscribe=(
            f"ekkyo.cmd.{name}.>",
            f"ekkyo.ask.{name}.>",
            "$SRV.>",
            f"_INBOX.{name}.>",
        ),
    )


def _portal(durables: Mapping[str, Durables]) -> Permissions:
    """The portal: asks and sends, for whom its tokens say, and reads facts through short-lived consumers of its own.
    It may also ask who runs, for stewards.

    It acknowledges nothing and deletes nothing, and the consumers of the services are none of its business.
    """
    theirs = [name for service in SERVICES for name in durables[service].get("FACTS", ())]
    return Permissions(
        publish=(
            "ekkyo.cmd.>",
            "ekkyo.ask.>",
            "$SRV.PING",  # which services run, in which version
            USER_INFO,
            "$JS.API.STREAM.INFO.FACTS",
            "$JS.API.CONSUMER.CREATE.FACTS.>",
            "$JS.API.CONSUMER.MSG.NEXT.FACTS.*",
        ),
        subscribe=(f"_INBOX.{PORTAL}.>",),
        publish_denied=tuple(
            f"$JS.API.CONSUMER.{call}"
            for name in theirs
            for call in (f"CREATE.FACTS.{name}", f"CREATE.FACTS.{name}.>", f"MSG.NEXT.FACTS.{name}")
        ),
    )


def _ops() -> Permissions:
    """The people who run it: streams, consumers, dead letters, discovery. They tell no facts in a service's name."""
    return Permissions(
        publish=(
            USER_INFO,
            "$JS.API.>",
            "$JS.SNAPSHOT.>",  # where a stream that is backed up is taken from and one that is restored is given to
            "$JS.ACK.>",
            "$SRV.>",
            "ekkyo.cmd.>",
            "ekkyo.ask.>",
            "ekkyo.again.>",
            "ekkyo.system.>",  # the JetStream API of systems' accounts: their mirrors
        ),
        subscribe=(f"_INBOX.{OPS}.>", "$JS.EVENT.>"),
        publish_denied=_READS_KEYS,
    )


_VARIABLE = re.compile(r"^\$[A-Z][A-Z0-9_]*$")


def server_config(
    passwords: Mapping[str, str],
    *,
    nkeys: Mapping[str, Sequence[str]] | None = None,
    store_dir: Path | str,
    host: str | None = None,
    port: int | None = None,
    http: str | None = None,
    name: str | None = None,
    durables: Mapping[str, Durables] = DURABLES,
    keys: str | None = None,
    included: str | None = None,
    systems: Sequence[System] = (),
) -> str:
    """The text of a nats-server configuration; keep it in a file that its owner alone may read (mode 0600).

    passwords: by user, plain or as a bcrypt hash. nkeys: public keys by user, several while one takes another's place.
    In both `$NAME` is a variable, from the server's environment or from the file `keys`, which is included.
    http: host:port of the server's own monitoring, off when None. systems: the other systems' accounts; or included: a
    folder with files of these, as `ekkyo system` writes them, and of other teams' accounts.
    """
    head = [
        *([f"include {json.dumps(keys)}"] if keys else []),
        *([f"server_name: {json.dumps(name)}"] if name else []),
        *([f"host: {json.dumps(host)}"] if host else []),
        *([f"port: {port}"] if port else []),
        *([f"http: {json.dumps(http)}"] if http else []),
        "max_payload: 8MB",
        'ping_interval: "20s"',
        "ping_max: 2",
        'write_deadline: "10s"',
        "max_pending: 256MB  # a burst of large requests must not cost a service its connection",
        "jetstream {",
        f"  store_dir: {json.dumps(str(store_dir))}",
        "  sync_interval: always  # an acknowledged fact survives a power failure",
        "  max_memory_store: 256MB",
        "  max_file_store: 50GB",
        "}",
        "authorization { timeout: 5 }",
        "accounts {",
        f"  {ACCOUNT} {{",
        "    jetstream: enabled",
        "    exports: [",
        *(f"      {export}" for export in outside.EXPORTS),
        *(f"      {{ stream: {json.dumps(subject)} }}" for subject in EXPORTED),
        "    ]",
        f"    include {json.dumps(f'{included}/imports.conf')}" if included else outside.imports(systems),
        "    users: [",
    ]
    users = [
        *((user, f"nkey: {_value(key)}") for user, public in (nkeys or {}).items() for key in public),
        *((user, f"user: {user}, password: {_value(password)}") for user, password in passwords.items()),
    ]
    body = [line for user, login in users for line in _user(user, login, permissions(user, durables))]
    files = [f"  include {json.dumps(f'{included}/{name}.conf')}" for name in ("systems", "teams")] if included else []
    return "\n".join([*head, *body, "    ]", "  }", outside.accounts(systems), *files, "}", ""])


def _value(text: str) -> str:
    return text if _VARIABLE.match(text) else json.dumps(text)


def _user(name: str, login: str, may: Permissions) -> list[str]:
    return [f"      # {name}", f"      {{ {login}, permissions: {{", *_allowed(may), "      } }"]


@lru_cache(maxsize=100)  # tests start servers by the hundred
def _allowed(may: Permissions) -> tuple[str, ...]:
    lines = ["        publish: {", "          allow: ["]
    lines += [f"            {json.dumps(subject)}" for subject in may.publish] + ["          ]"]
    if may.publish_denied:
        lines += ["          deny: [", *(f"            {json.dumps(s)}" for s in may.publish_denied), "          ]"]
    lines += ["        }", "        subscribe: { allow: ["]
    return (*lines, *(f"          {json.dumps(subject)}" for subject in may.subscribe), "        ] }")


def variables(user: str) -> tuple[str, str]:
    """What a user's public keys are called in the file of keys that `deploy/nats/nats.conf` reads.

    The second one is there to take the first one's place while both are good.
    """
    return f"NATS_NKEY_{user.upper()}", f"NATS_NKEY_{user.upper()}_NEXT"


def deployed() -> str:
    """The configuration in deploy/nats: keys and systems' accounts come from files beside it, data is in /data."""
    head = "# Generated from ekkyo.installation.permissions: make nats-conf. Change it there.\n"
    return head + server_config(
        {},
        nkeys={user: [f"${name}" for name in variables(user)] for user in USERS},
        store_dir="/data",
        http="0.0.0.0:8222",
        keys="./keys/keys.conf",
        included="./keys",
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(deployed())
