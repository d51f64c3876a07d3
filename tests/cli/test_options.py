"""Options that need no server: of tokens, of a deployment's keys, and of the systems in it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from ekkyo_cli.main import app
from typer.testing import CliRunner


def said(*words: str, code: int = 0) -> Any:
    """What a command says with --json."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if code == 0 else done.output


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


def test_a_deployments_systems_are_added_with_limits_listed_given_passwords_and_removed(keys: Path) -> None:
    at = ("--keys", str(keys))
    added = said("system", "add", "hr", "--may", "members.*", "--connections", "3", "--consumers", "4", *at)
    [hr] = [one for one in said("system", "list", *at) if one["name"] == "hr"]
    assert (hr["may"], hr["connections"], hr["consumers"]) == (["members.*"], 3, 4)
    assert "max_connections: 3" in (keys / "nats" / "systems.conf").read_text()
    changed = said("system", "password", "hr", *at)
    assert changed["EKKYO_NATS_PASSWORD"] != added["EKKYO_NATS_PASSWORD"]
    assert added["EKKYO_NATS_PASSWORD"] in (keys / "nats" / "systems.json").read_text()
    said("system", "password", "hr", "--only", *at)
    assert added["EKKYO_NATS_PASSWORD"] not in (keys / "nats" / "systems.json").read_text()
    said("system", "remove", "hr", *at, code=1)
    said("system", "remove", "hr", "--offline", *at)
    assert "hr" not in [one["name"] for one in said("system", "list", *at)]
