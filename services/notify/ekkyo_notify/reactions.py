"""What the notify service does on hearing facts: it remembers who can be reached, and tells them."""

from ekkyo.broker import Router, due, told
from ekkyo.contracts.events import (
    EventCancelled,
    EventConcluded,
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
from ekkyo.contracts.members import (
    CharterRevised,
    CommunityFounded,
    CommunityRevised,
    MemberErased,
    MemberFact,
    ProfileChanged,
)
from ekkyo.contracts.notify import NotifyForgotMember
from ekkyo.contracts.surveys import SurveyClosed, SurveyOpened
from ekkyo.decision import forgetting
from ekkyo.decision.clock import utcnow

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post
from ekkyo_notify.inbound.carrying import TakesIn, drop_mail
from ekkyo_notify.store import (
    Communities,
    Connections,
    Contacts,
    Deliveries,
    Forgotten,
    IncomingMail,
    KnownEvents,
    KnownSurveys,
    RefusedAddresses,
)

router = Router()


# Projections: what has to be known to tell anybody anything


@router.subscriber(**told(MemberFact, by="notify", name="contacts", start="beginning"))
async def know_contact(fact: MemberFact, contacts: Contacts) -> None:
    """Remember how to reach a member."""
    await contacts.put(fact.member_id, fact.meta.revision, model.Contact.of(fact.member, fact.meta.revision))


@router.subscriber(
    **told(CommunityFounded, CharterRevised, CommunityRevised, by="notify", name="communities", start="beginning")
)
async def know_community(fact: CommunityFounded | CharterRevised | CommunityRevised, communities: Communities) -> None:
    """Remember what a community is called, how it looks, and which language it speaks."""
    logo = "" if isinstance(fact, CommunityFounded) else fact.small_logo
    name = model.CommunityName.of(fact.community, fact.meta.revision, logo)
    await communities.put(fact.community_id, fact.meta.revision, name)


@router.subscriber(
    **told(
        EventPublished,
        EventRevised,
        EventRescheduled,
        EventCancelled,
        EventConcluded,
        by="notify",
        name="known_events",
        start="beginning",
    )
)
async def know_event(
    fact: EventPublished | EventRevised | EventRescheduled | EventCancelled | EventConcluded, known_events: KnownEvents
) -> None:
    """Store an event's state, so that nobody is reminded of one that was cancelled."""
    revision = fact.meta.revision
    await known_events.put(fact.event_id, revision, model.KnownEvent(id=fact.event_id, event=fact.event))


@router.subscriber(**told(SurveyOpened, SurveyClosed, by="notify", name="known_surveys", start="beginning"))
async def know_survey(fact: SurveyOpened | SurveyClosed, known_surveys: KnownSurveys) -> None:
    """Remember what a survey is called, and that it is closed, so that nobody is asked to answer it any more."""
    known = model.KnownSurvey(id=fact.survey_id, survey=fact.survey)
    await known_surveys.put(fact.survey_id, fact.meta.revision, known)


@router.subscriber(**told(ProfileChanged, by="notify", name="new_address", start="new"))
async def try_new_address(fact: ProfileChanged, refused: RefusedAddresses) -> None:
    """Forget that an address was refused once its member has another one."""
    known = await refused.get(fact.member_id)
    if known and known.email != fact.member.email:
        await refused.put(fact.member_id, fact.meta.revision, model.RefusedAddress(id=fact.member_id, email=""))


@router.subscriber(**told(MemberErased, by="notify", name="forget_member", start="beginning"))
async def forget_member(
    fact: MemberErased,
    contacts: Contacts,
    refused: RefusedAddresses,
    connections: Connections,
    deliveries: Deliveries,
    incoming: IncomingMail,
    forgotten: Forgotten,
) -> None:
    """Forget how to reach somebody who was erased, and drop what was still to be sent to them and what they sent."""
    await drop_mail(incoming, await contacts.get(fact.member_id))
    await contacts.forget(fact.member_id, fact.meta.revision)
    await refused.forget(fact.member_id, fact.meta.revision)
    key = model.connection_id(member_id=fact.member_id)
    await connections.create(key, lambda c: model.forget_chat(c, fact.member_id))
    for planned in await deliveries.find({"member_id": fact.member_id, "status": "planned"}, limit=0):
        await deliveries.change(planned.id, lambda d: model.dropped(d, reason="member_erased", now=utcnow()))
    receipt = NotifyForgotMember(member_id=fact.member_id)
    await forgotten.create(fact.member_id, lambda f: forgetting.receipt(f, receipt))


# Effects: mail that came in


@router.subscriber(**due(model.IncomingTimer))
async def carry_out(timer: model.IncomingTimer, mail_in: TakesIn) -> None:
    """Do what a member answered from their calendar, or mark the address of a mail that came back."""
    await mail_in.carry_out(timer.id)


@router.subscriber(**due(model.IncomingEndTimer))
async def let_mail_expire(timer: model.IncomingEndTimer, incoming: IncomingMail) -> None:
    """Drop what is kept of a mail that could not be carried out."""
    await incoming.change(timer.id, lambda mail: model.mail_done(mail, "expired", utcnow()))


# Effects: notifications


@router.subscriber(**told(EventPublished, by="notify", name="tell_published", start="new"))
async def tell_published(fact: EventPublished, post: Post) -> None:
    """Tell everyone in the community, and its chat, of a new event, unless its series is told as a whole.

    Of an event that only invited members see, those who are invited hear by a fact of their own.
    """
    if fact.series_change is None and not model.is_private(fact.event):
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
async def tell_changed(fact: EventRevised | EventRescheduled | EventCancelled, post: Post) -> None:
    """Tell everyone with a seat or on the waitlist, and the community's chat, that an event changed.

    The chat hears nothing of an event that only invited members see. Of what is part of a change of its series, they
    hear once.
    """
    if fact.series_change is not None:
        return
    chat = [] if model.is_private(fact.event) else [model.Recipient(community_id=fact.event.community_id)]
    await post.tell(model.event_notice(fact), [*chat, *model.concerned(fact)], leave_out_unknown=True)


@router.subscriber(**told(MembersInvited, by="notify", name="tell_invited", start="new"))
async def tell_invited(fact: MembersInvited, post: Post) -> None:
    """Tell those who are invited to an event."""
    await post.tell(model.event_notice(fact), model.invited(fact), leave_out_unknown=True)


@router.subscriber(**told(SeriesPlanned, by="notify", name="tell_series", start="new"))
async def tell_series(fact: SeriesPlanned, post: Post) -> None:
    """Tell everyone in the community, and its chat, of a new series."""
    if notice := model.series_notice(fact):
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
        chat = model.Recipient(community_id=notice.community_id)
        await post.tell(notice, [chat, *model.with_places(fact)], leave_out_unknown=True)


@router.subscriber(**told(SeriesRegistered, SeriesWithdrawn, by="notify", name="tell_series_registration", start="new"))
async def tell_series_registration(fact: SeriesRegistered | SeriesWithdrawn, post: Post) -> None:
    """Tell a member what they have in a series, in one message."""
    if notice := model.series_notice(fact):
        await post.tell(notice, [model.of_series(fact)])


@router.subscriber(**told(EventReminderDue, by="notify", name="tell_reminder", start="new"))
async def tell_reminder(fact: EventReminderDue, post: Post) -> None:
    """Remind everyone with a seat that an event is near."""
    await post.tell(model.event_notice(fact), model.named(fact.confirmed), leave_out_unknown=True)


@router.subscriber(**told(QuestionsChanged, by="notify", name="tell_questions", start="new"))
async def tell_questions(fact: QuestionsChanged, post: Post) -> None:
    """Ask those with a place at an event who have to answer a question of it now."""
    asked = [model.Recipient(member_id=member) for member in dict.fromkeys(fact.unanswered)]
    if asked:
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
