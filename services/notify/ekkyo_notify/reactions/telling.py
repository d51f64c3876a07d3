"""Notifications: who is told what, because of which fact."""

from typing import Annotated

from ekkyo.broker import Past, Router, told
from ekkyo.contracts.events import (
    EventCancelled,
    EventPublished,
    EventReminderDue,
    EventRescheduled,
    EventRevised,
    MembersInvited,
    OutputAttached,
    OutputDeclined,
    OutputProposed,
    QuestionsChanged,
    RegistrationApplied,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationFact,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    SeriesCancelled,
    SeriesPlanned,
    SeriesRegistered,
    SeriesRescheduled,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesWithdrawn,
)
from ekkyo.contracts.surveys import PulseSkipped, SurveyAnswered, SurveyOpened, SurveyReminderDue
from faststream import Context

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post

router = Router()


@router.subscriber(**told(EventPublished, by="notify", name="tell_published", start="new"))
async def tell_published(fact: EventPublished, post: Post) -> None:
    """Tell everyone in the community, and its chat, of a new event, unless its series is told as a whole.

    Those who asked to be told when there is an event on its theme are told first, and are not told twice. Of an event
    that only invited members see, those who are invited hear by a fact of their own.
    """
    if fact.series_change is None and not model.is_private(fact.event):
        await post.tell_followers(model.wanted_notice(fact))
        await post.tell_community(model.event_notice(fact))


@router.subscriber(
    **told(
        RegistrationApplied,
        RegistrationConfirmed,
        RegistrationWaitlisted,
        RegistrationPromoted,
        RegistrationWithdrawn,
        RegistrationChanged,
        RegistrationDeclined,
        by="notify",
        name="tell_registration",
        start="new",
    )
)
async def tell_registration(
    fact: RegistrationApplied
    | RegistrationConfirmed
    | RegistrationWaitlisted
    | RegistrationPromoted
    | RegistrationWithdrawn
    | RegistrationChanged
    | RegistrationDeclined,
    post: Post,
) -> None:
    """Tell a member what became of their registration. Of a whole series they hear once, but for open questions."""
    if notice := model.registration_notice(fact):
        await post.tell(notice, [model.registered(fact)])


@router.subscriber(
    **told(EventRevised, EventRescheduled, EventCancelled, by="notify", name="tell_changed", start="new")
)
async def tell_changed(
    fact: EventRevised | EventRescheduled | EventCancelled, post: Post, past: Annotated[Past, Context("past")]
) -> None:
    """Tell everyone with a seat or on the waitlist, and the community's chat, that an event changed.

    Those who keep a seat find its code for the desk in this mail too: it may be the last one that they look at.

    The chat hears nothing of an event that only invited members see. Of what is part of a change of its series, they
    hear once; those who are invited have no place in it, and hear of the event alone.
    """
    if fact.series_change is not None:
        if invited := [to for to in model.concerned(fact) if to.seat == "invited"]:
            await post.tell(model.event_notice(fact), invited, leave_out_unknown=True)
        return
    chat = [] if model.is_private(fact.event) else [model.Recipient(community_id=fact.event.community_id)]
    if isinstance(fact, EventCancelled):
        notice = model.event_notice(fact)
    else:
        notice = model.seated_notice(fact, await _seats(fact, post, past))
    await post.tell(notice, [*chat, *model.concerned(fact)], leave_out_unknown=True)


@router.subscriber(**told(MembersInvited, by="notify", name="tell_invited", start="new"))
async def tell_invited(fact: MembersInvited, post: Post) -> None:
    """Tell those who are invited to an event."""
    await post.tell(model.event_notice(fact), model.invited(fact), leave_out_unknown=True)


@router.subscriber(**told(SeriesPlanned, by="notify", name="tell_series", start="new"))
async def tell_series(fact: SeriesPlanned, post: Post) -> None:
    """Tell everyone in the community, and its chat, of a new series; those who follow its theme first, and once."""
    if notice := model.series_notice(fact):
        await post.tell_followers(model.series_wanted(notice))
        await post.tell_community(notice)


@router.subscriber(
    **told(
        SeriesRevised, SeriesRescheduled, SeriesRuleChanged, SeriesCancelled,
        by="notify", name="tell_series_changed", start="new",
    )
)  # fmt: skip
async def tell_series_changed(
    fact: SeriesRevised | SeriesRescheduled | SeriesRuleChanged | SeriesCancelled, post: Post
) -> None:
    """Tell everyone with a place at an event that changed with its series, and the community's chat, once."""
    if notice := model.series_notice(fact):
        chat = [model.Recipient(community_id=notice.community_id)] if notice.topic != "questions_asked" else []
        await post.tell(notice, [*chat, *model.with_places(fact)], leave_out_unknown=True)


@router.subscriber(**told(SeriesRegistered, SeriesWithdrawn, by="notify", name="tell_series_registration", start="new"))
async def tell_series_registration(fact: SeriesRegistered | SeriesWithdrawn, post: Post) -> None:
    """Tell a member what they have in a series, in one message."""
    if notice := model.series_notice(fact):
        await post.tell(notice, [model.of_series(fact)])


@router.subscriber(**told(EventReminderDue, by="notify", name="tell_reminder", start="new"))
async def tell_reminder(fact: EventReminderDue, post: Post, past: Annotated[Past, Context("past")]) -> None:
    """Remind everyone with a seat that an event is near, with the code of their registration for the desk."""
    notice = model.seated_notice(fact, await _seats(fact, post, past))
    await post.tell(notice, model.named(fact.confirmed), leave_out_unknown=True)


@router.subscriber(**told(QuestionsChanged, by="notify", name="tell_questions", start="new"))
async def tell_questions(fact: QuestionsChanged, post: Post) -> None:
    """Ask those with a place at an event who have to answer a question of it now; of later dates of a series, once."""
    asked = [model.Recipient(member_id=member) for member in dict.fromkeys(fact.unanswered)]
    if asked and fact.series_change is None:
        await post.tell(model.event_notice(fact), asked, leave_out_unknown=True)


@router.subscriber(**told(RegistrationApplied, EventReminderDue, by="notify", name="tell_applications", start="new"))
async def tell_applications(fact: RegistrationApplied | EventReminderDue, post: Post) -> None:
    """Ask the leaders of the community to decide on applications."""
    if notice := model.applications_notice(fact):
        await post.tell_leaders(notice)


@router.subscriber(**told(SurveyOpened, by="notify", name="tell_survey", start="new"))
async def tell_survey(fact: SurveyOpened, post: Post) -> None:
    """Ask those whom the fact invites to answer a survey."""
    invited = [model.Recipient(member_id=member) for member in dict.fromkeys(fact.invited)]
    await post.tell(model.survey_notice(fact), invited, leave_out_unknown=True)


@router.subscriber(**told(SurveyReminderDue, by="notify", name="tell_survey_reminder", start="new"))
async def tell_survey_reminder(fact: SurveyReminderDue, post: Post, past: Annotated[Past, Context("past")]) -> None:
    """Remind those who are invited to a survey and have not answered. Nothing keeps who they are but their messages."""
    answered = {one.member_id async for one in past.of(SurveyAnswered, fact.survey_id)}
    await post.tell(*model.survey_reminder(fact, answered), leave_out_unknown=True)


@router.subscriber(**told(PulseSkipped, by="notify", name="tell_pulse_skipped", start="new"))
async def tell_pulse_skipped(fact: PulseSkipped, post: Post) -> None:
    """Tell the leaders of the community why a pulse opened no survey."""
    await post.tell_leaders(model.pulse_notice(fact))


@router.subscriber(**told(OutputAttached, by="notify", name="tell_output", start="new"))
async def tell_output(fact: OutputAttached, post: Post) -> None:
    """Tell the community's chat, and its other authors, that an output is on the board."""
    await post.tell(model.output_notice(fact), model.of_output(fact), leave_out_unknown=True)


@router.subscriber(**told(OutputProposed, by="notify", name="tell_proposed", start="new"))
async def tell_proposed(fact: OutputProposed, post: Post) -> None:
    """Ask the leaders of the community to look at an output that a member proposed."""
    await post.tell_leaders(model.output_notice(fact))


@router.subscriber(**told(OutputDeclined, by="notify", name="tell_declined", start="new"))
async def tell_declined(fact: OutputDeclined, post: Post) -> None:
    """Tell a member why the output that they proposed was declined."""
    if member_id := fact.output.proposed_by:
        await post.tell(model.output_notice(fact), [model.Recipient(member_id=member_id)], leave_out_unknown=True)


async def _seats(
    fact: EventReminderDue | EventRevised | EventRescheduled, post: Post, past: Past
) -> list[RegistrationFact]:
    """How the seats of an event were given, where mails have their codes."""
    if not (post.sending.links.seats and fact.confirmed) or fact.event.format == "online":
        return []
    return [one for kind in model.SEAT_GIVEN async for one in past.of(kind, fact.event_id)]
