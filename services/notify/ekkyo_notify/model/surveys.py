"""What there is to tell of surveys."""

from collections.abc import Collection

from ekkyo.contracts.notify import OWN
from ekkyo.contracts.surveys import PulseSkipped, SurveyOpened, SurveyReminderDue

from ekkyo_notify.model.notice import Notice, Recipient


def survey_notice(fact: SurveyOpened) -> Notice:
    """What an opened survey gives to tell."""
    return Notice.of(fact, "survey_opened", fact.survey.community_id, survey=fact.survey)


def survey_reminder(fact: SurveyReminderDue, answered: Collection[str]) -> tuple[Notice, list[Recipient]]:
    """What half of a survey's time gives to tell, and to whom: who is invited and has not answered."""
    notice = Notice.of(fact, "survey_reminder", fact.survey.community_id, survey=fact.survey)
    return notice, [Recipient(member_id=one) for one in dict.fromkeys(fact.invited) if one not in answered]


def pulse_notice(fact: PulseSkipped) -> Notice:
    """What a day of a pulse gives to tell on which no survey opened. The newest of its rounds says why."""
    return Notice.of(fact, "pulse_skipped", fact.pulse.community_id, pulse=fact.pulse)


def named_in_logs(notice: Notice, delivery_id: str) -> dict[str, str]:
    """A delivery as logs name it. A reminder is not named: its id could be computed from the member's."""
    return {} if notice.topic in OWN else {"delivery": delivery_id}
