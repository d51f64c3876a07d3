"""The manifests: what the API's published schemas allow, what refers to what, and what the services know.

There is no kustomize here: what the kustomizations name is followed, and their patches are applied to what they name.
"""

import importlib
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml
from ekkyo.installation.login import Login, make_nkey
from ekkyo.installation.permissions import ACCOUNT, DURABLES, SERVICES
from ekkyo.process import tracing

from tests.deploy.certificates import Authority

ROOT = Path(__file__).resolve().parents[2] / "deploy/kubernetes"
VERSION = "1.31"
CRDS = {"ServiceMonitor", "PrometheusRule", "ScaledObject"}
OVERLAYS = sorted(path.name for path in (ROOT / "overlays").iterdir())
Manifest = dict[str, Any]


def kustomization(folder: Path) -> Manifest:
    found: Manifest = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return found


def resources(folder: Path) -> Iterator[Manifest]:
    """Everything that a kustomization and those it names bring together, patched."""
    said = kustomization(folder)
    found: list[Manifest] = []
    for name in said.get("resources", ()):
        path = (folder / name).resolve()
        found += resources(path) if path.is_dir() else yaml.safe_load_all(path.read_text())
    for name in said.get("components", ()):
        found += resources((folder / name).resolve())
    found = deepcopy(found)
    for patch in said.get("patches", ()):
        targets = [m for m in found if patch["target"].items() <= {"kind": m["kind"], "name": name_of(m)}.items()]
        assert targets, f"{folder.name}: no {patch['target']}"
        for operation in yaml.safe_load((folder / patch["path"]).read_text()):
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


def literals(overlay: str) -> dict[str, str]:
    """The settings that all services share, as base and overlay have them."""
    folders = (ROOT / "base", ROOT / "overlays" / overlay)
    pairs = [pair for f in folders for g in kustomization(f)["configMapGenerator"] for pair in g["literals"]]
    return dict(pair.split("=", 1) for pair in pairs)


def pods(overlay: str) -> Iterator[tuple[str, Manifest]]:
    for kind in ("Deployment", "Job"):
        for name, manifest in of_kind(overlay, kind).items():
            yield name, manifest["spec"]["template"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_what_the_api_allows(overlay):
    seen = set()
    for manifest in resources(ROOT / "overlays" / overlay):
        seen.add(manifest["kind"])
        if manifest["kind"] not in CRDS:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
    assert {"Deployment", "Service", "Job", "PodDisruptionBudget", "NetworkPolicy", "ServiceMonitor"} <= seen


def test_a_wrong_manifest_is_found():
    wrong = deepcopy(of_kind("small", "Deployment")["events"])
    wrong["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


@pytest.mark.parametrize("file", sorted(str(p.relative_to(ROOT)) for p in ROOT.rglob("*.yaml")))
def test_every_file_is_named_by_a_kustomization(file):
    path = ROOT / file
    if path.name == "kustomization.yaml":
        path = path.parent
        if path.parent.name == "overlays":
            return  # that is where one begins
    named = {
        (k.parent / name).resolve()
        for k in ROOT.rglob("kustomization.yaml")
        for said in [yaml.safe_load(k.read_text())]
        for name in (
            *said.get("resources", ()),
            *said.get("components", ()),
            *(p["path"] for p in said.get("patches", ())),
        )
    }
    assert path in named or path.parent.name == "components"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_service_gets_settings_that_it_takes(overlay, tmp_path):
    (tmp_path / "nats.nk").write_bytes(make_nkey()[0])
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    (tmp_path / "systems.json").write_text("[]")
    (tmp_path / "smtp-url").write_text("smtp://mail:25")
    for name in SERVICES:
        (tmp_path / f"{name}-mongo-url").write_text("mongodb://mongo/")
    (tmp_path / "mongo-url").write_text("mongodb://mongo/")
    shared, seen = literals(overlay), set()
    for name, pod in pods(overlay):
        [container] = pod["spec"]["containers"]
        own = {one["name"]: str(one["value"]).replace("/secrets", str(tmp_path)) for one in container["env"]}
        service = importlib.import_module(f"ekkyo_{name.removeprefix('provision-')}.app").service
        settings = service.settings.load(service.name, shared | own)
        assert settings.nats_user == ("ops" if name.startswith("provision-") else service.name)
        seen.add(name)
    assert seen == {*SERVICES, *(f"provision-{name}" for name in SERVICES)}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_pod_may_do_next_to_nothing_and_is_bounded(overlay):
    for name, pod in pods(overlay):
        spec = pod["spec"]
        [container] = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsUser"] == 10001
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"] == {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "1", "memory": "256Mi"},
        }
        [secret] = [volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume]
        assert secret == ("ekkyo-provision" if name.startswith("provision-") else f"ekkyo-{name}")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_service_is_probed_found_and_not_evicted_whole(overlay):
    budgets, services = of_kind(overlay, "PodDisruptionBudget"), of_kind(overlay, "Service")
    for name, deployment in of_kind(overlay, "Deployment").items():
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert budgets[name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert services[name]["spec"]["selector"].items() <= labels.items()
        scaled_by = {m["spec"]["scaleTargetRef"]["name"] for m in of_kind(overlay, "ScaledObject").values()}
        wanted = None if name in scaled_by else 1 if overlay == "small" else 2
        assert deployment["spec"].get("replicas") == wanted, "what KEDA scales is not put back by applying this again"


def test_with_tls_every_pod_is_given_its_certificate(tmp_path):
    """The component is laid over an overlay as `components: [../../components/nats-tls]` does it."""
    component = ROOT / "components/nats-tls"
    found = list(resources(ROOT / "overlays/small"))
    for patch in kustomization(component)["patches"]:
        for target in (m for m in found if m["kind"] == patch["target"]["kind"]):
            for operation in yaml.safe_load((component / patch["path"]).read_text()):
                apply(target, operation)
            kubernetes_validate.validate(target, VERSION, strict=True)
            spec = target["spec"]["template"]["spec"]
            assert {mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]} == {
                "/secrets",
                "/tmp",
                "/tls",
            }
    [said] = kustomization(component)["configMapGenerator"]
    tls = Authority.make(tmp_path / "tls").sign("tls")
    given = dict(pair.replace("=/tls", f"={tls.ca.parent}").split("=", 1) for pair in said["literals"])
    assert Login.from_environment(given).tls == tls


def test_with_traces_every_service_reaches_the_collector_that_it_is_told_of():
    component = ROOT / "components/traces"
    [policy] = resources(component)
    kubernetes_validate.validate(policy, VERSION, strict=True)
    [said] = kustomization(component)["configMapGenerator"]
    given = dict(pair.split("=", 1) for pair in said["literals"])
    assert given.keys() <= {name for name, _ in tracing.VARIABLES}
    [egress] = policy["spec"]["egress"]
    assert urlsplit(given["OTEL_EXPORTER_OTLP_ENDPOINT"]).port in {port["port"] for port in egress["ports"]}
    common = kustomization(ROOT / "base")["labels"][0]["pairs"]
    meant = policy["spec"]["podSelector"]["matchLabels"]
    for deployment in of_kind("small", "Deployment").values():
        assert meant.items() <= (deployment["spec"]["template"]["metadata"]["labels"] | common).items()


def test_images_are_named_in_every_overlay():
    used = {pod["spec"]["containers"][0]["image"] for _, pod in pods("small")}
    for overlay in OVERLAYS:
        named = {image["name"]: image for image in kustomization(ROOT / "overlays" / overlay)["images"]}
        assert set(named) == used
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", str(image["newTag"])) for image in named.values())


def test_no_secret_is_written_in_a_manifest():
    for path in ROOT.rglob("*.yaml"):
        assert "kind: Secret\n" not in path.read_text()
        assert "secretGenerator" not in path.read_text()


def test_a_service_monitor_finds_every_service():
    [monitor] = of_kind("small", "ServiceMonitor").values()
    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    wanted = dict(monitor["spec"]["selector"]["matchLabels"])
    assert (
        wanted.pop("app.kubernetes.io/part-of")
        == kustomization(ROOT / "base")["labels"][0]["pairs"]["app.kubernetes.io/part-of"]
    )
    for service in of_kind("small", "Service").values():
        assert wanted.items() <= service["metadata"]["labels"].items()
        assert {port["name"] for port in service["spec"]["ports"]} == {monitor["spec"]["endpoints"][0]["port"]}


def test_notify_is_scaled_by_the_lag_of_what_it_tells():
    [scaled] = of_kind("highly-available", "ScaledObject").values()
    assert scaled["apiVersion"] == "keda.sh/v1alpha1"
    spec = scaled["spec"]
    assert spec["scaleTargetRef"]["name"] in of_kind("highly-available", "Deployment")
    assert 0 < spec["minReplicaCount"] < spec["maxReplicaCount"]
    assert {trigger["type"] for trigger in spec["triggers"]} == {"nats-jetstream"}
    read = [trigger["metadata"] for trigger in spec["triggers"]]
    assert {one["consumer"] for one in read} == {d for d in DURABLES["notify"]["FACTS"] if d.startswith("notify-tell")}
    assert {(one["account"], one["stream"]) for one in read} == {(ACCOUNT, "FACTS")}
    assert all(isinstance(value, str) for one in read for value in one.values())
