"""Finds the usual mistakes of a new installation, and says how to correct them. It changes nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from ekkyo.process.doctor.finding import Check, Finding, either, unseen, well, wrong
from ekkyo.process.settings import ProcessSettings, WrongSettings

__all__ = ["Check", "Finding", "as_json", "as_text", "either", "examine", "is_wrong", "unseen", "well", "wrong"]

S = TypeVar("S", bound=ProcessSettings)


async def examine(
    name: str,
    settings: type[S],
    environ: Mapping[str, str],
    looks: Callable[[S], Iterable[Awaitable[Sequence[Finding]]]],
) -> list[Finding]:
    """Everything about the process of this name, in this environment. looks: given the settings, what is looked at."""
    try:
        loaded = settings.load(name, environ)
    except WrongSettings as told:
        return [_setting(line) for line in told.lines]
    found: Sequence[Sequence[Finding]] = await asyncio.gather(*looks(loaded))
    return [well("settings", "complete"), *(finding for look in found for finding in look)]


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
