"""Introductions to members who can teach something."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import (
    AllIntroductions,
    AllWishes,
    KnownVocabularies,
    Members,
    ids_of,
    teaching_in,
    whole,
    words_of,
)

router = Router()


@router.subscriber(**asked(contract.RequestIntroduction))
async def request_introduction(
    cmd: contract.RequestIntroduction,
    members: Members,
    introductions: AllIntroductions,
    wishes: AllWishes,
    vocabularies: KnownVocabularies,
) -> contract.Introduction:
    """Ask a member who can teach something for an introduction. It is counted first: a retry asks for what was."""
    there = await teaching_in(cmd.community_id, members)
    teacher = next((one for one in there if model.known_as(one, cmd.community_id) == cmd.teacher), None)
    words = await words_of(cmd.community_id, vocabularies)
    two = model.Two(await members.get(cmd.member_id), teacher, words)
    await wishes.create(cmd.member_id, lambda kept: model.wish(kept, cmd, two, now=utcnow()))
    return await introductions.create(
        model.introduction_id(cmd), lambda kept: model.request(kept, cmd, teacher, now=utcnow())
    )


@router.subscriber(**asked(contract.AnswerIntroduction))
async def answer_introduction(
    cmd: contract.AnswerIntroduction, members: Members, introductions: AllIntroductions
) -> contract.Introduction:
    """Say yes or no to an introduction."""
    kept = await introductions.get(cmd.introduction_id)
    asker, mine = await whole(kept.asked_by if kept else None, members), await ids_of(cmd.member_id, members)
    two = model.Two(asker, await members.get(cmd.member_id))
    return await introductions.change(
        cmd.introduction_id, lambda kept: model.answer(kept, cmd, two, mine, now=utcnow())
    )


@router.subscriber(**asked(contract.TakeBackIntroduction))
async def take_back_introduction(
    cmd: contract.TakeBackIntroduction, members: Members, introductions: AllIntroductions
) -> contract.Introduction:
    """Ask for an introduction no more."""
    kept = await introductions.get(cmd.introduction_id)
    teacher, mine = await whole(kept.teacher_id if kept else None, members), await ids_of(cmd.member_id, members)
    return await introductions.change(
        cmd.introduction_id, lambda kept: model.take_back(kept, cmd, teacher, mine, now=utcnow())
    )
