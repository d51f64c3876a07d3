"""How each part of the stack is started, configured and checked for readiness."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from ekkyo.installation.embedded import LOOPBACK, NotStarted, Server, script, start_mongo, start_nats
from ekkyo.installation.permissions import OPS, server_config

from ekkyo_cli.local.folder import MAIL_IN, PORTAL, SERVERS, SERVICES, WEB, Folder
from ekkyo_cli.local.process import STACK

LOG_LIMIT = 5 * 1024 * 1024
Readiness = tuple[bool, str]


class Child:
    """A part that runs, as its parent sees it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid

    def gone(self) -> int | None:
        """Its exit code once it ended (and takes it off the system's table), None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """Ask it to stop in order; it goes on until it has."""
        if self.gone() is None:
            self._process.terminate()

    def end(self) -> None:
        """Returns when it has ended; kills it if it has not."""
        if self.gone() is None:
            self._process.kill()
        self._process.wait()


def start(folder: Folder, name: str, ports: dict[str, int]) -> Child:
    """Start one part on its port. The servers answer when this returns; services and catchers may need a moment."""
    if name == "nats":
        text, own = nats_config(folder), folder.path / "nats"
        called = _nats_name(folder)
        return _server(start_nats(own, config=text, port=ports[name], name=called, log=folder.log(name)))
    if name == "mongo":
        return _server(start_mongo(folder.path / "mongo", port=ports[name], log=folder.log(name)))
    command, environ = _command(folder, name, ports)
    with folder.log(name).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    return Child(process)


def nats_config(folder: Folder) -> str:
    """What nats-server is configured with, its port aside. Without its name it would not load this while it runs."""
    store = folder.path / "nats" / "jetstream"
    name = _nats_name(folder)
    return server_config({}, nkeys=folder.nkeys(), store_dir=store, name=name, systems=folder.systems())


def _nats_name(folder: Folder) -> str:
    """The same at every start, and another one for every folder."""
    return f"ekkyo-{sha256(str(folder.path).encode()).hexdigest()[:12]}"


def provision(folder: Folder, ports: dict[str, int]) -> None:
    """Make streams, durable consumers and indexes, as the user `ops`. Raises NotStarted with what went wrong."""
    environments = {
        name: environ_of(folder, name, ports)
        | {
            "EKKYO_NATS_USER": OPS,
            "EKKYO_NATS_NKEY_FILE": str(folder.seed(OPS)),
            "EKKYO_INBOX_PREFIX": f"_INBOX.{OPS}",
            "EKKYO_SYSTEMS_FILE": str(folder.systems_file),
        }
        for name in SERVICES
    }
    done = subprocess.run(
        [sys.executable, "-m", "ekkyo_cli.local.provision"],
        input=json.dumps(environments).encode(),
        env=_plain(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    with folder.log("provision").open("wb") as log:
        log.write(done.stdout)
    if done.returncode:
        raise NotStarted(f"provisioning failed:\n{done.stdout.decode(errors='replace')[-2000:]}")


def ready(name: str, port: int, *, timeout: float = 2) -> Readiness:
    """Whether a part does its work, and if not, why: services tell by /readyz, the rest by taking a connection."""
    try:
        if name in SERVERS:
            socket.create_connection((LOOPBACK, port), timeout=timeout).close()
            return True, ""
        asked = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)
        try:
            asked.request("GET", "/readyz")
            answer = asked.getresponse()
            missing = json.loads(answer.read()).get("missing", {})
        finally:
            asked.close()
    except (OSError, ValueError, http.client.HTTPException):
        return False, "does not answer"
    return answer.status == 200, ", ".join(f"{what}: {why}" for what, why in missing.items())


def wait(check: Callable[[], bool], within: float, *, every: float = 0.05) -> bool:
    """Whether a check succeeds within this many seconds."""
    deadline = time.monotonic() + within
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def trim(log: Path) -> None:
    """Rotate a log that has grown large; only one older log is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _server(server: Server) -> Child:
    assert server.process
    return Child(server.process)


def _command(folder: Folder, name: str, ports: dict[str, int]) -> tuple[list[str], dict[str, str]]:
    if name == "mail":
        return [sys.executable, "-m", "ekkyo_cli.local.mail", str(folder.mail), str(ports[name])], _plain(folder)
    if name == "chat":
        return [sys.executable, "-m", "ekkyo_cli.local.chat", str(folder.chat), str(ports[name])], _plain(folder)
    return [script(f"ekkyo-{name}"), "serve"], environ_of(folder, name, ports)


def portal_url(ports: dict[str, int]) -> str:
    """Where people find the stack's portal."""
    return f"http://{LOOPBACK}:{ports[WEB]}"


OF_NEW_MEMBERS: Final = {"locale": "EKKYO_LOCALE", "timezone": "EKKYO_TIMEZONE"}
"""Language and time zone of new members for whom nothing else is said: the caller's, for the local stack."""


def of_new_members() -> dict[str, str | None]:
    """Language and time zone that new members have here; None: those of the first community that they join."""
    return {what: os.environ.get(name) or None for what, name in OF_NEW_MEMBERS.items()}


def of_new_members_in_words() -> str:
    """The same as a person reads it who has just started a stack."""
    said = of_new_members()
    words = {"locale": "language", "timezone": "time zone"}
    given = [f"the {words[what]} {value}" for what, value in said.items() if value]
    open_ = [(f"the {words[what]}", OF_NEW_MEMBERS[what]) for what, value in said.items() if not value]
    sentences = [f"New members have {' and '.join(given)} unless their import says otherwise."] if given else []
    if open_:
        what, names = (" and ".join(each) for each in zip(*open_, strict=True))
        sentences.append(f"New members get {what} of the first community they join; set {names} for others.")
    return " ".join(sentences)


def environ_of(folder: Folder, service: str, ports: dict[str, int]) -> dict[str, str]:
    """What a service is configured with. Of the caller's own EKKYO_* only `OF_NEW_MEMBERS` reach it."""
    environ = _plain(folder) | {
        "EKKYO_NATS_URL": f"nats://{LOOPBACK}:{ports['nats']}",
        "EKKYO_NATS_USER": service,
        "EKKYO_NATS_NKEY_FILE": str(folder.seed(service)),
        "EKKYO_JWKS_FILE": str(folder.jwks),
        "EKKYO_HTTP_HOST": LOOPBACK,
        "EKKYO_HTTP_PORT": str(ports[service]),
        "EKKYO_LOG_FORMAT": "text",
    }
    if service in SERVICES:
        environ["EKKYO_MONGO_URL"] = f"mongodb://{LOOPBACK}:{ports['mongo']}/"
    if service == "members":
        environ |= {OF_NEW_MEMBERS[what]: value for what, value in of_new_members().items() if value}
    if service == PORTAL:
        environ["EKKYO_PORTAL_URL"] = portal_url(ports)
        environ["EKKYO_WEB_PORT"] = str(ports[WEB])
        environ["EKKYO_PORTAL_KEY_FILE"] = str(folder.portal_key)
        environ["EKKYO_SESSION_KEY_FILE"] = str(folder.session_key)
        environ["EKKYO_PASS_JWKS_FILE"] = str(folder.pass_jwks)
        environ["EKKYO_SYSTEMS_FILE"] = str(folder.systems_shown)
        environ["EKKYO_LOCAL_SIGN_IN"] = "true"
    if service == "notify":
        environ["EKKYO_PORTAL_URL"] = portal_url(ports)
        environ["EKKYO_PASS_KEY_FILE"] = str(folder.pass_key)
        environ["EKKYO_PASSES"] = "true"
        environ["EKKYO_SMTP_URL"] = f"smtp://{LOOPBACK}:{ports['mail']}"
        environ["EKKYO_MAIL_FROM"] = "Ekkyo <ekkyo@localhost.localdomain>"
        environ["EKKYO_INBOUND_URL"] = f"smtp://{LOOPBACK}:{ports[MAIL_IN]}"
        environ["EKKYO_INBOUND_ADDRESS"] = "calendar@localhost.localdomain"
        environ["EKKYO_INBOUND_KEY_FILE"] = str(folder.replies_key)
        environ["EKKYO_INBOUND_AUTHSERV_ID"] = "localhost.localdomain"
        environ["EKKYO_CHAT_HOSTS_INSIDE"] = f"http://{LOOPBACK}:*"
    return environ


def _plain(folder: Folder) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
    return kept | {STACK: str(folder.path), "PYTHONUNBUFFERED": "1"}
