"""What the members service can be set to, beyond what every service can."""

from ekkyo.contracts.base import Zone
from ekkyo.contracts.members import Locale
from ekkyo.service import Settings
from pydantic import Field

from ekkyo_members.model import Company


class MembersSettings(Settings):
    """EKKYO_LOCALE and EKKYO_TIMEZONE, and what every service needs."""

    locale: Locale | None = Field(
        None,
        description="the language of new members, ja or en, where none is said; else their first community's",
    )
    timezone: Zone | None = Field(
        None, description="the time zone of new members where none is said; else their first community's"
    )

    @property
    def company(self) -> Company:
        return Company(self.locale, self.timezone)
