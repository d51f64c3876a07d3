"""Importing members from a personnel export."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import (
    Command,
    Id,
    Model,
    Zone,
    may,
)
from ekkyo.contracts.members.member import Locale, Profile


class ImportedRow(Model):
    """The result of one row of an import."""

    number: str
    member_id: Id | None = None
    outcome: Literal["registered", "changed", "unchanged", "refused"]
    reason: str | None = None
    """Why it was refused: `number_taken`, `email_taken`, `member_erased`, …"""


class Imported(Model):
    """The results of the rows, in their order."""

    rows: list[ImportedRow]


class ImportMembers(Command[Imported]):
    """Import rows of a personnel export: people whose number is unknown are registered, known members are updated.

    Preferences stay. Rows are independent of each other; at most 500 in one command.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.import"
    may: ClassVar = may("steward", "system")
    profiles: list[Profile] = Field(max_length=500)
    locale: Locale | None = None
    """The language of new members whose row has none."""
    timezone: Zone | None = None
    """The time zone of new members whose row has none."""
    dry_run: bool = False
    """Preview the result of each row, and write nothing."""
