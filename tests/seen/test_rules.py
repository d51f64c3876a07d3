"""Dashboards and alerts ask for figures that exist, with labels that these have, and say what to do."""

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from ekkyo.docs.operate import operate
from ekkyo.installation.permissions import SERVICES
from ekkyo.process import metrics
from ekkyo_portal.web.measured import FIGURES

from tests.seen.test_metrics import OWN as OF_SERVICES

ROOT = Path(__file__).parents[2]
OWN = [*OF_SERVICES, *FIGURES]
FOLDER = ROOT / "deploy/observability"
DASHBOARDS = {file.stem: json.loads(file.read_text()) for file in (FOLDER / "grafana/dashboards").glob("*.json")}
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
KNOWN = {name: figure for figure in (*metrics.SHARED, *OWN, *metrics.PROCESS) for name in figure.series}
FROM_SCRAPING = {"instance", "job"}


def selectors(node: Any) -> Iterator[Any]:
    """Every place in a query that names a metric."""
    match type(node).__name__:
        case "VectorSelector":
            yield node
        case "MatrixSelector":
            yield node.vector_selector
        case "BinaryExpr":
            yield from [*selectors(node.lhs), *selectors(node.rhs)]
        case "Call":
            for argument in node.args:
                yield from selectors(argument)
        case "AggregateExpr" | "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            yield from selectors(node.expr)
        case other:
            assert other in ("NumberLiteral", "StringLiteral"), other


def asks_for_what_is_there(query: str) -> set[str]:
    """The metrics of a query, each known and with labels that it has."""
    found = list(selectors(promql_parser.parse(query.replace("$__rate_interval", "5m"))))
    for selector in found:
        figure = KNOWN[selector.name]
        labels = {matcher.name for matcher in selector.matchers.matchers}
        assert labels <= {*figure.labels, *FROM_SCRAPING, "le"}, f"{selector.name} has no {labels}"
    return {selector.name for selector in found}


def queries(dashboard: Any) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_there_is_a_dashboard_of_the_platform_of_each_service_and_of_the_portal() -> None:
    assert DASHBOARDS.keys() == {"platform", "portal", *SERVICES}
    assert len({each["uid"] for each in DASHBOARDS.values()}) == len(DASHBOARDS)


def test_the_dashboards_are_what_their_script_makes() -> None:
    made = runpy.run_path(str(FOLDER / "make_dashboards.py"))["dashboards"]()
    assert made == {file.name: file.read_text() for file in (FOLDER / "grafana/dashboards").glob("*.json")}


@pytest.mark.parametrize("name", ["platform", "portal", *SERVICES])
def test_a_dashboard_asks_only_for_figures_that_there_are(name: str) -> None:
    for query in queries(DASHBOARDS[name]):
        assert asks_for_what_is_there(query)
    for panel in DASHBOARDS[name]["panels"]:
        assert panel["title"]
        by = {label for t in panel["targets"] for label in re.findall(r"\{\{(\w+)\}\}", t["legendFormat"])}
        assert all(label in t["expr"] for t in panel["targets"] for label in by - FROM_SCRAPING)


def test_every_figure_is_on_a_dashboard() -> None:
    shown = {name for each in DASHBOARDS.values() for query in queries(each) for name in asks_for_what_is_there(query)}
    shown |= {name for rule in RULES for name in asks_for_what_is_there(rule["expr"])}
    assert [f.name for f in (*metrics.SHARED, *OWN) if not shown & set(f.series)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r['alert']}{r['labels'].get('service', '')}")
def test_an_alert_asks_for_figures_that_there_are_and_leads_to_its_runbook(rule: dict[str, Any]) -> None:
    assert asks_for_what_is_there(rule["expr"])
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"]
    page, _, place = rule["annotations"]["runbook"].partition("#")
    assert place in {anchor(heading) for heading in re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)}


def anchor(heading: str) -> str:
    """As GitHub makes them: lower case, hyphens for spaces."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_prometheus_reads_the_rules_in_compose_and_on_kubernetes() -> None:
    assert yaml.safe_load((FOLDER / "prometheus.yml").read_text())["rule_files"] == ["alerts.yml"]
    made = runpy.run_path(str(FOLDER / "make_dashboards.py"))["prometheus_rule"]()
    assert made == (FOLDER.parent / "kubernetes/base/alerts.yaml").read_text(), "make dashboards"
    rule = yaml.safe_load(made)
    assert (rule["kind"], rule["spec"]["groups"][0]["rules"]) == ("PrometheusRule", RULES)


def test_every_alert_is_tried_with_figures_that_raise_it() -> None:
    tests = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
    for test in tests:
        for series in test["input_series"]:
            assert asks_for_what_is_there(series["series"])
    raised = {s["labels"] for t in tests for e in t["promql_expr_test"] for s in e["exp_samples"]}
    assert {re.findall(r'alertname="(\w+)"', labels)[0] for labels in raised if "alertname" in labels} == {
        rule["alert"] for rule in RULES
    }


if shutil.which("promtool"):  # which comes with Prometheus and not from a wheel

    def test_the_alerts_come_and_stay_away_as_prometheus_itself_evaluates_them() -> None:
        done = subprocess.run(
            ["promtool", "test", "rules", "alerts_test.yml"], cwd=FOLDER, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_tables_of_the_operators_page_are_as_the_code_has_them() -> None:
    page = (ROOT / "docs/operate.md").read_text()
    assert operate(page) == page
    for figure in (*metrics.SHARED, *OWN):
        assert f"| `{figure.name}` |" in page
    with pytest.raises(ValueError, match="one place for the table of metrics"):
        operate(page.replace("<!-- generated: metrics -->", ""))
