"""What the manifests open and close: who reaches whom, over what, and what scales and watches it."""

import importlib
import json
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml
from ekkyo.installation.login import Login, make_nkey
from ekkyo.installation.permissions import ACCOUNT, DURABLES
from ekkyo.process import tracing
from ekkyo.wire.tokens import make_keys
from ekkyo_portal.settings import PortalSettings

from tests.deploy.certificates import Authority
from tests.deploy.manifests import (
    LOADER,
    OVERLAYS,
    ROOT,
    VERSION,
    apply,
    kustomization,
    literals,
    name_of,
    of_kind,
    pods,
    resources,
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
