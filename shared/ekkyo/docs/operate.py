"""The tables of docs/operate.md: every setting and every figure, of every service and of the portal.

The text around them is by hand.
"""

import importlib
from collections.abc import Iterable
from typing import Any

from pydantic import SecretStr

from ekkyo.installation.permissions import SERVICES
from ekkyo.process import metrics
from ekkyo.process.metrics import Figure
from ekkyo.process.settings import FILE, PREFIX, ProcessSettings
from ekkyo.process.tracing import VARIABLES
from ekkyo.service import Service, Settings

_BLOCK = "<!-- generated: {name} -->\n"
_END = "<!-- end -->"
_COMPUTED = {"nats_user": "its name", "mongo_database": "`ekkyo_<service>`", "inbox_prefix": "`_INBOX.<user>`"}


def operate(text: str) -> str:
    """The page with its tables as the code has them now. Raises ValueError for one that has no place in it."""
    services = [_service(name) for name in SERVICES]
    tables = {"settings": _settings(services), "tracing": _tracing(), "metrics": _metrics(services)}
    for name, table in tables.items():
        begin = _BLOCK.format(name=name)
        before, found, after = text.partition(begin)
        _, ended, rest = after.partition(_END)
        if not (found and ended) or begin in rest:
            raise ValueError(f"docs/operate.md needs one place for the table of {name}: {begin.strip()} … {_END}")
        text = before + begin + table + _END + rest
    return text


def _service(name: str) -> Service:
    found: Service = importlib.import_module(f"ekkyo_{name}.app").service
    return found


def _settings(services: Iterable[Service]) -> str:
    rows = [_setting(Settings, name, "all") for name in Settings.model_fields]
    for service in services:
        own = service.settings.model_fields.keys() - Settings.model_fields.keys()
        rows += [
            _setting(service.settings, name, service.name) for name in service.settings.model_fields if name in own
        ]
    portal: type[ProcessSettings] = importlib.import_module("ekkyo_portal.settings").PortalSettings
    rows += [_setting(portal, name, "portal") for name in portal.model_fields if name not in Settings.model_fields]
    return _table(("Variable", "Of", "When absent", "Meaning"), rows)


def _setting(settings: type[ProcessSettings], name: str, of: str) -> tuple[str, ...]:
    field: Any = settings.model_fields[name]
    variable = f"`{PREFIX}{name.upper()}`"
    if field.annotation is SecretStr:
        variable += f" or `{PREFIX}{name.upper()}{FILE}`"
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    absent = "required" if field.is_required() else _COMPUTED.get(name) or (f"`{default}`" if default else "none")
    return variable, of, absent, (field.description or "").split("; ekkyo_<")[0].split("; _INBOX.<")[0]


def _tracing() -> str:
    return _table(("Variable", "Meaning"), [(f"`{name}`", about) for name, about in VARIABLES])


def _metrics(services: Iterable[Service]) -> str:
    rows = [_figure(figure, "all") for figure in metrics.SHARED]
    rows += [_figure(figure, service.name) for service in services for figure in service.figures]
    portal: tuple[Figure, ...] = importlib.import_module("ekkyo_portal.web.measured").FIGURES
    rows += [_figure(figure, "portal") for figure in portal]
    rows += [_figure(figure, "all") for figure in metrics.PROCESS]
    return _table(("Metric", "Kind", "Labels", "Of", "Meaning"), rows)


def _figure(figure: Figure, of: str) -> tuple[str, ...]:
    return f"`{figure.name}`", figure.kind, ", ".join(figure.labels), of, figure.about


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines)
