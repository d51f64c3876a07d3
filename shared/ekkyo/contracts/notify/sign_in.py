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

    An address that is nobody's gets the same answer in the same time, and no mail. Five may be asked for an hour.
    """

    subject: ClassVar[str] = "ekkyo.cmd.notify.begin_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id = Field(min_length=22)
    """Chosen at random by the front end, which binds it to the browser that asked."""
    email: Email
    locale: Locale


class SignedIn(Model):
    """Who proved by a code that the mailbox is theirs."""

    member_id: Id


class FinishSignIn(Command[SignedIn]):
    """Tell whose code this is. It is good for ten minutes, five tries, and once."""

    subject: ClassVar[str] = "ekkyo.cmd.notify.finish_sign_in"
    may: ClassVar = may("portal")
    attempt_id: Id
    finish_id: Id
    """The caller's name for this try: said again, it is the same try."""
    code: SecretStr = Field(max_length=100)
    """The six digits, or what the link holds."""

    @field_serializer("code", when_used="json")
    def _on_the_wire(self, code: SecretStr) -> str:
        return code.get_secret_value()
