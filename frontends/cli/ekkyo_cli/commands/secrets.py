"""`ekkyo secrets`: random keys and passwords for a deployment, one folder for each reader."""

import base64
import os
import secrets as chance
from collections.abc import Callable, Iterator, Mapping, Sequence
from json import dumps, loads
from pathlib import Path
from typing import Annotated, Any

import typer
from ekkyo.installation.login import make_nkey, public_nkey
from ekkyo.installation.permissions import OPS, PORTAL, SERVICES, USERS, variables
from ekkyo.installation.systems import OUTSIDE, System, files, make_password, read
from ekkyo.wire.tokens import OF_A_PORTAL, OF_REPLIES, make_keys, public_half

from ekkyo_cli import output
from ekkyo_cli.output import Json

PUBLIC = 0o644
PRIVATE = 0o400
TEAMS = "# Accounts of other teams, who may import facts: see deploy/nats/README.md\n"


def secrets(
    dir: Annotated[
        Path, typer.Option("--dir", help="The target folder; each part of the platform gets a folder in it.")
    ],
    mongo: Annotated[str, typer.Option(help="Where the services find MongoDB: host:port, separated by commas.")] = (
        "mongo:27017"
    ),
    replica_set: Annotated[str, typer.Option(help="The name of MongoDB's replica set.")] = "ekkyo",
    owner: Annotated[int | None, typer.Option(help="Give the services' files to this user id (as root).")] = None,
    json: Json = False,
) -> None:
    """Generate the keys and passwords of a deployment. Existing files are kept; only missing keys are added to them,
    such as those of new NATS users.

    Examples:

      ekkyo secrets --dir deploy/keys

      ekkyo secrets --dir deploy/keys --mongo mongo-0.mongo:27017,mongo-1.mongo:27017 --replica-set rs0
    """
    made = [str(file) for file in _make(KeyFolder(dir, owner), mongo, replica_set)]
    if output.speaks_json():
        return output.as_json({"made": made})
    typer.echo(f"{len(made)} files made in {dir}; what was there stays")
    return None


class KeyFolder:
    """The files of a deployment's secrets."""

    def __init__(self, path: Path, owner: int | None) -> None:
        self.path, self.owner, self.made = path, owner, list[Path]()

    def keep(self, name: str, make: Callable[[], str], mode: int = PRIVATE, *, ours: bool = True) -> str:
        """What a file holds; made if it is not there. ours: read by an image of ours, as its own user."""
        file = self.path / name
        if not file.exists():
            if not self.path.exists():  # theirs who makes them, unless each part is given to the one who reads it
                self.path.mkdir(parents=True, mode=0o700 if self.owner is None else 0o755)
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f".{file.name}.new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
                out.write(make())
            if self.owner is not None and ours:
                draft.chmod(mode | 0o040)  # for our own group: root with no capability reads no file of others
                os.chown(draft, self.owner, -1)
            draft.replace(file)
            self.made.append(file)
        return file.read_text()

    def complete(self, name: str, text: str) -> None:
        """Put what a file lacks into it; its owner and mode stay."""
        file = self.path / name
        if file.read_text() == text:
            return
        was, draft = file.stat(), file.with_name(f".{file.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
        draft.chmod(was.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(draft, was.st_uid, was.st_gid)
        draft.replace(file)
        self.made.append(file)


def _make(folder: KeyFolder, mongo: str, replica_set: str) -> Iterator[Path]:
    keys = {name: f'{name}: "{value}"' for user in USERS for name, value in _login(folder, user)}
    kept = folder.keep("nats/keys.conf", lambda: "\n".join([*keys.values(), ""]), ours=False)
    new = [line for name, line in keys.items() if f"{name}:" not in kept]
    folder.complete("nats/keys.conf", "\n".join([kept.rstrip("\n"), *new, ""]) if new else kept)
    outside = System.of_the_stack(folder.keep(f"{OUTSIDE}/nats-password", make_password))
    for name, text in files(_systems(folder, outside)).items():
        open_ = not name.startswith("nats/")
        folder.keep(name, lambda text=text: text, PUBLIC if open_ else PRIVATE, ours=open_)  # type: ignore[misc]
    folder.keep("nats/teams.conf", lambda: TEAMS, PUBLIC, ours=False)
    folder.keep("mongo/root-password", make_password, ours=False)
    folder.keep("mongo/replica.key", lambda: base64.b64encode(chance.token_bytes(96)).decode(), ours=False)
    folder.keep(
        "grafana/admin-password", make_password, PUBLIC
    )  # Grafana alone is given the folder, as a user of its own
    trusted = _signing(folder)
    for service in SERVICES:
        for user, url in (
            (service, f"{service}/mongo-url"),
            (f"{service}-provision", f"provision/{service}-mongo-url"),
        ):
            password = folder.keep(f"mongo/{user}-password", make_password, ours=False)
            where = f"{mongo}/?authSource=ekkyo_{service}&replicaSet={replica_set}"
            folder.keep(url, lambda u=user, p=password, w=where: f"mongodb://{u}:{p}@{w}")  # type: ignore[misc]
    for reader in (*SERVICES, PORTAL, "provision"):
        text = folder.keep(f"{reader}/jwks.json", lambda: dumps({"keys": trusted}), PUBLIC)
        known = loads(text)["keys"]
        ours = [key for key in trusted[1:] if key["kid"] not in {one.get("kid") for one in known}]
        folder.complete(f"{reader}/jwks.json", dumps({"keys": [*known, *ours]}) if ours else text)
    yield from folder.made


def _systems(folder: KeyFolder, outside: System) -> Sequence[System]:
    """Those that the folder has already, for a file that a newer version adds; else the one that all begin with."""
    known = folder.path / "nats/systems.json"
    return read(known) if known.exists() else [outside]


def _login(folder: KeyFolder, user: str) -> list[tuple[str, str]]:
    """A NATS user's keys, as the server's configuration names them."""
    now, after = variables(user)
    seed = folder.keep(f"{'provision' if user == OPS else user}/nats.nk", lambda: make_nkey()[0].decode())
    nobody = make_nkey()[1]  # the second key, which takes the first one's place one day, is nobody's till then
    return [(now, public_nkey(seed.encode())), (after, nobody)]


def _signing(folder: KeyFolder) -> list[dict[str, Any]]:
    """The public keys that tokens are checked with: whoever issues tokens has the first one's private half, the portal
    the second one's, notify the third one's; these two are limited."""
    trusted = [
        _key(folder, f"{OUTSIDE}/signing.jwk"),
        _key(folder, f"{PORTAL}/portal.jwk", OF_A_PORTAL),
        _key(folder, "notify/replies.jwk", OF_REPLIES),
    ]
    passes = {"keys": [_key(folder, "notify/pass.jwk")]}  # services do not trust it: a pass is no token
    folder.keep(f"{PORTAL}/pass-jwks.json", lambda: dumps(passes), PUBLIC)
    folder.keep(f"{PORTAL}/session.key", lambda: chance.token_urlsafe(48) + "\n")
    return trusted


def _key(folder: KeyFolder, name: str, limits: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The public half of a signing key that is kept in a file."""
    return public_half(loads(folder.keep(name, lambda: dumps(make_keys(limits)[0]))))
