"""The manifests are what Kubernetes takes, and what runs in them is set, bounded, probed and named."""

import importlib
import json
import re
from copy import deepcopy

import kubernetes_validate
import pytest
import yaml
from ekkyo.installation.login import make_nkey
from ekkyo.installation.permissions import SERVICES
from ekkyo.wire.tokens import make_keys

from tests.deploy.manifests import (
    CRDS,
    LOADER,
    OVERLAYS,
    ROOT,
    VERSION,
    kustomization,
    literals,
    of_kind,
    pods,
    resources,
)


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
        for said in [yaml.load(k.read_text(), LOADER)]
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
    for key in ("pass.jwk", "portal.jwk"):
        (tmp_path / key).write_text(json.dumps(make_keys()[0]))
    (tmp_path / "pass-jwks.json").write_text('{"keys": []}')
    (tmp_path / "session.key").write_text("k" * 40)
    seen = set()
    for name, pod in pods(overlay):
        [container] = pod["spec"]["containers"]
        own = {one["name"]: str(one["value"]).replace("/secrets", str(tmp_path)) for one in container["env"]}
        of = name.removeprefix("provision-")
        app = importlib.import_module(f"ekkyo_{of}.app")
        settings = (app.PortalSettings if of == "portal" else app.service.settings).load(
            of, literals(overlay, pod) | own
        )
        assert settings.nats_user == ("ops" if name.startswith("provision-") else of)
        seen.add(name)
    assert seen == {"portal", *SERVICES, *(f"provision-{name}" for name in SERVICES)}


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
        scalers = [of_kind(overlay, kind) for kind in ("ScaledObject", "HorizontalPodAutoscaler")]
        scaled_by = {m["spec"]["scaleTargetRef"]["name"] for found in scalers for m in found.values()}
        wanted = None if name in scaled_by else 1 if overlay == "small" else 2
        assert deployment["spec"].get("replicas") == wanted, (
            "what is scaled by load is not put back by applying this again"
        )


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
