"""What the members service does on facts: people grow through the events they come to and speak at."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

from ekkyo.broker import NotYet, Router, due, told
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    CheckInUndone,
    EventConcluded,
    EventPublished,
    EventRescheduled,
    EventRevised,
    HostNamed,
    HostRemoved,
    MemberAttended,
    OutputAttached,
    OutputRemoved,
    OutputRevised,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationFact,
    RegistrationMoved,
    RegistrationWaitlisted,
)
from ekkyo.contracts.members import (
    MemberForgotten,
    MemberMerged,
    MemberPurged,
    RecordReleased,
)
from ekkyo.contracts.notify import AddressRefused
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import (
    AllIntroductions,
    AllWishes,
    Communities,
    KnownVocabularies,
    Members,
    Sponsors,
    forget_introductions,
    take_in,
    words_of,
)

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]
PLACES: Final = (RegistrationApplied, RegistrationConfirmed, RegistrationWaitlisted, MemberAttended)
"""What tells first that somebody has a place at an event."""


@router.subscriber(**told(MemberAttended, by="members", name="attendances", start="beginning"))
async def count_attendance(fact: MemberAttended, members: Members, vocabularies: KnownVocabularies) -> None:
    """Count that a member came; the first time in a community, they took part."""
    words = await words_of(fact.event.community_id, vocabularies)
    await _change(
        fact.member_id,
        lambda m, steps: model.attended(
            m,
            steps,
            event_id=fact.event_id,
            community_id=fact.event.community_id,
            proof=fact.meta.id,
            at=fact.meta.time,
            revision=fact.meta.revision,
            event=fact.event,
            words=words,
        ),
        members,
        entries=[model.attended_key(fact.event_id)],
    )


@router.subscriber(**told(CheckInUndone, by="members", name="undone_attendances", start="beginning"))
async def uncount_attendance(fact: CheckInUndone, members: Members) -> None:
    """Count no more that a member came."""
    await _change(
        fact.member_id,
        lambda m, steps: model.did_not_attend(
            m,
            steps,
            event_id=fact.event_id,
            community_id=fact.event.community_id,
            proof=fact.meta.id,
            at=fact.meta.time,
            revision=fact.meta.revision,
        ),
        members,
        entries=[model.attended_key(fact.event_id)],
    )


@router.subscriber(**told(RegistrationMoved, by="members", name="moved_registrations", start="beginning"))
async def count_where_it_moved(fact: RegistrationMoved, members: Members) -> None:
    """Count an attendance for the record that has the place now. A part of another record has no journey of its own."""
    key = model.attended_key(fact.event_id)
    about: dict[str, Any] = {
        "event_id": fact.event_id,
        "community_id": fact.event.community_id,
        "proof": fact.meta.id,
        "at": fact.meta.time,
        "revision": fact.meta.revision,
    }
    if fact.status == "attended":
        await _change(fact.member_id, lambda m, s: model.attended(m, s, **about), members, entries=[key])
    left = await members.get(fact.from_member_id)
    if left and not left.merged_into and fact.left != "attended":
        await _change(left.id, lambda m, s: model.did_not_attend(m, s, **about), members, entries=[key])


@router.subscriber(**told(EventConcluded, by="members", name="speakers", start="beginning"))
async def credit_speakers(fact: EventConcluded, members: Members) -> None:
    """Whoever spoke at an event that took place has taught. All who are known are credited before one is waited for."""

    def taught(member: model.Member, _: Entries[model.Step]) -> Decision[model.Member, None]:
        return model.taught(member, community_id=fact.event.community_id, proof=fact.meta.id, at=fact.meta.time)

    speakers = dict.fromkeys(fact.event.speakers)
    done = await asyncio.gather(*(_change(s, taught, members) for s in speakers), return_exceptions=True)
    for failed in filter(None, done):
        raise failed


@router.subscriber(**told(EventPublished, EventRevised, by="members", name="named_speakers", start="beginning"))
async def name_speakers(fact: EventPublished | EventRevised, members: Members) -> None:
    """Members may see who speaks at a published event. All who are known are named before one is waited for."""
    speakers = dict.fromkeys(fact.event.speakers) if fact.event.status == "published" else {}
    done = await asyncio.gather(
        *(_change(s, lambda m, _: model.named_speaker(m), members) for s in speakers), return_exceptions=True
    )
    for failed in filter(None, done):
        raise failed


@router.subscriber(
    **told(OutputAttached, OutputRevised, OutputRemoved, by="members", name="outputs", start="beginning")
)
async def credit_authors(fact: OutputAttached | OutputRevised | OutputRemoved, members: Members) -> None:
    """Count an output as a contribution of its authors, whom members may see; and no more of who is none any more.

    All who are known are credited before one is waited for.
    """

    def credit(author: str, member: model.Member, steps: Entries[model.Step]) -> Decision[model.Member, None]:
        authors = [member.id if one == author else one for one in fact.output.authors]
        output = fact.output.model_copy(update={"authors": authors})
        return model.credited(model.seen_as_author(member, output), steps, output, at=fact.meta.time)

    gone = fact.no_longer if isinstance(fact, OutputRevised) else []
    done = await asyncio.gather(
        *(
            _change(author, partial(credit, author), members, entries=[model.contribution_key(fact.output_id)])
            for author in dict.fromkeys([*fact.output.authors, *gone])
        ),
        return_exceptions=True,
    )
    for failed in filter(None, done):
        raise failed


@router.subscriber(**told(HostNamed, HostRemoved, EventRescheduled, by="members", name="hosts", start="beginning"))
async def know_host(fact: HostNamed | HostRemoved | EventRescheduled, members: Members) -> None:
    """Who hosts an event may see who its guests are, until some days after its end."""
    hosts = fact.event.hosts if isinstance(fact, EventRescheduled) else [fact.member_id]
    for host in hosts:
        await _change(host, lambda m, _: model.host_of(m, fact.event, now=utcnow()), members)


@router.subscriber(**told(*PLACES, by="members", name="guests", start="beginning"))
async def know_guest(fact: RegistrationFact, members: Members) -> None:
    """The leaders of a community may see who has a place at one of its events, had one or applied."""
    await _change(fact.member_id, lambda m, _: model.had_a_place(m, fact.event.community_id), members)


@router.subscriber(**told(AddressRefused, by="members", name="refused_addresses", start="new"))
async def mark_refused_address(fact: AddressRefused, members: Members) -> None:
    """Keep that the mail server refuses a member's address, for leaders and the personnel department to see."""
    if (member := await members.get(fact.member_id)) and member.merged_into:
        return  # that address is a former one
    await _change(fact.member_id, lambda m, _: model.address_refused(m, fact), members)


@router.subscriber(**told(MemberForgotten, MemberPurged, by="members", name="erasures", start="beginning"))
async def follow_erasure(fact: MemberForgotten | MemberPurged, members: Members) -> None:
    """Collect what the services say of an erased member; when all have forgotten them, their facts are purged."""
    await members.change(fact.member_id, lambda m, _: model.follow(m, fact))


@router.subscriber(**told(MemberMerged, RecordReleased, by="members", name="merges", start="beginning"))
async def end_what_was_begun(fact: MemberMerged | RecordReleased, members: Members) -> None:
    """Have the other of two records take its part in a merge, or in undoing one, if that has not happened yet."""
    if isinstance(fact, MemberMerged):
        absorbed = await members.get(fact.member_id)
        if absorbed and absorbed.merged and absorbed.merged.told.merge_id == fact.merge_id:
            await take_in(absorbed, members, now=utcnow())
        return
    absorbed = await members.get(fact.absorbed_id)
    if absorbed and absorbed.merged:
        await members.change(fact.absorbed_id, lambda m, steps: model.restore(m, steps, fact.merge_id))


@router.subscriber(**due(model.MergeTimer))
async def settle_merge(timer: model.MergeTimer, members: Members) -> None:
    """Forget what is needed for undoing a merge, once a day is over."""
    await take_in(await members.get(timer.id), members, now=utcnow())
    told = await members.change(timer.id, lambda m, _: model.settle_absorbed(m, now=utcnow()))
    if told:
        await members.change(told.kept_id, lambda m, _: model.settle_kept(m, told.merge_id))


@router.subscriber(**due(model.PurgeTimer))
async def purge_again(
    timer: model.PurgeTimer, members: Members, introductions: AllIntroductions, wishes: AllWishes
) -> None:
    """Purge an erased member's facts once more, a day later, in case one of them was announced late."""
    await forget_introductions(timer.id, introductions, wishes)
    await members.change(timer.id, lambda m, _: model.purge_again(m))


@router.subscriber(**due(model.IntroductionTimer))
async def end_introductions(timer: model.IntroductionTimer, introductions: AllIntroductions) -> None:
    """Tell that the time of an introduction is over, or delete what was said 90 days ago."""
    await introductions.change(timer.id, lambda kept: model.end(kept, now=utcnow()))


@router.subscriber(**due(model.ReportTimer))
async def report_is_due(
    timer: model.ReportTimer, communities: Communities, sponsors: Sponsors, settings: MySettings
) -> None:
    """Say that the leaders of a community with sponsors have a report to release."""
    found = await sponsors.find({"community_id": timer.id}, limit=0)
    there, now = any(not one.removed_at for one in found), utcnow()
    await communities.change(timer.id, lambda c, _: model.report_due(c, settings.reporting, sponsors=there, now=now))


@router.subscriber(**due(model.ReportReminderTimer))
async def report_reminder_is_due(timer: model.ReportReminderTimer, communities: Communities) -> None:
    """Say so once more, some days later."""
    await communities.change(timer.id, lambda c, _: model.report_reminder_due(c))


@router.subscriber(**due(model.SponsorPurgeTimer))
async def purge_sponsor_again(timer: model.SponsorPurgeTimer, sponsors: Sponsors) -> None:
    """Purge a removed sponsor's facts once more, a day later, in case one of them was announced late."""
    await sponsors.change(timer.id, lambda s: model.purge_sponsor_again(s))


async def _change(
    member_id: str,
    decide: Callable[[model.Member, Entries[model.Step]], Decision[model.Member, Any]],
    members: Members,
    entries: list[str] | None = None,
) -> None:
    """Change a member whose facts may arrive before their registration; of a part of another record, that one."""
    id = member_id
    while True:
        try:
            await members.change(id, partial(_of, decide, member_id), entries=entries or [])
            return
        except model.Elsewhere as elsewhere:
            id = elsewhere.into
        except Refused as no:
            if no.code == "member_not_found":
                raise NotYet("the member is not registered") from no
            raise


def _of(
    decide: Callable[[model.Member, Entries[model.Step]], Decision[model.Member, Any]],
    member_id: str,
    member: model.Member,
    steps: Entries[model.Step],
) -> Decision[model.Member, Any]:
    """Decide about this record. What another one did that is part of it is marked as that one's."""
    decision = decide(model.here(member), steps)
    if member.id == member_id:
        return decision
    marked = [
        step if steps.get(step.key) or not isinstance(step, model.Step) else step.model_copy(update={"of": member_id})
        for step in decision.entries
    ]
    return replace(decision, entries=marked)
