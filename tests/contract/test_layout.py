"""Every service has the same files: knowing one is knowing all four."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("members", "events", "surveys", "notify")
FILES = {"__init__", "app", "commands", "questions", "reactions", "model", "store"}
"""In every service; each a file, or a folder of that name once it passed 300 lines."""
EXTRAS = {
    "members": {"settings", "logos", "doctor"},
    "events": set[str](),
    "surveys": {"settings", "answers", "cells", "forms", "results", "sealing", "keys", "known", "turns"},
    "notify": {"settings", "channels", "doctor", "delivering", "inbound", "templates"},
}
"""Each one a decision, and a visible line here."""
LONGEST = 300
PACKAGES = [
    ROOT / "shared/ekkyo",
    ROOT / "frontends/common/ekkyo_common",
    ROOT / "frontends/portal/ekkyo_portal",
    ROOT / "frontends/cli/ekkyo_cli",
    *(ROOT / f"services/{s}/ekkyo_{s}" for s in SERVICES),
]
PUBLISHES = re.compile(r"(?<!\bmodel)\.publish\(")
"""`model.publish(…)` is the decision to publish an event."""


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted(package.rglob("*.py"))]


def files_of(service: str) -> set[str]:
    package = ROOT / "services" / service / f"ekkyo_{service}"
    files = {file.stem for file in package.glob("*.py")}
    return files | {d.name for d in package.iterdir() if d.is_dir() and d.name != "__pycache__" and any(d.rglob("*.*"))}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_same_files_as_the_others(service):
    assert files_of(service) == FILES | EXTRAS[service]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_a_package_of_its_own(service):
    folder = ROOT / "services" / service
    assert {file.name for file in folder.iterdir()} >= {"pyproject.toml", "Dockerfile", "README.md"}
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {f"ekkyo-{service}": f"ekkyo_{service}.app:main"}
    assert "ekkyo-shared[service]" in project["dependencies"]
    assert not [d for d in project["dependencies"] for other in SERVICES if d.startswith(f"ekkyo-{other}")]


@pytest.mark.parametrize("service", SERVICES)
def test_app_is_wiring_only(service):
    text = (ROOT / f"services/{service}/ekkyo_{service}/app.py").read_text()
    assert len(text.splitlines()) <= 60
    assert "if " not in text


def test_a_file_is_split_by_noun_before_it_gets_long():
    long = {str(file.relative_to(ROOT)) for file in sources() if len(file.read_text().splitlines()) > LONGEST}
    assert long == set()


def test_nobody_publishes_but_what_is_shared():
    outside = [file for file in sources() if ROOT / "shared" not in file.parents]
    assert [str(file.relative_to(ROOT)) for file in outside if PUBLISHES.search(file.read_text())] == []


def test_a_subject_is_written_on_its_message_alone():
    """Services name messages, not subjects; timers are messages too and live beside the model."""
    quoted = re.compile(r"[\"']ekkyo\.(cmd|ask|fact|due|dead|again)\.")
    inside = [file for service in SERVICES for file in (ROOT / f"services/{service}/ekkyo_{service}").rglob("*.py")]
    assert [str(file.relative_to(ROOT)) for file in inside if quoted.search(file.read_text())] == []


def test_nothing_is_left_to_do():
    left = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError\(\s*[\"']")
    assert [str(file.relative_to(ROOT)) for file in sources() if left.search(file.read_text())] == []


def test_what_the_contracts_need_is_pydantic_alone():
    project = tomllib.loads((ROOT / "shared/pyproject.toml").read_text())["project"]
    assert [re.split(r"[<>=\[]", d)[0] for d in project["dependencies"]] == ["pydantic"]
