"""Makes the Grafana dashboards, of the platform, the services and the portal, and the alerts for Prometheus' operator.

`python deploy/observability/make_dashboards.py`, or `make dashboards`.

Each query says by itself whose figures it shows, so it does not matter how the scrape jobs are called.
"""

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "grafana" / "dashboards"
RULE = Path(__file__).parents[1] / "kubernetes/base/alerts.yaml"
SERVICES = ("members", "events", "surveys", "notify")
RATE = "[$__rate_interval]"
Panel = dict[str, Any]
WIDTH, HEIGHT, ACROSS = 8, 8, 3


def panel(title: str, unit: str, *queries: tuple[str, str], kind: str = "timeseries", about: str = "") -> Panel:
    """A panel with these queries, each with its legend. unit: as Grafana calls it."""
    targets = [
        {"refId": chr(65 + n), "expr": query, "legendFormat": legend, "datasource": {"uid": "prometheus"}}
        for n, (query, legend) in enumerate(queries)
    ]
    return {
        "title": title,
        "description": about,
        "type": kind,
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": targets,
    }


def dashboard(name: str, title: str, panels: list[Panel]) -> dict[str, Any]:
    """Panels in rows of three, as Grafana's JSON model has it."""
    placed = [
        {**each, "id": n + 1, "gridPos": {"x": n % ACROSS * WIDTH, "y": n // ACROSS * HEIGHT, "w": WIDTH, "h": HEIGHT}}
        for n, each in enumerate(panels)
    ]
    return {
        "uid": f"ekkyo-{name}",
        "title": title,
        "tags": ["ekkyo"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "links": [{"type": "dashboards", "tags": ["ekkyo"], "asDropdown": True, "title": "Ekkyo"}],
        "panels": placed,
    }


def quantile(share: str, histogram: str, where: str, by: str) -> str:
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({histogram}_bucket{{{where}}}{RATE})))"


def of_service(query: str, service: str) -> str:
    """A figure of the process itself, of this service's instances alone."""
    return f'{query} * on (instance, job) group_left (service) ekkyo_service_info{{service="{service}"}}'


def service(name: str) -> dict[str, Any]:
    asked, told, facts = f'operation=~"{name}[.].+"', f'reaction=~"{name}-.+"', f'fact=~"{name}[.].+"'
    counted = "ekkyo_request_seconds_count"
    panels = [
        panel(
            "Commands and questions",
            "reqps",
            (f"sum by (operation) (rate({counted}{{{asked}}}{RATE}))", "{{operation}}"),
        ),
        panel(
            "Not done, by why",
            "reqps",
            (f'sum by (outcome) (rate({counted}{{{asked}, outcome!="done"}}{RATE}))', "{{outcome}}"),
            about="refused: a rule said no, which is an answer. failed and unavailable are trouble.",
        ),
        panel(
            "Time to answer",
            "s",
            (quantile("0.5", "ekkyo_request_seconds", asked, "operation"), "{{operation}} p50"),
            (quantile("0.99", "ekkyo_request_seconds", asked, "operation"), "{{operation}} p99"),
        ),
        panel(
            "Reactions",
            "ops",
            (
                f"sum by (reaction, outcome) (rate(ekkyo_reaction_seconds_count{{{told}}}{RATE}))",
                "{{reaction}} {{outcome}}",
            ),
        ),
        panel(
            "Time to react, p99",
            "s",
            (quantile("0.99", "ekkyo_reaction_seconds", told, "reaction"), "{{reaction}}"),
        ),
        panel(
            "Age of facts when handled, p99",
            "s",
            (quantile("0.99", "ekkyo_fact_age_seconds", told, "reaction"), "{{reaction}}"),
        ),
        panel("Not told yet", "short", (f"max by (reaction) (ekkyo_consumer_pending{{{told}}})", "{{reaction}}")),
        panel(
            "Told and not through",
            "short",
            (f"max by (reaction) (ekkyo_consumer_unacknowledged{{{told}}})", "{{reaction}}"),
        ),
        panel("Dead letters", "short", (f"max by (reaction) (ekkyo_dead_letters{{{told}}})", "{{reaction}}")),
        panel(
            "Told once more",
            "ops",
            (f"sum by (reaction) (rate(ekkyo_redeliveries_total{{{told}}}{RATE}))", "{{reaction}}"),
        ),
        panel(
            "Facts published",
            "ops",
            (f"sum by (fact) (rate(ekkyo_facts_published_total{{{facts}}}{RATE}))", "{{fact}}"),
        ),
        panel("Timers overdue", "short", (f'max by (timer) (ekkyo_timers_overdue{{timer=~"{name}-.+"}})', "{{timer}}")),
        panel("Outbox, messages", "short", (of_service("ekkyo_outbox_messages", name), "{{instance}}")),
        panel("Outbox, the oldest", "s", (of_service("ekkyo_outbox_oldest_seconds", name), "{{instance}}")),
        panel("Requests at once", "short", (of_service("ekkyo_requests_at_once", name), "{{instance}}")),
        panel("CPU", "percentunit", (of_service(f"rate(process_cpu_seconds_total{RATE})", name), "{{instance}}")),
        panel("Memory", "bytes", (of_service("process_resident_memory_bytes", name), "{{instance}}")),
        panel(
            "Reconnected to NATS",
            "short",
            (of_service("increase(ekkyo_nats_reconnects_total[1h])", name), "{{instance}}"),
        ),
    ]
    if name == "notify":
        counted = f"rate(ekkyo_delivery_seconds_count{RATE})"
        panels[:0] = [
            panel("Deliveries", "ops", (f"sum by (channel, outcome) ({counted})", "{{channel}} {{outcome}}")),
            panel(
                "Time to deliver",
                "s",
                (quantile("0.5", "ekkyo_delivery_seconds", 'outcome="sent"', "channel"), "{{channel}} p50"),
                (quantile("0.99", "ekkyo_delivery_seconds", 'outcome="sent"', "channel"), "{{channel}} p99"),
            ),
            panel(
                "Not sent, by why",
                "ops",
                (
                    f'sum by (channel, outcome) (rate(ekkyo_delivery_seconds_count{{outcome!="sent"}}{RATE}))',
                    "{{channel}} {{outcome}}",
                ),
            ),
            panel(
                "Mail taken in, by what came of it",
                "ops",
                (f"sum by (outcome) (rate(ekkyo_inbound_seconds_count{RATE}))", "{{outcome}}"),
            ),
        ]
    return dashboard(name, f"Ekkyo: {name}", panels)


def portal() -> dict[str, Any]:
    pages, count = "ekkyo_portal_page_seconds", "ekkyo_portal_page_seconds_count"
    panels = [
        panel("Pages", "reqps", (f"sum by (method, path) (rate({count}{RATE}))", "{{method}} {{path}}")),
        panel(
            "Not done, by status",
            "reqps",
            (f'sum by (status) (rate({count}{{status=~"4..|5.."}}{RATE}))', "{{status}}"),
            about="4xx: what was asked for is not there, not theirs, or not filled in. 5xx is trouble.",
        ),
        panel(
            "Time to answer",
            "s",
            (quantile("0.5", pages, "", "path"), "{{path}} p50"),
            (quantile("0.99", pages, "", "path"), "{{path}} p99"),
        ),
        panel(
            "Turned away",
            "reqps",
            (f"sum by (because) (rate(ekkyo_portal_refused_total{RATE}))", "{{because}}"),
            about="Forms that came from another site.",
        ),
        panel("Ready", "short", (of_service("ekkyo_ready", "portal"), "{{instance}}"), kind="stat"),
        panel("CPU", "percentunit", (of_service(f"rate(process_cpu_seconds_total{RATE})", "portal"), "{{instance}}")),
        panel("Memory", "bytes", (of_service("process_resident_memory_bytes", "portal"), "{{instance}}")),
        panel("Open files", "short", (of_service("process_open_fds", "portal"), "{{instance}}")),
    ]
    return dashboard("portal", "Ekkyo: the portal", panels)


def platform() -> dict[str, Any]:
    joined = "* on (instance, job) group_left (service, version) ekkyo_service_info"
    owner = 'label_replace({}, "service", "$1", "{}", "([a-z]+)[.-].+")'
    asked = owner.format(f"rate(ekkyo_request_seconds_count{RATE})", "operation")
    bad = owner.format(f'rate(ekkyo_request_seconds_count{{outcome=~"failed|unavailable|busy"}}{RATE})', "operation")
    behind = owner.format("max by (reaction) (ekkyo_consumer_pending)", "reaction")
    panels = [
        panel("Ready instances", "short", (f"sum by (service) (ekkyo_ready {joined})", "{{service}}"), kind="stat"),
        panel(
            "Versions",
            "short",
            ("count by (service, version) (ekkyo_service_info)", "{{service}} {{version}}"),
            kind="stat",
        ),
        panel("Dead letters", "short", ("sum(max by (reaction) (ekkyo_dead_letters))", "dead letters"), kind="stat"),
        panel("Requests", "reqps", (f"sum by (service) ({asked})", "{{service}}")),
        panel(
            "Share that fails", "percentunit", (f"sum by (service) ({bad}) / sum by (service) ({asked})", "{{service}}")
        ),
        panel(
            "Time to answer, p99",
            "s",
            (f"histogram_quantile(0.99, sum by (le) (rate(ekkyo_request_seconds_bucket{RATE})))", "all services"),
        ),
        panel("Facts", "ops", (f"sum by (fact) (rate(ekkyo_facts_published_total{RATE}))", "{{fact}}")),
        panel("Reactions behind", "short", (f"sum by (service) ({behind})", "{{service}}")),
        panel(
            "Age of facts when handled, p99",
            "s",
            (quantile("0.99", "ekkyo_fact_age_seconds", "", "reaction"), "{{reaction}}"),
        ),
        panel("Outbox, the oldest", "s", (f"max by (service) (ekkyo_outbox_oldest_seconds {joined})", "{{service}}")),
        panel("Timers overdue", "short", ("max by (timer) (ekkyo_timers_overdue)", "{{timer}}")),
        panel(
            "Deliveries",
            "ops",
            (f"sum by (channel, outcome) (rate(ekkyo_delivery_seconds_count{RATE}))", "{{channel}} {{outcome}}"),
        ),
        panel(
            "CPU", "percentunit", (f"sum by (service) (rate(process_cpu_seconds_total{RATE}) {joined})", "{{service}}")
        ),
        panel("Memory", "bytes", (f"sum by (service) (process_resident_memory_bytes {joined})", "{{service}}")),
        panel(
            "Reconnected to NATS",
            "short",
            (f"sum by (service) (increase(ekkyo_nats_reconnects_total[1h]) {joined})", "{{service}}"),
        ),
    ]
    return dashboard("platform", "Ekkyo: the platform", panels)


def dashboards() -> dict[str, str]:
    """Every dashboard's text by its file's name."""
    made = {"platform": platform(), "portal": portal(), **{name: service(name) for name in SERVICES}}
    return {f"{name}.json": json.dumps(each, indent=1, ensure_ascii=False) + "\n" for name, each in made.items()}


def prometheus_rule() -> str:
    """The rules of alerts.yml as Prometheus' operator reads them on Kubernetes."""
    rules = (Path(__file__).parent / "alerts.yml").read_text()
    head = "# Made of deploy/observability/alerts.yml by `make dashboards`.\n"
    head += "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: ekkyo\nspec:\n"
    return head + textwrap.indent(rules[rules.index("groups:") :], "  ")


if __name__ == "__main__":
    for name, text in dashboards().items():
        (FOLDER / name).write_text(text)
        sys.stdout.write(f"{FOLDER / name}\n")
    RULE.write_text(prometheus_rule())
    sys.stdout.write(f"{RULE}\n")
