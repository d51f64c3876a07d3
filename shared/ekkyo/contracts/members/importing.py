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
from ekkyo.contracts.members.member import Locale, Number, Profile


def _nothing(value: object) -> bool:
    """Whether there is nothing to tell."""
    return not value


Because = Literal["number", "name", "email", "former_number"]
"""number: but for zeros at the beginning or capitals. name: with the department. email: has the address of the row.
former_number: had the number of the row before."""


class LooksLike(Model):
    """A member who may be the person of a row."""

    member_id: Id
    number: str
    name: str
    because: Because


class ImportedRow(Model):
    """The result of one row of an import."""

    number: str
    member_id: Id | None = None
    outcome: Literal["registered", "changed", "unchanged", "refused"]
    reason: str | None = None
    """Why it was refused: `number_taken`, `email_taken`, `member_erased`, `looks_like_member`, …"""
    looks_like: list[LooksLike] = Field(default=[], exclude_if=_nothing)
    """Members who may be this person: name one in `same`, or the row in `others`."""


class Imported(Model):
    """The results of the rows, in their order."""

    rows: list[ImportedRow]


class ImportMembers(Command[Imported]):
    """Import rows of a personnel export: people whose number is unknown are registered, known members are updated.

    Preferences stay. Rows are independent of each other; at most 500 in one command. With `ask`, a row that looks
    like a second record of a known person is refused (`looks_like_member`) until it is said whether it is the same one.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.import"
    may: ClassVar = may("steward", "system")
    profiles: list[Profile] = Field(max_length=500)
    locale: Locale | None = None
    """The language of new members whose row has none."""
    timezone: Zone | None = None
    """The time zone of new members whose row has none."""
    ask: bool = False
    """Refuse rows that look like a second record of a known person, until it is said who they are."""
    same: dict[Number, Id] = Field(default={}, max_length=500)
    """By the number of a row, the member whose new number it is."""
    others: list[Number] = Field(default=[], max_length=500)
    """Numbers of rows that are other people than the members they look like. An address that a row has in common with
    a member who left the company is handed on to it."""
    dry_run: bool = False
    """Preview the result of each row, and write nothing."""
