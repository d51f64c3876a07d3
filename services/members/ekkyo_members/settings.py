"""What the members service can be set to, beyond what every service can."""

from datetime import date

from ekkyo.contracts.base import Zone
from ekkyo.contracts.members import Locale
from ekkyo.service import Settings
from pydantic import Field, field_validator

from ekkyo_members.model import Company, Reporting


class MembersSettings(Settings):
    """What new members have, when reports are due, and what every service needs."""

    locale: Locale | None = Field(
        None,
        description="the language of new members, ja or en, where none is said; else their first community's",
    )
    timezone: Zone | None = Field(
        None, description="the time zone of new members where none is said; else their first community's"
    )
    report_working_day: int = Field(
        1, ge=1, le=10, description="the working day of the month on which reports to sponsors are due, from 1"
    )
    report_hour: int = Field(9, ge=0, le=23, description="the hour at which they are due, on the community's clock")
    holidays: str = Field(
        "",
        description="days that are no working days besides Saturdays and Sundays, such as 2027-01-01,2027-01-11",
    )

    @field_validator("holidays")
    @classmethod
    def _days(cls, value: str) -> str:
        _read(value)
        return value

    @property
    def reporting(self) -> Reporting:
        return Reporting(self.report_working_day, self.report_hour, _read(self.holidays))

    @property
    def company(self) -> Company:
        return Company(self.locale, self.timezone)


def _read(days: str) -> frozenset[date]:
    """Dates with commas between them. Raises ValueError."""
    return frozenset(date.fromisoformat(day.strip()) for day in days.split(",") if day.strip())
