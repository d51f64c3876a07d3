"""The manifests of Kubernetes, put together.

There is no kustomize here: what the kustomizations name is followed, and their patches are applied to what they name.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2] / "deploy/kubernetes"
VERSION = "1.31"
CRDS = {"ServiceMonitor", "PrometheusRule", "ScaledObject"}
OVERLAYS = sorted(path.name for path in (ROOT / "overlays").iterdir())
Manifest = dict[str, Any]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C, where it was built: some ten times as fast."""


def kustomization(folder: Path) -> Manifest:
    found: Manifest = yaml.load((folder / "kustomization.yaml").read_text(), LOADER)
    return found


def resources(folder: Path) -> Iterator[Manifest]:
    """Everything that a kustomization and those it names bring together, patched."""
    said = kustomization(folder)
    found: list[Manifest] = []
    for name in said.get("resources", ()):
        path = (folder / name).resolve()
        found += resources(path) if path.is_dir() else yaml.load_all(path.read_text(), LOADER)
    for name in said.get("components", ()):
        found += resources((folder / name).resolve())
    found = deepcopy(found)
    for patch in said.get("patches", ()):
        targets = [m for m in found if patch["target"].items() <= {"kind": m["kind"], "name": name_of(m)}.items()]
        assert targets, f"{folder.name}: no {patch['target']}"
        for operation in yaml.load((folder / patch["path"]).read_text(), LOADER):
            for target in targets:
                apply(target, operation)
    yield from found


def apply(target: Manifest, operation: Manifest) -> None:
    """One step of a JSON patch (RFC 6902): add, replace and remove, in objects and at the end of lists."""
    *parents, last = operation["path"].strip("/").split("/")
    at: Any = target
    for part in parents:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if last == "-":
        at.append(operation["value"])
    elif operation["op"] == "remove":
        del at[last]
    else:
        assert operation["op"] == "add" or last in at, operation["path"]
        at[last] = operation["value"]


def name_of(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def of_kind(overlay: str, kind: str) -> dict[str, Manifest]:
    return {name_of(m): m for m in resources(ROOT / "overlays" / overlay) if m["kind"] == kind}


def literals(overlay: str, pod: Manifest) -> dict[str, str]:
    """The settings that a pod shares with others, as base and overlay have them."""
    maps = {source["configMapRef"]["name"] for source in pod["spec"]["containers"][0]["envFrom"]}
    folders = (ROOT / "base", ROOT / "overlays" / overlay)
    made = [generator for f in folders for generator in kustomization(f)["configMapGenerator"]]
    assert maps <= {generator["name"] for generator in made}
    return dict(pair.split("=", 1) for one in made if one["name"] in maps for pair in one["literals"])


def pods(overlay: str) -> Iterator[tuple[str, Manifest]]:
    for kind in ("Deployment", "Job"):
        for name, manifest in of_kind(overlay, kind).items():
            yield name, manifest["spec"]["template"]
