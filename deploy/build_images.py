"""Build the five images with buildah, look into each, and start it as it is deployed.

`python deploy/build_images.py` (root, Linux) needs Debian's buildah, and debootstrap where the base image that the
Dockerfiles name cannot be pulled. Each service's image is started with a read-only root file system and no rights,
against a NATS server and a database from wheels, provisioned, and has to become ready, healthy, and to stop when asked.

How pip reaches its index is its own affair: PIP_* variables and, where they name one, the certificate file are handed
into the build, and nothing of them stays in an image.
"""

import argparse
import asyncio
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ekkyo.installation.permissions import SERVICES

sys.path.insert(0, str(Path(__file__).resolve().parent))
from image_trial import Trial

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILES = {
    **{name: f"services/{name}/Dockerfile" for name in SERVICES},
    **{name: f"frontends/{name}/Dockerfile" for name in ("portal", "cli")},
}
LARGEST = 200_000_000
"""Bytes of an image's files, the base's included."""
COMPILERS = ("cc", "gcc", "c++", "g++", "clang", "ld", "make", "cargo")
WITHOUT = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt", "var/lib/apt/lists")
"""What slim base images leave out too."""


class Unfit(Exception):
    """An image is not what it has to be."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("images", nargs="*", choices=[*DOCKERFILES, []], help="which; all of them by default")
    asked.add_argument("--debootstrap", action="store_true", help="make the base image when it is not there")
    asked.add_argument("--no-start", action="store_true", help="build and inspect only")
    chosen = asked.parse_args()
    os.environ.setdefault("STORAGE_DRIVER", "vfs")  # overlayfs is not to be had everywhere
    names = chosen.images or list(DOCKERFILES)
    if chosen.debootstrap:
        for base in {base_of(name) for name in names}:
            make_base(base)
    for name in names:
        tag = build(name)
        with mounted(tag) as folder:
            told = inspect(name, tag, folder)
            say(f"{name:<8} {told}")
            if not chosen.no_start:
                say(f"{name:<8} {asyncio.run(Trial(name, folder, config_of(tag)).run())}")


def base_of(name: str) -> str:
    """The base image that a Dockerfile names."""
    found = re.search(r"^ARG BASE=(\S+)", (ROOT / DOCKERFILES[name]).read_text(), re.MULTILINE)
    assert found, f"{DOCKERFILES[name]} names no base"
    return found.group(1)


def make_base(tag: str) -> None:
    """Debian's own Python, of the release and version that the tag names, under that tag."""
    if not run("buildah", "images", "--quiet", "--filter", f"reference={tag}", check=False).strip():
        release = tag.rpartition("-")[2]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "root"
            include = "--include=python3,python3-venv,ca-certificates"
            say(f"base     {release} by debootstrap, some minutes")
            run("debootstrap", "--variant=minbase", include, release, str(root))
            for path in (*(root / name for name in WITHOUT), *root.rglob("__pycache__")):
                shutil.rmtree(path, ignore_errors=True)
            (root / "usr/bin/python").symlink_to("python3")
            packed = Path(folder) / "root.tar"
            with tarfile.open(packed, "w") as tar:
                tar.add(root, arcname="/", filter=lambda f: None if f.name.startswith(("dev/", "/dev/")) else f)
            made = run("buildah", "from", "scratch").strip()
            run("buildah", "add", made, str(packed), "/")
            run("buildah", "config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", made)
            run("buildah", "commit", "--rm", made, tag)


def build(name: str) -> str:
    """Build one image and give its tag."""
    version = importlib.metadata.version("ekkyo-cli" if name == "cli" else f"ekkyo-{name}")
    revision = run("git", "-C", str(ROOT), "rev-parse", "HEAD").strip()
    tag = f"ekkyo-{name}:{version}"
    words = ["buildah", "bud", "--isolation", "chroot", "--format", "docker", "--layers=false", "--pull=ifmissing"]
    words += ["--build-arg", f"VERSION={version}", "--build-arg", f"REVISION={revision}"]
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_DEFAULT_TIMEOUT"):
        if value := os.environ.get(variable):
            words += ["--build-arg", f"{variable}={value}"]
    if certificates := os.environ.get("PIP_CERT"):
        words += ["--volume", f"{certificates}:{certificates}:ro"]
    run(*words, "--tag", tag, "--file", str(ROOT / DOCKERFILES[name]), str(ROOT))
    return tag


def inspect(name: str, tag: str, root: Path) -> str:
    """What an image is. Raises Unfit where it is not what it has to be."""
    config = config_of(tag)
    size = sum(f.lstat().st_size for f in root.rglob("*") if f.is_file() and not f.is_symlink())
    packages = {d.metadata["Name"] for d in distributions(root)}
    labels = config["Labels"]
    common = {"ekkyo-common"} if DOCKERFILES[name].startswith("frontends") else set()
    ours = {"ekkyo-shared", f"ekkyo-{name}"} | common
    expected = {
        "size": size < LARGEST,
        "user": config["User"] == "10001",
        "entry point": config["Entrypoint"] == (["ekkyo"] if name == "cli" else [f"ekkyo-{name}"]),
        "health check": bool(config.get("Healthcheck", {}).get("Test")),
        "labels": all(labels.get(f"org.opencontainers.image.{label}") for label in ("version", "revision", "title")),
        "packages of ours": {p for p in packages if p.startswith("ekkyo")} == ours,
        "no installer": not {"pip", "setuptools"} & packages,
        "no compiler": not [
            c for c in COMPILERS for d in ("bin", "usr/bin", "usr/local/bin") if (root / d / c).exists()
        ],
        "no index": not re.search("PIP_", json.dumps(config)),
    }
    wrong = [what for what, so in expected.items() if not so]
    if wrong:
        raise Unfit(f"{tag}: {', '.join(wrong)} ({size / 1e6:.0f} MB; {', '.join(sorted(packages))})")
    return f"{size / 1e6:.0f} MB, {len(packages)} packages, of ours {', '.join(sorted(ours))}"


def distributions(root: Path) -> list[importlib.metadata.Distribution]:
    """What is installed in an image."""
    folders = [str(f) for f in root.glob("opt/ekkyo/lib/python3*/site-packages")]
    return list(importlib.metadata.distributions(path=folders))


@contextmanager
def mounted(tag: str) -> Iterator[Path]:
    """The files of an image, in a container of its own that is removed afterwards."""
    container = run("buildah", "from", "--pull=never", tag).strip()
    try:
        yield Path(run("buildah", "mount", container).strip())
    finally:
        run("buildah", "rm", container)


def config_of(tag: str) -> dict[str, Any]:
    """An image's configuration, as engines read it."""
    found: dict[str, Any] = json.loads(run("buildah", "inspect", "--type", "image", tag))["Docker"]["config"]
    return found


def run(*words: str, check: bool = True) -> str:
    """What a command printed. Its complaints are shown when it fails."""
    done = subprocess.run(words, capture_output=True, text=True)  # noqa: S603 - our own words
    if check and done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise SystemExit(f"{words[0]} {words[1]} failed with {done.returncode}")
    return done.stdout


def say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
