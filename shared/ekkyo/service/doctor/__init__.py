"""What a new installation gets wrong, and what to do about it. Looks, and changes nothing."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ekkyo.broker import consumer_configs
from ekkyo.process.settings import TOKEN, WrongSettings
from ekkyo.service.doctor.database import database_findings
from ekkyo.service.doctor.finding import Check, Finding, either, unseen, well, wrong
from ekkyo.service.doctor.keys import key_findings
from ekkyo.service.doctor.streams import nats_findings

if TYPE_CHECKING:
    from ekkyo.service.app import Service

__all__ = ["Check", "Finding", "as_json", "as_text", "either", "examine", "is_wrong", "unseen", "well", "wrong"]


async def examine(service: "Service", environ: Mapping[str, str], *, monitor: str | None = None) -> list[Finding]:
    """Everything about one service, in this environment. A token in EKKYO_TOKEN is checked too.

    monitor: the URL of NATS's own monitoring, where it may be asked.
    """
    try:
        settings = service.settings.load(service.name, environ)
    except WrongSettings as told:
        return [_setting(line) for line in told.lines]
    indexes = {name: made for each in service.collections for name, made in each.indexes.items()}
    looks: Sequence[Sequence[Finding]] = await asyncio.gather(
        nats_findings(settings, service.name, consumer_configs(service.routers), monitor),
        database_findings(settings, service.name, indexes),
        asyncio.to_thread(key_findings, settings, environ.get(TOKEN)),
        *(check(settings) for check in service.checks),
    )
    return [well("settings", "complete"), *(finding for look in looks for finding in look)]


def is_wrong(findings: Iterable[Finding]) -> bool:
    return any(finding.state == "wrong" for finding in findings)


def as_text(findings: Iterable[Finding]) -> str:
    return "".join(f"{finding}\n" for finding in findings)


def as_json(findings: Mapping[str, Sequence[Finding]]) -> str:
    """The findings by service."""
    plain = {service: [vars(finding) for finding in of_it] for service, of_it in findings.items()}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _setting(line: str) -> Finding:
    found, _, remedy = line.partition(": ")
    return wrong("settings", found, remedy[:1].upper() + remedy[1:])
