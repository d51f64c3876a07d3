"""Options that need no server: of tokens, of a deployment's keys, of its systems, of mail and logs on the disk."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import script
from ekkyo.wire.tokens import Verifier
from ekkyo_cli.local.folder import Folder
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.running import ekkyo, said


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment's folder of keys, for a MongoDB of two hosts."""
    monkeypatch.delenv("EKKYO_NATS_URL", raising=False)
    made = tmp_path / "keys"
    said("secrets", "--dir", str(made), "--mongo", "db1:27017,db2:27017", "--replica-set", "rs7")
    return made


def test_the_services_are_told_the_hosts_and_the_replica_set_of_mongodb(keys: Path) -> None:
    for service in ("members", "events", "surveys", "notify"):
        url = (keys / service / "mongo-url").read_text()
        assert f"@db1:27017,db2:27017/?authSource=ekkyo_{service}&replicaSet=rs7" in url


def test_a_token_lives_as_long_as_is_said_and_one_of_too_long_a_life_is_refused(keys: Path) -> None:
    signed = ("token", "--sub", "hr", "--role", "system", "--key", str(keys / "outside" / "signing.jwk"))
    assert abs(said(*signed, "--ttl", "15m")["expires_at"] - time.time() - 900) < 60
    for wrong in ("0s", "soon", "400d"):
        said(*signed, "--ttl", wrong, code=2)


def test_the_directorys_token_is_good_for_scim_alone_until_its_key_is_replaced(keys: Path) -> None:
    at = ("scim", "token", "--keys", str(keys))
    assert abs(said(*at, "--days", "90")["expires_at"] - time.time() - 90 * 86_400) < 60
    token, trusted = said(*at)["token"], keys / "members" / "jwks.json"
    bearer = f"Bearer {token}"
    assert Verifier(trusted).caller(bearer, "members.provision").roles == {"system"}
    for other in ("members.erase", "members.find", "events.list"):
        with pytest.raises(Refused, match="not_allowed"):
            Verifier(trusted).caller(bearer, other)
    with pytest.raises(Refused, match="token_invalid"):
        Verifier(keys / "events" / "jwks.json").caller(bearer, "members.provision")
    assert Verifier(keys / "portal" / "jwks.json").caller(bearer, "members.provisioned")
    before = trusted.read_text()
    said(*at)
    assert trusted.read_text() == before  # the same key
    new = said(*at, "--new-key")["token"]
    assert Verifier(trusted).caller(f"Bearer {new}", "members.provision")
    with pytest.raises(Refused, match="token_invalid"):
        Verifier(trusted).caller(bearer, "members.provision")
    said("scim", "token", "--keys", str(keys / "nowhere"), code=1)


def test_with_a_folder_the_token_of_the_environment_counts_if_that_stack_made_it(tmp_path: Path) -> None:
    own, other = Folder.at(tmp_path / "own"), Folder.at(tmp_path / "other")
    for folder in (own, other):
        folder.prepare()
    token = own.token("hr", ["member"], 60)
    assert (own.made(token), other.made(token), own.made("nonsense"), own.made("")) == (True, False, False, False)


def test_a_deployments_systems_are_added_with_limits_listed_given_passwords_and_removed(keys: Path) -> None:
    at = ("--keys", str(keys))
    added = said("system", "add", "hr", "--may", "members.*", "--connections", "3", "--consumers", "4", *at)
    [hr] = [one for one in said("system", "list", *at) if one["name"] == "hr"]
    assert (hr["may"], hr["connections"], hr["consumers"]) == (["members.*"], 3, 4)
    assert "max_connections: 3" in (keys / "nats" / "systems.conf").read_text()
    said("system", "add", "hr", "--may", "members.*", "--payload", "500000", *at)
    said("system", "add", "hr", "--may", "members.get", "--consumers", "5", *at)
    [hr] = [one for one in said("system", "list", *at) if one["name"] == "hr"]
    assert (hr["may"], hr["connections"], hr["consumers"], hr["payload"]) == (["members.get"], 3, 5, 500_000)
    assert "max_connections: 3, max_payload: 500000" in (keys / "nats" / "systems.conf").read_text()
    said("system", "add", "hr", "--may", "members.*", "--payload", "10", *at, code=2)
    changed = said("system", "password", "hr", *at)
    assert changed["EKKYO_NATS_PASSWORD"] != added["EKKYO_NATS_PASSWORD"]
    assert added["EKKYO_NATS_PASSWORD"] in (keys / "nats" / "systems.json").read_text()
    said("system", "password", "hr", "--only", *at)
    assert added["EKKYO_NATS_PASSWORD"] not in (keys / "nats" / "systems.json").read_text()
    said("system", "remove", "hr", *at, code=1)
    said("system", "remove", "hr", "--offline", *at)
    assert "hr" not in [one["name"] for one in said("system", "list", *at)]


def test_keys_are_given_to_the_user_of_the_images_and_those_of_the_servers_are_not(tmp_path: Path) -> None:
    mine = os.geteuid()
    owner = 10001 if mine == 0 else mine  # only root gives files away
    said("secrets", "--dir", str(tmp_path / "keys"), "--owner", str(owner))
    for name, whose, mode in (
        ("members/mongo-url", owner, 0o440),
        ("portal/session.key", owner, 0o440),
        ("nats/keys.conf", mine, 0o400),
        ("mongo/root-password", mine, 0o400),
    ):
        found = (tmp_path / "keys" / name).stat()
        assert (found.st_uid, found.st_mode & 0o777) == (whose, mode), name


def test_mail_is_listed_by_its_subject_and_shown_as_it_was_caught(tmp_path: Path) -> None:
    folder = Folder.at(tmp_path / ".ekkyo")
    folder.mail.mkdir(parents=True)
    subjects = ("=?utf-8?b?44KC44GP44KC44GP5Lya?=", "Your seat", "=?utf-8?b?44Ki44Oz44Kx44O844OI?=")
    caught = [f"Delivered-To: a@example.com\r\nSubject: {subject}\r\n\r\nbody\r\n".encode() for subject in subjects]
    for number, message in enumerate(caught):
        (folder.mail / f"{number}.eml").write_bytes(message)
    at = ("--dir", str(folder.path))
    assert [mail["id"] for mail in said("mail", "list", *at)] == ["1", "2", "3"]
    [found] = said("mail", "list", "--subject", "もくもく", *at)
    assert (found["id"], found["subject"]) == ("1", "もくもく会")
    assert said("mail", "list", "--subject", "nothing of it", *at) == []
    shown = CliRunner().invoke(app, ["mail", "show", "3", "--raw", *at])
    assert shown.stdout_bytes == caught[2], "to the byte, so that it can be kept as a file"


def test_as_many_lines_of_a_log_are_shown_as_are_asked_for_and_it_is_followed(tmp_path: Path) -> None:
    folder = Folder.at(tmp_path / ".ekkyo")
    folder.logs.mkdir(parents=True)
    folder.log("events").write_text("one\ntwo\nthree\n")
    for lines, seen in (("2", ["two", "three"]), ("0", []), ("9", ["one", "two", "three"])):
        shown = CliRunner().invoke(app, ["logs", "events", "--lines", lines, "--json", "--dir", str(folder.path)])
        assert [json.loads(line)["line"] for line in shown.stdout.splitlines()] == seen
    command = [script("ekkyo"), "logs", "events", "--follow", "--lines", "1", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout
        try:
            assert json.loads(following.stdout.readline()) == {"part": "events", "line": "three"}
            with folder.log("events").open("a") as log:
                log.write("four\n")
            assert json.loads(following.stdout.readline()) == {"part": "events", "line": "four"}
            assert following.poll() is None, "it goes on"
        finally:
            following.kill()
    assert ekkyo("logs", "none", cwd=tmp_path).code == 2
