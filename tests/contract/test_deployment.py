"""What is deployed agrees with the code: permissions, compose file, images."""

import importlib
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from ekkyo.permissions import DURABLES, SERVICES, USERS, deployed
from ekkyo.service import Service

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def service_of(name: str) -> Service:
    found: Service = importlib.import_module(f"ekkyo_{name}.app").service
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_the_table_of_permissions_has_exactly_the_durables_that_the_service_has(name):
    assert service_of(name).durables() == DURABLES[name]


def test_the_nats_configuration_is_what_the_table_says():
    assert (ROOT / "deploy/nats/nats.conf").read_text() == deployed()


def variables(container: str) -> dict[str, str]:
    found: dict[str, Any] = COMPOSE["services"][container]["environment"]
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize("kind", ["", "provision-"])
@pytest.mark.parametrize("name", SERVICES)
def test_the_compose_file_gives_a_service_settings_that_it_takes(name, kind, tmp_path):
    jwks = tmp_path / "jwks.json"
    jwks.write_text('{"keys": []}')
    service = service_of(name)
    settings = service.settings.load(name, variables(f"{kind}{name}") | {"EKKYO_JWKS_FILE": str(jwks)})
    assert settings.nats_user == ("ops" if kind else name)
    assert settings.inbox_prefix == f"_INBOX.{settings.nats_user}"
    assert settings.mongo_database == f"ekkyo_{name}"
    assert f"authSource=ekkyo_{name}" in settings.mongo_url.get_secret_value()


def test_every_secret_of_the_compose_file_is_made_and_none_is_written_in_it(tmp_path):
    make = runpy.run_path(str(ROOT / "deploy/make_secrets.py"))["main"]
    for _ in range(2):
        make(tmp_path)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used == set(made)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "deploy/keys/signing.jwk").stat().st_mode & 0o077 == 0
    public = json.loads((tmp_path / "deploy/keys/jwks.json").read_text())
    assert all("d" not in key for key in public["keys"])
    assert {f"NATS_PASSWORD_{user.upper()}" for user in USERS} <= set(made)


def test_secrets_made_once_stay(tmp_path):
    make = runpy.run_path(str(ROOT / "deploy/make_secrets.py"))["main"]
    texts = []
    for _ in range(2):
        make(tmp_path)
        texts.append((tmp_path / ".env").read_text() + (tmp_path / "deploy/keys/signing.jwk").read_text())
    assert texts[0] == texts[1]


def test_what_is_secret_is_kept_out_of_the_repository():
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {".env", "deploy/keys/"} <= set(ignored)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_after_its_own_provisioning(name):
    assert COMPOSE["services"][name]["depends_on"] == {
        f"provision-{name}": {"condition": "service_completed_successfully"}
    }
    assert COMPOSE["services"][f"provision-{name}"]["command"] == ["provision"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_holds_one_service_and_runs_as_nobody_special(name):
    text = (ROOT / f"services/{name}/Dockerfile").read_text()
    assert set(re.findall(r"services/(\w+)", text)) == {name}
    assert "USER 10001" in text
    assert f'ENTRYPOINT ["ekkyo-{name}"]' in text
    assert "HEALTHCHECK" in text
    assert "--constraint constraints.txt" in text
