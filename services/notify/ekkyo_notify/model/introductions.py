"""What there is to tell of introductions: who is asked, and who learns who the other is."""

from ekkyo.contracts.members import IntroductionGiven, IntroductionNotGiven, IntroductionRequested

from ekkyo_notify.model.notice import Notice, Recipient


def introduction_notice(
    fact: IntroductionRequested | IntroductionGiven | IntroductionNotGiven,
) -> tuple[Notice, list[Recipient]]:
    """What there is to tell, and to whom. The notice has ids alone: names are looked up when it is sent."""
    match fact:
        case IntroductionGiven():
            both = [fact.asked_by, fact.teacher_id]
            notice = Notice.of(fact, "introduction_given", fact.community_id, both=both)
            return notice, [Recipient(member_id=one) for one in both]
        case IntroductionRequested():
            notice = Notice.of(fact, "introduction_requested", fact.community_id, ends_at=fact.ends_at)
            return notice, [Recipient(member_id=fact.teacher_id)]
        case _:
            notice = Notice.of(fact, "introduction_not_given", fact.community_id)
            return notice, [Recipient(member_id=fact.asked_by)]
