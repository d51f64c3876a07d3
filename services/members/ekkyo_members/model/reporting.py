"""When a community reports to its sponsors: every month, on a working day of the month after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Timer

from ekkyo_members.model.community import Community

REMINDED_AFTER: Final = 3
"""Working days after which leaders are reminded of a report."""


class ReportTimer(Timer):
    """The next report of a community is due. Its id is the community's."""

    subject: ClassVar[str] = "ekkyo.timer.members.report"


class ReportReminderTimer(Timer):
    """Some working days have passed since a report became due. Its id is the community's."""

    subject: ClassVar[str] = "ekkyo.timer.members.report_reminder"


@dataclass(frozen=True)
class Reporting:
    """On which working day of the month reports are due, from 1, and at what hour of the community's clock.

    holidays: days that are no working days besides Saturdays and Sundays.
    """

    working_day: int = 1
    hour: int = 9
    holidays: frozenset[date] = frozenset()

    def next_after(self, now: datetime, zone: str) -> datetime:
        """When the next report is due after this moment."""
        today = now.astimezone(ZoneInfo(zone)).date()
        this = self._due_in(today.replace(day=1), zone)
        return this if this > now else self._due_in(_next_month(today), zone)

    def due_since(self, now: datetime, zone: str) -> bool:
        """Whether this month's report, of the month before, is due by now."""
        return now >= self._due_in(now.astimezone(ZoneInfo(zone)).date().replace(day=1), zone)

    def reminded_at(self, now: datetime, zone: str) -> datetime:
        """When leaders are reminded of a report that is due now."""
        tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        return self._at(self._nth(REMINDED_AFTER, tomorrow), zone)

    def _due_in(self, month: date, zone: str) -> datetime:
        return self._at(self._nth(self.working_day, month), zone)

    def _nth(self, n: int, start: date) -> date:
        days = self._working_days(start)
        for _ in range(n - 1):
            next(days)
        return next(days)

    def _working_days(self, day: date) -> Iterator[date]:
        while True:
            if day.weekday() < 5 and day not in self.holidays:
                yield day
            day += timedelta(days=1)

    def _at(self, day: date, zone: str) -> datetime:
        return datetime.combine(day, time(self.hour), ZoneInfo(zone)).astimezone(UTC)


def report_due(
    community: Community, reporting: Reporting, *, sponsors: bool, now: datetime
) -> Decision[Community, None]:
    """Say that the month before is to be reported, once, and set the timer of the next one.

    Without sponsors there is nobody to report to: the timer is set again when one is added. If Ekkyo was down for
    longer, only the newest month is reported.
    """
    if not sponsors:
        return Decision(community, None)
    zone = community.timezone
    month = _before(now.astimezone(ZoneInfo(zone)).date())
    again = ReportTimer(id=community.id).at(reporting.next_after(now, zone))
    if not reporting.due_since(now, zone) or (community.report_due or "") >= month:
        return Decision(community, None, timers=[again])
    after = community.model_copy(update={"report_due": month})
    return Decision(
        after,
        None,
        facts=[contract.ReportDue(community_id=after.id, community=after.next_told(), month=month)],
        timers=[again, ReportReminderTimer(id=after.id).at(reporting.reminded_at(now, zone))],
    )


def report_reminder_due(community: Community) -> Decision[Community, None]:
    """Say once that a report became due some days ago."""
    month = community.report_due
    if month is None or community.report_reminded == month:
        return Decision(community, None)
    after = community.model_copy(update={"report_reminded": month})
    fact = contract.ReportReminderDue(community_id=after.id, community=after.next_told(), month=month)
    return Decision(after, None, facts=[fact])


def _before(day: date) -> str:
    """The month before this day's."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
