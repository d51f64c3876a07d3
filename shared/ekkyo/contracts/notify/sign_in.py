"""Signing in by mail: a code that proves whose mailbox it is."""

from typing import ClassVar

from pydantic import Field, SecretStr, field_serializer

from ekkyo.contracts.base import Command, Email, Id, Instant, Model, may
from ekkyo.contracts.members import Locale


class SignInBegun(Model):
    """The same whether or not the address is a member's."""

    attempt_id: Id
    expires_at: Instant


class BeginSignIn(Command[SignInBegun]):
    """Mail a member a code of six digits, and a link, that sign them in at a front end within ten minutes.

    For an address that belongs to no member, the answer and its duration are the same, and no mail is sent. One address
    gets at most five codes an hour.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.begin_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id = Field(min_length=22)
    """Chosen at random by the front end, which binds it to the browser that asked."""
    email: Email
    locale: Locale


class SignedIn(Model):
    """The member who proved with a code that the mailbox is theirs."""

    member_id: Id


class FinishSignIn(Command[SignedIn]):
    """Say whose code this is. A code is valid for ten minutes and five tries, and works once."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.finish_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id
    finish_id: Id
    """Identifies this try: sent again, it has no further effect."""
    code: SecretStr = Field(max_length=100)
    """The six digits, or the code in the link."""

    @field_serializer("code", when_used="json")
    def _on_the_wire(self, code: SecretStr) -> str:
        return code.get_secret_value()
