"""What the surveys service holds on a member."""

from typing import ClassVar

from ekkyo.contracts.held import HeldQuestion


class HeldBySurveys(HeldQuestion):
    """Which surveys the member was invited to and answered, and their answers where a survey is not anonymous.

    Told to the member alone, but for the record of who may be invited. Nothing connects to an anonymous answer.
    """

    subject: ClassVar[str] = "ekkyo.ask.surveys.held"
