"""The compose file: what the specification allows, what the services know, and nothing secret in it."""

import importlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from ekkyo.contracts.base import Refused
from ekkyo.installation.permissions import DURABLES, SERVICES, deployed, variables
from ekkyo.installation.systems import System, as_json, read
from ekkyo.process.tracing import VARIABLES
from ekkyo.service import Service
from ekkyo.wire.passes import PassMaker, PassReader
from ekkyo.wire.tokens import Verifier, issue_token
from ekkyo_cli.commands.secrets import secrets

from tests.deploy.certificates import Authority

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [*SERVICES, *(f"provision-{name}" for name in SERVICES), "portal"]
each_service = pytest.mark.parametrize("name", SERVICES)


def settings_of(name: str, given: dict[str, str]) -> Any:
    """What a service, or the portal, makes of an environment."""
    app = importlib.import_module(f"ekkyo_{name}.app")
    kind = app.PortalSettings if name == "portal" else app.service.settings
    return kind.load(name, given)


def service_of(name: str) -> Service:
    found: Service = importlib.import_module(f"ekkyo_{name}.app").service
    return found


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """What the container `secrets` makes."""
    secrets(tmp_path, "mongo:27017", "ekkyo", None)
    return tmp_path


def mounts(container: str) -> dict[str, str]:
    """What is mounted where, read-only or not."""
    return dict(reversed(str(volume).split(":")[:2]) for volume in CONTAINERS[container].get("volumes", ()))


def tls_over(container: str) -> dict[str, Any]:
    """What deploy/compose.tls.yml lays over a container."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.tls.yml").read_text())["services"][container]
    return found


def plain(text: str) -> str:
    """The file without aliases and merges, which are YAML's affair."""
    return yaml.safe_dump(yaml.safe_load(text))


def test_the_compose_file_is_what_the_specification_allows():
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(PyCompose.from_yaml(plain(text)).service_names()) == set(CONTAINERS)
    for wrong in (("restart: unless-stopped", "restart: perhaps"), ("healthcheck:", "healthchekc:")):
        with pytest.raises(ValueError):
            PyCompose.from_yaml(plain(text.replace(*wrong)))


@pytest.mark.parametrize("container", OURS)
def test_a_service_gets_settings_that_it_takes(container, made):
    name = container.removeprefix("provision-")
    folder = mounts(container)["/secrets"].removeprefix("secrets-")
    given = {k: str(v).replace("/secrets", str(made / folder)) for k, v in CONTAINERS[container]["environment"].items()}
    settings = settings_of(name, given)
    provisions = container != name
    assert settings.nats_user == ("ops" if provisions else name)
    assert settings.inbox_prefix == f"_INBOX.{settings.nats_user}"
    if name == "portal":
        assert settings.pass_reader()
        return
    assert settings.mongo_database == f"ekkyo_{name}"
    url = settings.mongo_url.get_secret_value()
    assert url.startswith(f"mongodb://{name}{'-provision' if provisions else ''}:p")
    assert f"authSource=ekkyo_{name}&replicaSet=ekkyo" in url


@pytest.mark.parametrize("name", [*SERVICES, "portal"])
def test_where_its_spans_go_is_said_from_outside_with_variables_that_it_knows(name):
    given = {k for k in CONTAINERS[name]["environment"] if not k.startswith("EKKYO_")}
    known = {variable for variable, _ in VARIABLES}
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in given
    assert given <= known
    folder, extra = ("frontends", "process") if name == "portal" else ("services", "service")
    assert f'"./shared[{extra},otlp]"' in (ROOT / f"{folder}/{name}/Dockerfile").read_text()


@pytest.mark.parametrize("container", OURS)
def test_with_tls_a_service_gets_settings_that_it_takes_too(container, made, tmp_path):
    authority = Authority.make(tmp_path / "tls")
    tls = authority.sign("tls")
    name = container.removeprefix("provision-")
    folders = {
        "/secrets": str(made / mounts(container)["/secrets"].removeprefix("secrets-")),
        "/tls": str(tls.ca.parent),
    }
    over = tls_over(container)
    assert over["volumes"] == [f"./deploy/keys/tls/{name if container == name else 'ops'}:/tls:ro"]
    given = {k: str(v) for k, v in (CONTAINERS[container]["environment"] | over["environment"]).items()}
    for inside, outside in folders.items():
        given = {k: v.replace(inside, outside, 1) if v.startswith(inside) else v for k, v in given.items()}
    settings = settings_of(name, given)
    assert settings.nats_login.tls == tls
    assert settings.nats_url.startswith("tls://")


def test_the_overlay_for_tls_is_what_the_specification_allows():
    text = (ROOT / "deploy/compose.tls.yml").read_text()
    assert set(PyCompose.from_yaml(plain(text)).service_names()) == {"nats", *OURS}


def test_with_mail_in_notify_gets_settings_that_it_takes(made):
    text = (ROOT / "deploy/compose.mail-in.yml").read_text()
    assert set(PyCompose.from_yaml(plain(text)).service_names()) == {"notify"}
    over = yaml.safe_load(text)["services"]["notify"]
    given = {k: str(v) for k, v in (CONTAINERS["notify"]["environment"] | over["environment"]).items()}
    settings = settings_of("notify", {k: v.replace("/secrets", str(made / "notify"), 1) for k, v in given.items()})
    assert settings.addresses.organizer("e1", "m1").endswith("@localhost.localdomain")
    assert over["ports"] == ["127.0.0.1:2424:2424"]


def test_every_secret_is_made_and_none_is_written_in_the_compose_file(made):
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(r"(?<!\$)\$\{\w+\}", text), "nobody has to set anything first"
    given = {v.removeprefix("secrets-") for c in CONTAINERS for v in mounts(c).values() if v.startswith("secrets-")}
    assert {folder.name for folder in made.iterdir()} == given
    said = {p for c in CONTAINERS.values() for p in re.findall(r"/secrets/[\w.-]+", str(c)) if ":" not in p}
    files = {f"/secrets/{file.name}" for file in made.rglob("*") if file.is_file()}
    assert {p for p in said if "." in p or "-" in p} <= files
    assert not [file for file in made.rglob("*") if file.is_file() and file.read_text().strip() in text]


def test_only_who_needs_a_secret_is_given_it():
    readers = {c: {v for v in mounts(c).values() if v.startswith("secrets-")} for c in CONTAINERS if c != "secrets"}
    for name in SERVICES:
        assert readers[name] == {f"secrets-{name}"}
        assert readers[f"provision-{name}"] == {"secrets-provision"}
    assert readers["portal"] == {"secrets-portal"}
    assert not [c for c, volumes in readers.items() if "secrets-outside" in volumes]
    for c in readers:
        assert not [v for v in CONTAINERS[c].get("volumes", ()) if v.startswith("secrets-") and not v.endswith(":ro")]


def test_secrets_made_once_stay_and_are_their_readers_alone(made):
    before = {file: file.read_bytes() for file in made.rglob("*") if file.is_file()}
    secrets(made, "elsewhere:1", "ekkyo", None)
    assert {file: file.read_bytes() for file in made.rglob("*") if file.is_file()} == before
    open_to_all = {file.name for file in before if file.stat().st_mode & 0o077}
    assert open_to_all == {"jwks.json", "pass-jwks.json", "teams.conf", "admin-password", "systems.json"}
    assert (made / "nats/systems.json").stat().st_mode & 0o077 == 0
    for reader in ("provision", "portal"):
        assert b"password" not in (made / f"{reader}/systems.json").read_bytes()
    assert b'"d"' not in (made / "events/jwks.json").read_bytes()


def test_what_an_older_version_did_not_have_is_added_and_all_else_stays(made):
    conf = made / "nats/keys.conf"
    lines = conf.read_text().splitlines()
    conf.chmod(0o600)
    conf.write_text("\n".join(line for line in lines if "PORTAL" not in line) + "\n")
    jwks = made / "events/jwks.json"
    first, *ours = json.loads(jwks.read_text())["keys"]
    other = first | {"kid": "another issuer's"}
    jwks.write_text(json.dumps({"keys": [first, other]}))
    shown, known = made / "portal/systems.json", made / "nats/systems.json"
    shown.unlink()
    known.chmod(0o600)
    known.write_text(as_json([System(name="hr", may=("members.*",)).with_login()]))
    before = {file: file.read_bytes() for file in made.rglob("*") if file.is_file() and file not in (conf, jwks)}
    secrets(made, "mongo:27017", "ekkyo", None)
    assert read(shown) == (System(name="hr", may=("members.*",)),), "those that there are, without passwords"
    assert conf.stat().st_mode & 0o777 == 0o600
    kept = [line for line in lines if "PORTAL" not in line]
    assert conf.read_text().splitlines()[: len(kept)] == kept
    assert [line.partition(":")[0] for line in conf.read_text().splitlines()[len(kept) :]] == list(variables("portal"))
    assert json.loads(jwks.read_text())["keys"] == [first, other, *ours]
    assert len(ours) == 2
    assert {file: file.read_bytes() for file in before} == before


def test_the_key_of_replies_is_good_for_what_members_answer_from_their_calendars_alone(made):
    key = json.loads((made / "notify/replies.jwk").read_text())
    unlimited = {name: value for name, value in key.items() if not name.startswith("ekkyo_")}
    for reader in SERVICES:
        verifier = Verifier(made / reader / "jwks.json")
        bearer = f"Bearer {issue_token(key, 'm1', [], 60)}"
        assert verifier.caller(bearer, "events.withdraw").sub == "m1"
        for forged, operation in (
            (bearer, "events.mine"),
            (f"Bearer {issue_token(unlimited, 'm1', ['system'], 60)}", "events.withdraw"),
            (f"Bearer {issue_token(unlimited, 'm1', [], 61)}", "events.withdraw"),
        ):
            with pytest.raises(Refused):
                verifier.caller(forged, operation)


def test_the_portals_key_is_limited_and_a_passes_key_is_trusted_by_nobody(made):
    key = json.loads((made / "portal/portal.jwk").read_text())
    for reader in (*SERVICES, "portal", "provision"):
        verifier = Verifier(made / reader / "jwks.json")
        caller = verifier.caller("Bearer " + issue_token(key, "m1", ["steward", "leader:c1"], 600))
        assert caller.roles == {"steward", "leader:c1"}
        unlimited = {name: value for name, value in key.items() if not name.startswith("ekkyo_")}
        for forged in (issue_token(unlimited, "m1", ["system"], 600), issue_token(unlimited, "m1", [], 901)):
            with pytest.raises(Refused):
                verifier.caller(f"Bearer {forged}")
        with pytest.raises(Refused):
            verifier.caller("Bearer " + issue_token(json.loads((made / "notify/pass.jwk").read_text()), "m1", [], 60))
    made_pass = PassMaker.read(made / "notify/pass.jwk").make("event", "e1", "m1", datetime(2099, 1, 1, tzinfo=UTC))
    read = PassReader.read(made / "portal/pass-jwks.json").of(made_pass, "event", "e1", now=datetime.now(UTC))
    assert read is not None
    assert read.member_id == "m1"


def test_a_token_is_signed_with_the_key_that_was_made(made):
    word = [sys.executable, "-m", "ekkyo_cli.main", "token", "--sub", "portal", "--role", "system"]
    printed = subprocess.run([*word, "--key", str(made / "outside/signing.jwk")], capture_output=True, check=True)
    caller = Verifier(made / "events/jwks.json").caller(f"Bearer {printed.stdout.decode().strip()}")
    assert caller.sub == "portal"


def test_what_is_secret_is_kept_out_of_the_repository():
    assert {".env", "deploy/keys/"} <= set((ROOT / ".gitignore").read_text().split())


@each_service
def test_a_service_starts_after_its_own_provisioning_and_that_after_what_it_needs(name):
    done, healthy = {"condition": "service_completed_successfully"}, {"condition": "service_healthy"}
    assert CONTAINERS[name]["depends_on"][f"provision-{name}"] == done
    assert CONTAINERS[f"provision-{name}"]["depends_on"] == {"nats": healthy, "mongo": healthy}
    assert CONTAINERS[f"provision-{name}"]["command"] == ["provision"]
    for server in ("nats", "mongo"):
        assert CONTAINERS[server]["depends_on"] == {"secrets": done}
        assert CONTAINERS[server]["healthcheck"]["test"]


@pytest.mark.parametrize("container", [*OURS, "secrets", "nats", "mail"])
def test_a_container_may_do_next_to_nothing(container):
    it = CONTAINERS[container]
    assert it["read_only"] is True
    assert it["cap_drop"] == ["ALL"]
    assert it["security_opt"] == ["no-new-privileges:true"]
    assert it["restart"] in ("unless-stopped", "on-failure")
    assert it.get("cap_add", []) == (["CHOWN"] if container == "secrets" else [])


def test_images_of_others_are_pinned_and_nats_can_schedule_messages():
    images = {name: c["image"] for name, c in CONTAINERS.items() if not c["image"].startswith("ekkyo-")}
    assert all(re.search(r":v?\d", image) for image in images.values()), images
    major, minor = map(int, re.findall(r"\d+", images["nats"])[:2])
    assert (major, minor) >= (2, 12)
    assert "sync_interval: always" in (ROOT / "deploy/nats/nats.conf").read_text()


def test_what_is_only_looked_at_runs_only_when_asked_for():
    assert {name for name, c in CONTAINERS.items() if c.get("profiles") == ["observability"]} == {
        "prometheus",
        "grafana",
        "otel-collector",
        "jaeger",
    }
    scraped = yaml.safe_load((ROOT / "deploy/observability/prometheus.yml").read_text())["scrape_configs"]
    found = [found for job in scraped for found in job.get("dns_sd_configs", ())]
    targets = {f"{name}:{each['port']}" for each in found for name in each["names"]}
    assert {f"{name}:8080" for name in (*SERVICES, "portal")} <= targets


def test_mails_lead_to_where_the_portal_is_and_it_is_reached_from_this_machine_alone():
    notify, portal = (CONTAINERS[name]["environment"] for name in ("notify", "portal"))
    assert notify["EKKYO_PORTAL_URL"] == portal["EKKYO_PORTAL_URL"]
    [port] = CONTAINERS["portal"]["ports"]
    assert f"http://{port.rpartition(':')[0]}" == portal["EKKYO_PORTAL_URL"]
    assert "EKKYO_LOCAL_SIGN_IN" not in portal


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_file_and_volume_that_is_mounted_is_there(container):
    for source in mounts(container).values():
        assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], source


@each_service
def test_the_table_of_permissions_has_exactly_the_durables_that_the_service_has(name):
    assert service_of(name).durables() == DURABLES[name]


def test_the_nats_configuration_is_what_the_table_says():
    assert (ROOT / "deploy/nats/nats.conf").read_text() == deployed()
