"""The manifests: what the API's published schemas allow, what refers to what, and what the services know.

There is no kustomize here: what the kustomizations name is followed, and their patches are applied to what they name.
"""

import importlib
import json
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
from ekkyo.wire.tokens import make_keys
from ekkyo_portal.settings import PortalSettings

from tests.deploy.certificates import Authority

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


def test_with_tls_every_pod_is_given_its_certificate(tmp_path):
    """The component is laid over an overlay as `components: [../../components/nats-tls]` does it."""
    component = ROOT / "components/nats-tls"
    found = list(resources(ROOT / "overlays/small"))
    for patch in kustomization(component)["patches"]:
        for target in (m for m in found if m["kind"] == patch["target"]["kind"]):
            for operation in yaml.load((component / patch["path"]).read_text(), LOADER):
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


def test_with_mail_in_notify_takes_mail_from_the_mail_server_alone(tmp_path):
    component = ROOT / "components/mail-in"
    [patch] = kustomization(component)["patches"]
    [notify] = [m for m in resources(ROOT / "overlays/small") if m["kind"] == "Deployment" and name_of(m) == "notify"]
    for operation in yaml.load((component / patch["path"]).read_text(), LOADER):
        apply(notify, operation)
    kubernetes_validate.validate(notify, VERSION, strict=True)
    service, policy = yaml.safe_load_all((component / "from-the-mail-server.yaml").read_text())
    for manifest in (service, policy):
        kubernetes_validate.validate(manifest, VERSION, strict=True)
    [container] = notify["spec"]["template"]["spec"]["containers"]
    [port] = [one for one in container["ports"] if one["name"] == service["spec"]["ports"][0]["targetPort"]]
    own = {one["name"]: str(one["value"]).replace("/secrets", str(tmp_path)) for one in container["env"]}
    for name, text in {"jwks.json": '{"keys": []}', "smtp-url": "smtp://m", "mongo-url": "mongodb://m/"}.items():
        (tmp_path / name).write_text(text)
    for name in ("pass.jwk", "replies.jwk"):
        (tmp_path / name).write_text(json.dumps(make_keys()[0]))
    (tmp_path / "nats.nk").write_bytes(make_nkey()[0])
    app = importlib.import_module("ekkyo_notify.app")
    settings = app.service.settings.load("notify", literals("small", notify["spec"]["template"]) | own)
    assert urlsplit(settings.inbound_url).port == port["containerPort"] == service["spec"]["ports"][0]["port"]
    [ingress] = policy["spec"]["ingress"]
    assert [each["ipBlock"]["cidr"] for each in ingress["from"]] == service["spec"]["loadBalancerSourceRanges"]


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
        assert monitor["spec"]["endpoints"][0]["port"] in {port["name"] for port in service["spec"]["ports"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_people_reach_the_portal_over_tls_at_the_address_that_mails_lead_to(overlay):
    [ingress] = of_kind(overlay, "Ingress").values()
    [rule], [tls] = ingress["spec"]["rules"], ingress["spec"]["tls"]
    env = {
        name: {one["name"]: one["value"] for one in pod["spec"]["containers"][0]["env"]} for name, pod in pods(overlay)
    }
    assert tls["hosts"] == [rule["host"]]
    assert env["portal"]["EKKYO_PORTAL_URL"] == env["notify"]["EKKYO_PORTAL_URL"] == f"https://{rule['host']}"
    assert "EKKYO_LOCAL_SIGN_IN" not in env["portal"]
    [path] = rule["http"]["paths"]
    service = of_kind(overlay, "Service")[path["backend"]["service"]["name"]]
    ports = {port["name"]: port for port in service["spec"]["ports"]}
    assert path["backend"]["service"]["port"] == {"name": "web"}
    [pod] = [pod for name, pod in pods(overlay) if name == "portal"]
    open_to = {port["name"]: port["containerPort"] for port in pod["spec"]["containers"][0]["ports"]}
    assert open_to[ports["web"]["targetPort"]] == PortalSettings.model_fields["web_port"].default


def test_the_portal_is_let_in_to_by_the_ingress_alone_and_has_no_way_to_the_database():
    policies = of_kind("small", "NetworkPolicy")
    labels = of_kind("small", "Deployment")["portal"]["spec"]["template"]["metadata"]["labels"]
    [into] = policies["portal"]["spec"]["ingress"]
    assert into["ports"] == [{"port": 8000, "protocol": "TCP"}]
    assert policies["portal"]["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    [unlike] = policies["mongo"]["spec"]["podSelector"]["matchExpressions"]
    assert (unlike["operator"], labels[unlike["key"]] in unlike["values"]) == ("NotIn", True)
    reached = [p for p in policies.values() for out in p["spec"].get("egress", ()) for p in out.get("ports", ())]
    assert {port["port"] for port in reached} == {53, 4222, 8222, 27017, 25, 465, 587, 443}


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
