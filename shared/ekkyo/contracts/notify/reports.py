"""Reports to a community's sponsors: previewed and released by a leader, then sent by mail."""

import uuid
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, Field

from ekkyo.contracts.base import Command, Fact, Id, Instant, Model, Month, Question, may
from ekkyo.contracts.fields import is_one_line
from ekkyo.contracts.members import Locale
from ekkyo.contracts.notify.delivery import DeliveryStatus
from ekkyo.contracts.reports import Report

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ekkyo:report")


def report_id(community_id: str, month: str) -> str:
    """The id of a community's report of a month: whoever releases it, it is one report."""
    return str(uuid.uuid5(_NAMESPACE, f"{community_id}/{month}"))


_SEVERAL_LINES: Final = frozenset({"objective", "who", "what", "how", "reason", "note", "description"})


def _lines(report: Report) -> Report:
    """A report that somebody sends has names and titles of one line, as they were when they were made."""
    if not _are_lines(report.model_dump(), ""):
        raise ValueError("names and titles must be one line without control characters")
    return report


def _are_lines(value: Any, field: str) -> bool:
    if isinstance(value, dict):
        return all(is_one_line(str(key)) and _are_lines(one, str(key)) for key, one in value.items())
    if isinstance(value, list):
        return all(_are_lines(one, field) for one in value)
    return not isinstance(value, str) or field in _SEVERAL_LINES or is_one_line(value)


SentReport = Annotated[Report, AfterValidator(_lines)]
"""A report whose names and titles are one line each."""


class ReportRelease(Model):
    """A report of a month that was released to sponsors."""

    report_id: Id
    community_id: Id
    month: Month
    released_by: Id
    """Who released it: a member, or a program with the rights of a steward."""
    released_at: Instant
    sponsors: list[Id]
    """To whom."""


class SendReport(Command[ReportRelease]):
    """Release a community's report of a month that is over, and send it to the sponsors named.

    Each gets its first page as a mail, in their language, and the whole as an HTML file. A month is released once: sent
    again, by anybody, the command changes nothing and its answer tells the first release. Sponsors who were removed
    meanwhile get nothing.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.send_report"
    may: ClassVar = may("leader", "steward", community="community_id")
    community_id: Id
    month: Month
    report: SentReport
    """The report of that month, as `ekkyo report --json --period` makes it."""
    sponsors: list[Id] = Field(min_length=1, max_length=50)


class ReportPreview(Model):
    """A report's mail as a sponsor gets it."""

    subject: str
    text: str
    html: str
    file_name: str
    file: str
    """The attachment: the whole report as an HTML page."""


class PreviewReport(Question[ReportPreview]):
    """The mail that a sponsor would get if this report were released now."""

    subject: ClassVar[str] = "ekkyo.ask.notify.preview_report"
    may: ClassVar = may("leader", "steward", community="community_id")
    community_id: Id
    month: Month
    report: SentReport
    locale: Locale
    sponsor_id: Id | None = None
    """Whose name is in the greeting. None: nobody's."""


class SponsorDelivery(Model):
    """What became of a report for one sponsor."""

    sponsor_id: Id
    status: DeliveryStatus
    reason: str | None = None
    """Why it failed or was dropped."""
    done_at: Instant | None = None


class ReleasedReport(ReportRelease):
    """A release, and what became of it for each sponsor whose mail was begun."""

    deliveries: list[SponsorDelivery]


class ReleasedReports(Model):
    """The reports of a community that were released, the newest month first."""

    reports: list[ReleasedReport]


class ListReleases(Question[ReleasedReports]):
    """Which reports of a community were released, to whom, and whether they arrived at the mail server."""

    subject: ClassVar[str] = "ekkyo.ask.notify.releases"
    may: ClassVar = may("leader", "steward", community="community_id")
    community_id: Id
    month: Month | None = None
    limit: int = Field(default=12, ge=1, le=60)


class ReportReleased(Fact):
    """A community's report of a month was released to sponsors."""

    subject: ClassVar[str] = "ekkyo.fact.notify.report_released"
    about: ClassVar[str] = "report_id"
    report_id: Id
    community_id: Id
    month: Month
    sponsors: list[Id]
