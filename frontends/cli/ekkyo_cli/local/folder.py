"""The stack's folder: its layout, secrets and ports, and the record of running processes."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import jwt
from ekkyo.contracts.base import Refused
from ekkyo.installation import systems
from ekkyo.installation.embedded import LOOPBACK, free_port
from ekkyo.installation.login import Login, make_nkey, public_nkey
from ekkyo.installation.permissions import USERS
from ekkyo.installation.systems import System
from ekkyo.wire.tokens import OF_A_PORTAL, OF_REPLIES, issue_token, make_keys, public_half
from pydantic import BaseModel, ValidationError

from ekkyo_cli.local.process import Process

SERVICES: Final = ("members", "events", "surveys", "notify")
SERVERS: Final = ("nats", "mongo", "mail", "chat")
PORTAL: Final = "portal"
OURS: Final = (*SERVICES, PORTAL)
"""Programs of Ekkyo itself: each tells by /readyz whether it is ready."""
PARTS: Final = (*SERVERS, *OURS)
WEB: Final = "web"
"""The port that the portal serves pages on; the one in its name is for its probes."""
MAIL_IN: Final = "mail_in"
"""The port on which notify takes mail in."""
DEFAULT: Final = Path(".ekkyo")
PRIVATE: Final = 0o700


class Part(BaseModel):
    """One part of the stack, as the supervisor last saw it."""

    name: str
    port: int
    process: Process | None = None
    since: float = 0
    """When it was started, seconds since 1970."""
    restarts: int = 0
    reason: str | None = None
    """Why it is not running."""


class State(BaseModel):
    """What runs in a folder. Written by the supervisor alone."""

    phase: Literal["starting", "ready", "stopping", "stopped", "failed"]
    supervisor: Process
    parts: dict[str, Part] = {}
    problem: str | None = None
    web: int = 0
    """The port that pages are served on."""
    mail_in: int = 0
    """The port on which notify takes mail in."""
    ready_after: float | None = None
    """Seconds from the start until everything was ready."""

    def ports(self) -> dict[str, int]:
        """The port of each part, the one of pages and the one that mail comes in at."""
        return {WEB: self.web, MAIL_IN: self.mail_in, **{name: part.port for name, part in self.parts.items()}}


@dataclass(frozen=True)
class Folder:
    """A stack's folder, by its absolute path."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "Folder":
        return cls(path.expanduser().resolve())

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def chat(self) -> Path:
        return self.path / "chat" / "messages.jsonl"

    @property
    def jwks(self) -> Path:
        return self.path / "jwks.json"

    @property
    def lock_file(self) -> Path:
        return self.path / "lock"

    @property
    def portal_key(self) -> Path:
        return self._secret("portal-key")

    @property
    def replies_key(self) -> Path:
        return self._secret("replies-key")

    @property
    def pass_key(self) -> Path:
        return self._secret("pass-key")

    @property
    def pass_jwks(self) -> Path:
        return self.path / "pass-jwks.json"

    @property
    def session_key(self) -> Path:
        return self.path / "secrets" / "session.key"

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def prepare(self) -> None:
        """Make the folders, and the secrets if there are none yet."""
        self.make()
        if not (self.path / ".gitignore").exists():
            (self.path / ".gitignore").write_text("*\n")
        if not self.systems_file.exists():
            self.keep_systems([System.of_the_stack(systems.make_password())])
        elif not self.systems_shown.exists():  # an older version made this stack
            self.keep_systems(self.systems())
        for user in USERS:
            if not self.seed(user).exists():
                write(self.seed(user), make_nkey()[0].decode())
        if not self._secret("signing-key").exists() or not self.jwks.exists():
            private, public = make_keys()
            write(self.jwks, json.dumps(public), mode=0o644)
            write(self._secret("signing-key"), json.dumps(private))
        self._prepare_portal()
        self._prepare_limited(self.portal_key, OF_A_PORTAL)
        self._prepare_limited(self.replies_key, OF_REPLIES)

    def _prepare_portal(self) -> None:
        """The portal's keys besides the one that it signs tokens with."""
        if not self.session_key.exists():
            write(self.session_key, secrets.token_urlsafe(48) + "\n")
        if not self.pass_key.exists() or not self.pass_jwks.exists():
            private, public = make_keys()
            write(self.pass_jwks, json.dumps(public), mode=0o644)
            write(self.pass_key, json.dumps(private))

    def _prepare_limited(self, file: Path, limits: Mapping[str, Any]) -> None:
        """A key that signs tokens within limits; its public half goes to the others, with them."""
        if not file.exists():
            write(file, json.dumps(make_keys(limits)[0]))
        known, own = json.loads(self.jwks.read_text()), public_half(json.loads(file.read_text()))
        if own["kid"] not in {key["kid"] for key in known["keys"]}:
            write(self.jwks, json.dumps({"keys": [*known["keys"], own]}), mode=0o644)

    def make(self) -> None:
        """Make the folders, each for its owner alone: mail, chat, databases and logs tell of people."""
        stack = self.path if not self.path.exists() or self._secret("signing-key").exists() else None
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        inside = [self.path / name for name in ("secrets", "nats", "mongo")]
        for folder in (*inside, self.logs, self.mail, self.chat.parent):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            folder.chmod(PRIVATE)
        if stack:  # a folder that was there before and held no stack stays as its owner has it
            stack.chmod(PRIVATE)

    def passwords(self) -> dict[str, str]:
        """The passwords of other systems' NATS users. Refuses when no stack was ever started here."""
        return {login.user: login.password for system in self.systems() for login in system.logins}

    @property
    def systems_file(self) -> Path:
        return self._secret("systems")

    @property
    def systems_shown(self) -> Path:
        """The same without secrets, for the portal."""
        return self._secret("systems-shown")

    def systems(self) -> tuple[System, ...]:
        """The systems that may talk to this stack. Refuses when no stack was ever started here."""
        self._read("systems")
        return systems.read(self.systems_file)

    def keep_systems(self, chosen: Iterable[System]) -> None:
        """From the next time that NATS reads its configuration, these may talk to it, and no other."""
        them = tuple(chosen)
        write(self.systems_file, systems.as_json(them))
        write(self.systems_shown, systems.as_json(them, logins=False))

    def nkeys(self) -> dict[str, list[str]]:
        """The public keys of the NATS users who have an nkey."""
        return {user: [public_nkey(self.seed(user).read_bytes())] for user in USERS}

    def seed(self, user: str) -> Path:
        """The file with the seed of a NATS user's nkey."""
        return self.path / "secrets" / f"{user}.nk"

    def login(self, user: str) -> Login:
        """The credentials of a NATS user. Refuses if no stack was ever started here."""
        passwords = self.passwords()
        return Login(user, passwords.get(user, ""), self.seed(user) if user in USERS else None)

    def token(self, sub: str, roles: list[str], ttl: float) -> str:
        """A bearer token signed with the stack's own key; `ttl` in seconds."""
        return issue_token(self._read("signing-key"), sub, roles, ttl)

    def made(self, token: str) -> bool:
        """Whether a bearer token names one of this stack's keys."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.PyJWTError:
            return False
        return kid in {key["kid"] for key in json.loads(self.jwks.read_text())["keys"]}

    def state(self) -> State | None:
        """The state that the supervisor last saved, or None if nothing was ever started here."""
        try:
            return State.model_validate_json((self.path / "state.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def note(self, state: State) -> None:
        write(self.path / "state.json", state.model_dump_json(indent=1), mode=0o644)

    def ports(self) -> dict[str, int]:
        """A port for each part, and the one of pages: that of the last time where it is free, else a new one."""
        before = self.state()
        had = before.ports() if before else {}
        ports: dict[str, int] = {}
        for name in (*PARTS, WEB, MAIL_IN):
            port = had.get(name, 0)
            while not _free(port) or port in ports.values():
                port = free_port()
            ports[name] = port
        return ports

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Take the folder's lock; yields False if another process holds it. A lock ends with its process."""
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with self.lock_file.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @property
    def running(self) -> bool:
        """Whether a supervisor looks after this folder."""
        if not self.lock_file.exists():
            return False
        with self.lock() as mine:
            return not mine

    def _secret(self, name: str) -> Path:
        return self.path / "secrets" / f"{name}.json"

    def _read(self, name: str) -> Any:
        try:
            return json.loads(self._secret(name).read_text())
        except OSError:
            raise Refused(
                "stack_not_found", f"There is no local stack in {self.path}. Start one: ekkyo up --dir {self.path}", 503
            ) from None


def write(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file atomically."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as out:
        out.write(text)
    draft.replace(file)


def _free(port: int) -> bool:
    """Whether nobody listens on a port; connections that are closing do not count."""
    if not port:
        return False
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
