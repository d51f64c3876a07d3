"""The configuration that is deployed, on a real nats-server, with keys and passwords as `ekkyo secrets` makes them."""

import json
import os
import re
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nats
import pytest
from ekkyo.broker import make_broker
from ekkyo.contracts.base import Refused
from ekkyo.installation import mirrors
from ekkyo.installation.embedded import LOOPBACK, NatsServer, free_port, script
from ekkyo.installation.login import Login, Tls, make_nkey
from ekkyo.installation.permissions import OPS, USERS
from ekkyo.installation.systems import OUTSIDE, read
from ekkyo.service.provision import provision_streams
from ekkyo.testing import eventually, settled
from ekkyo_cli.commands import systems
from ekkyo_cli.commands.secrets import secrets
from nats.aio.client import Client
from nats.errors import Error, NoRespondersError
from nats.js.api import StreamConfig
from nats.js.errors import ServiceUnavailableError

from tests.deploy.certificates import Authority

DEPLOY = Path(__file__).resolve().parents[2] / "deploy/nats"
FACT = "ekkyo.fact.events.published.e1"
PERSONAL = "ekkyo.fact.members.registered.m1"


class Deployed:
    """A server that runs deploy/nats, and who may talk to it."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.port, self.name = folder / "keys", free_port(), f"ekkyo-{os.urandom(6).hex()}"
        secrets(self.keys, "mongo:27017", "ekkyo", None)
        for name in ("nats.conf", "nats-tls.conf"):
            text = (DEPLOY / name).read_text().replace("/etc/nats/tls", str(folder / "tls"))
            text = text.replace('"/data"', json.dumps(str(folder / "data"))).replace("0.0.0.0:8222", f"{LOOPBACK}:-1")
            if "tls" not in name:
                text = f'server_name: {self.name}\nhost: "{LOOPBACK}"\nport: {self.port}\n{text}'
            (folder / name).write_text(text)
        (folder / "keys/keys.conf").symlink_to("nats/keys.conf")
        for name in ("teams", "systems", "imports"):
            (folder / f"keys/{name}.conf").symlink_to(f"nats/{name}.conf")
        self.folder = folder
        self.server: NatsServer

    def start(self, config: str = "nats.conf") -> None:
        words, log = [script("nats-server"), "-c", str(self.folder / config)], self.folder / "log"
        kind = SpeaksTlsFirst if "tls" in config else NatsServer
        self.server = kind("nats-server", self.port, words, log, server_name=self.name)
        self.server.start()

    def reload(self) -> None:
        os.kill(self.server.pid, signal.SIGHUP)

    def login(self, user: str) -> Login:
        if user not in USERS:
            return Login(user, (self.keys / user / "nats-password").read_text())
        return Login(user, nkey_file=self.keys / ("provision" if user == OPS else user) / "nats.nk")

    def of(self, system: str) -> Login:
        [one] = [one for one in read(self.keys / "nats/systems.json") if one.name == system]
        return Login(one.logins[-1].user, one.logins[-1].password)

    async def connect(self, login: Login, **options: Any) -> Client:
        options = {"allow_reconnect": False, "connect_timeout": 3, "error_cb": _silent} | options
        prefix = f"_INBOX.{login.user}".encode()
        return await nats.connect(self.server.url, inbox_prefix=prefix, **login.options(), **options)


class SpeaksTlsFirst(NatsServer):
    def answers(self) -> bool:
        return "Server is ready" in self.log.read_text()


async def _silent(_error: Exception) -> None:
    """What the server refuses shows in what does not happen."""


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(tmp_path)
    yield made
    made.server.stop()


@pytest.fixture
async def ops(deployed: Deployed) -> AsyncIterator[Client]:
    """The one who provisions, on a server with the streams."""
    deployed.start()
    async with await deployed.connect(deployed.login(OPS)) as nc:
        await provision_streams(nc.jetstream())
        yield nc


pytestmark = pytest.mark.real


async def test_everybody_comes_in_with_what_was_made_for_them_and_nobody_else_does(deployed, ops):
    for user in (*USERS, OUTSIDE):
        async with await deployed.connect(deployed.login(user)) as nc:
            assert nc.is_connected
    (deployed.folder / "forged.nk").write_bytes(make_nkey()[0])
    for stranger in (
        Login("events", nkey_file=deployed.folder / "forged.nk"),
        Login("events", "guessed"),
        replace(deployed.login(OUTSIDE), password="guessed"),
        Login(),
    ):
        with pytest.raises(Error, match=r"(?i)authorization"):
            await deployed.connect(stranger)


def change(deployed: Deployed, name: str, value: str) -> None:
    """What the README says: a line of keys.conf, and a reload."""
    conf = deployed.keys / "nats/keys.conf"
    text, changed = re.subn(rf'^{name}: ".+"$', f'{name}: "{value}"', conf.read_text(), flags=re.MULTILINE)
    assert changed == 1
    conf.chmod(0o600)
    conf.write_text(text)
    deployed.reload()


async def comes_in(deployed: Deployed, login: Login) -> bool:
    """What the server says to this login. On a busy machine it may say nothing in time, which is neither yes nor no."""

    async def told() -> str:
        try:
            await (await deployed.connect(login)).close()
        except (Error, OSError) as error:
            return "no" if "authorization" in str(error).lower() else ""
        return "yes"

    return await eventually(told, 60) == "yes"


async def test_a_key_is_changed_while_both_the_old_and_the_new_one_are_good(deployed, ops):
    old = deployed.login("events")
    seed, public = make_nkey()
    (deployed.folder / "new.nk").write_bytes(seed)
    new = Login("events", nkey_file=deployed.folder / "new.nk")
    working = await deployed.connect(old)
    change(deployed, "NATS_NKEY_EVENTS_NEXT", public)
    await eventually(lambda: comes_in(deployed, new))
    assert await comes_in(deployed, old)
    assert working.is_connected, "nobody is sent away while both are good"
    change(deployed, "NATS_NKEY_EVENTS", make_nkey()[1])
    await eventually(lambda: working.is_closed)
    assert not await comes_in(deployed, old)
    assert await comes_in(deployed, new)


async def apply(deployed: Deployed, ops: Client) -> None:
    """What `ekkyo system` says is to be done: reload NATS twice, and provision."""
    known = read(deployed.keys / "provision/systems.json")
    assert not any(system.logins for system in known), "provisioning needs no secret"
    await mirrors.connect_mirrors(deployed.reload, lambda: deployed.connect(deployed.login(OPS)), known)


async def test_a_system_is_added_given_a_new_password_and_removed_while_all_run(deployed, ops, capsys):
    await apply(deployed, ops)
    async with await deployed.connect(deployed.login("events")) as events:
        await events.jetstream().publish(FACT, b"told")
        systems.add("hr", ["events.*"], connections=20, consumers=50, dir=deployed.folder, keys=deployed.keys)
        await apply(deployed, ops)
        old = deployed.of("hr")
        working = await deployed.connect(old)

        async def heard() -> bool:
            return (await working.jetstream().stream_info("FACTS")).state.messages == 1

        await eventually(heard)
        systems.password("hr", False, deployed.folder, deployed.keys)
        deployed.reload()
        new = deployed.of("hr")
        assert new != old
        await eventually(lambda: comes_in(deployed, new))
        assert await comes_in(deployed, old)
        assert working.is_connected, "nobody is sent away while both are good"
        systems.password("hr", True, deployed.folder, deployed.keys)
        deployed.reload()
        await eventually(lambda: working.is_closed)
        assert not await comes_in(deployed, old)
        assert await comes_in(deployed, new)
        assert await comes_in(deployed, deployed.login(OUTSIDE))
        with pytest.raises(Refused, match="erasures would wait for it"):
            systems.remove("hr", False, deployed.folder, deployed.keys)
        assert await mirrors.remove(ops, "system-hr")
        systems.remove("hr", True, deployed.folder, deployed.keys)
        await apply(deployed, ops)
        assert not await comes_in(deployed, new)


def team_of_the_readme(password: str) -> str:
    """The account that the README tells another team's to be like."""
    [block] = re.findall(r"```conf\n(INTRANET .+?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    return block.replace("<the bcrypt hash of a password>", password)


@pytest.fixture
async def intranet(deployed: Deployed) -> AsyncIterator[tuple[Client, Client]]:
    """A user of another team's account, and a service that tells facts."""
    teams = deployed.keys / "nats/teams.conf"
    teams.write_text(team_of_the_readme("intranet-secret"))
    deployed.start()
    async with await deployed.connect(deployed.login(OPS)) as nc:
        await provision_streams(nc.jetstream())
    async with (
        await deployed.connect(Login("intranet", "intranet-secret")) as theirs,
        await deployed.connect(deployed.login("events")) as events,
    ):
        yield theirs, events


async def test_another_teams_account_hears_facts_and_keeps_them_in_a_stream_of_its_own(intranet):
    theirs, events = intranet
    heard = await theirs.subscribe("ekkyo.fact.>")
    await settled(theirs)
    js = theirs.jetstream()
    await js.add_stream(StreamConfig("INTRANET_FACTS", subjects=["ekkyo.fact.events.>"], max_bytes=1_000_000))
    await events.jetstream().publish(FACT, b"told", headers={"ce-id": "1"})
    fact = await heard.next_msg(3)
    assert (fact.subject, fact.data, fact.headers) == (FACT, b"told", {"ce-id": "1"})

    async def kept() -> int:
        return int((await js.stream_info("INTRANET_FACTS")).state.messages)

    await eventually(kept)


async def test_another_teams_account_hears_nothing_personal_and_can_do_nothing_else(deployed, intranet):
    theirs, events = intranet
    heard = await theirs.subscribe(">")
    asked = await events.subscribe("ekkyo.cmd.events.>")
    await settled(theirs, events)
    async with await deployed.connect(deployed.login("members")) as members:
        await members.jetstream().publish(PERSONAL, b"{}")
    for subject in ("ekkyo.cmd.events.publish", "ekkyo.ask.events.list"):
        with pytest.raises((NoRespondersError, Error)):
            await theirs.request(subject, b"{}", timeout=1)
    with pytest.raises((NoRespondersError, ServiceUnavailableError, Error)):
        await theirs.jetstream(timeout=1).stream_info("FACTS")
    await theirs.publish(FACT, b"forged")
    await settled(theirs)
    await events.jetstream().publish(FACT, b"true")
    subjects = [msg.subject async for msg in _until(heard, b"true")]
    assert PERSONAL not in subjects
    assert asked.pending_msgs == 0
    async with await deployed.connect(deployed.login(OPS)) as ops:
        state = (await ops.jetstream().stream_info("FACTS", subjects_filter=">")).state
    assert state.subjects == {FACT: 1, PERSONAL: 1}


async def _until(subscription: Any, last: bytes) -> AsyncIterator[Any]:
    while (msg := await subscription.next_msg(3)).data != last:
        yield msg
    yield msg


# TLS


@pytest.fixture
def tls(deployed: Deployed) -> Authority:
    """The server, that wants certificates, and who signs them."""
    authority = Authority.make(deployed.folder / "tls")
    authority.sign("tls")
    deployed.start("nats-tls.conf")
    return authority


async def test_with_tls_both_sides_prove_themselves(deployed, tls, tmp_path):
    mine = replace(deployed.login("events"), tls=tls.sign("events"))
    async with await deployed.connect(mine) as nc:
        assert nc.is_connected
    broker = make_broker(deployed.server.url, "events", login=mine)
    await broker.connect()
    assert await broker.ready()
    await broker.stop()
    nobody = replace(mine, tls=Tls(tls.folder / "ca.crt"))
    stranger = replace(mine, tls=replace(Authority.make(tmp_path / "other").sign("events"), ca=tls.folder / "ca.crt"))
    for refused in (nobody, stranger, replace(mine, tls=None)):
        with pytest.raises((OSError, Error)):
            await deployed.connect(refused)
    distrusting = replace(mine, tls=Authority.make(tmp_path / "third").sign("events"))
    with pytest.raises(ssl.SSLError):
        await deployed.connect(distrusting)


async def test_who_was_told_to_use_tls_says_nothing_without_it(deployed, tmp_path):
    deployed.start()
    mine = replace(deployed.login("events"), tls=Authority.make(tmp_path / "ca").sign("events"))
    with pytest.raises((OSError, Error)):
        await deployed.connect(mine)
