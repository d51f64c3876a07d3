"""Reminders of surveys: once, at half time, to those who were invited and have not answered."""

from typing import ClassVar

from ekkyo.contracts.base import Id
from ekkyo.contracts.surveys.survey import SurveyFact


class SurveyReminderDue(SurveyFact):
    """A survey is halfway to its deadline: those who have not answered are reminded, this once.

    It names everybody who is invited, and not who has answered. So neither this fact nor any other names those who are
    reminded. A survey that is open for less than a day reminds nobody, nor does one that everybody has answered.
    """

    subject: ClassVar[str] = "ekkyo.fact.surveys.reminder_due"
    invited: list[Id]
