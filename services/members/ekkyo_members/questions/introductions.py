"""Who can teach what, and introductions."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import (
    AllIntroductions,
    KnownVocabularies,
    Members,
    ids_of,
    introductions_of_any,
    teaching_in,
    the_record,
    words_of,
)

router = Router()


@router.subscriber(**asked(contract.FindTeachers))
async def teachers(
    question: contract.FindTeachers, members: Members, vocabularies: KnownVocabularies, who: Who
) -> contract.Teachers:
    """Who in a community can teach a topic, near a place."""
    asker = await members.get(who.sub)
    model.must_share(question.community_id, asker, who)
    words = await words_of(question.community_id, vocabularies)
    return model.teachers(question, await teaching_in(question.community_id, members), asker, words)


@router.subscriber(**asked(contract.ListIntroductions))
async def list_introductions(
    question: contract.ListIntroductions, members: Members, introductions: AllIntroductions
) -> contract.Introductions:
    """What a member asked for, and what they were asked."""
    if (member := await members.get(question.member_id)) is None:
        raise model.not_found()
    mine = await ids_of(model.present(member).id, members)
    found = await introductions_of_any(mine, introductions)
    ids = {one for kept in found for one in (kept.asked_by, kept.teacher_id) if one}
    there = await members.find({"id": {"$in": sorted(ids)}}, limit=0)
    known = {one.id: await the_record(one, members) for one in there}
    return model.listed(mine, found, known, utcnow())
