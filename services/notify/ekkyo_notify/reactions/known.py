"""What has to be known to tell anybody anything: projections of what the other services say."""

from ekkyo.broker import Router, told
from ekkyo.contracts.events import EventCancelled, EventConcluded, EventPublished, EventRescheduled, EventRevised
from ekkyo.contracts.members import (
    CharterRevised,
    CommunityFounded,
    CommunityRevised,
    MemberErased,
    MemberFact,
    MemberMerged,
    ProfileChanged,
    RecordAbsorbed,
    RecordReleased,
)
from ekkyo.contracts.notify import NotifyForgotMember
from ekkyo.contracts.surveys import SurveyClosed, SurveyOpened, VocabularyChanged
from ekkyo.decision import forgetting
from ekkyo.decision.clock import utcnow

from ekkyo_notify import model
from ekkyo_notify.inbound.carrying import drop_mail
from ekkyo_notify.store import (
    Communities,
    Connections,
    Contacts,
    Deliveries,
    Forgotten,
    IncomingMail,
    KnownEvents,
    KnownSurveys,
    KnownVocabularies,
    RefusedAddresses,
    Sponsors,
)

router = Router()


@router.subscriber(**told(MemberFact, by="notify", name="contacts", start="beginning"))
async def know_contact(fact: MemberFact, contacts: Contacts) -> None:
    """Remember how to reach a member."""
    into = fact.kept_id if isinstance(fact, MemberMerged) else None
    await contacts.put(fact.member_id, fact.meta.revision, model.Contact.of(fact.member, fact.meta.revision, into))


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


@router.subscriber(**told(VocabularyChanged, by="notify", name="known_vocabularies", start="beginning"))
async def know_vocabulary(fact: VocabularyChanged, vocabularies: KnownVocabularies) -> None:
    """Remember which words mean which theme, so that followers of a theme are told of events on it."""
    known = model.KnownVocabulary(id=fact.vocabulary_id, vocabulary=fact.vocabulary)
    await vocabularies.put(fact.vocabulary_id, fact.meta.revision, known)


@router.subscriber(**told(ProfileChanged, RecordAbsorbed, RecordReleased, by="notify", name="new_address", start="new"))
async def try_new_address(fact: ProfileChanged | RecordAbsorbed | RecordReleased, refused: RefusedAddresses) -> None:
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
    sponsors: Sponsors,
    forgotten: Forgotten,
) -> None:
    """Forget how to reach somebody who was erased, and drop what was still to be sent to them and what they sent."""
    await drop_mail(incoming, await contacts.get(fact.member_id))
    await contacts.forget(fact.member_id, fact.meta.revision)
    await refused.forget(fact.member_id, fact.meta.revision)
    for sponsor in await sponsors.find({"member_id": fact.member_id}, limit=0):
        await sponsors.forget(sponsor.id, sponsor.revision)
    key = model.connection_id(member_id=fact.member_id)
    await connections.create(key, lambda c: model.forget_chat(c, fact.member_id))
    for planned in await deliveries.find({"member_id": fact.member_id, "status": "planned"}, limit=0):
        await deliveries.change(planned.id, lambda d: model.dropped(d, reason="member_erased", now=utcnow()))
    receipt = NotifyForgotMember(member_id=fact.member_id)
    await forgotten.create(fact.member_id, lambda f: forgetting.receipt(f, receipt))
