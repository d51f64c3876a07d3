"""Somebody who was erased: invited no more, named in no answer, and counted as before."""

from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import MemberErased
from ekkyo.contracts.surveys import CloseSurvey, GetResults, PendingSurveys, SurveysForgotMember
from ekkyo.decision import EntriesInMemory
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually
from ekkyo_surveys import model
from ekkyo_surveys.app import service
from ekkyo_surveys.model import Part, Response, Survey


async def erase(world: Any, member: str, *, again: str = "") -> None:
    """Tell it as the members service does."""
    fact = MemberErased(member_id=member)
    out = wire.fact_message(fact, owner="members", revision=3, n=0, time=utcnow(), actor="it", traceparent=None)
    async with await world.nats.connect("members") as nc:
        headers = out.headers | {"Nats-Msg-Id": out.headers["Nats-Msg-Id"] + again}
        await nc.jetstream().publish(out.subject, out.body, headers=headers)


async def receipts(world: Any, at_least: int = 1) -> list[str]:
    async def told() -> list[str]:
        found = [m for m in await world.stored() if m[0].startswith(SurveysForgotMember.subject)]
        return [wire.read_fact(*m).entity_id for m in found] if len(found) >= at_least else []

    return await eventually(told, what="the receipt")


async def heard(world: Any) -> None:
    async def all_of_it() -> bool:
        info = await world.ops.jetstream().consumer_info("FACTS", "surveys-forget_member")
        return not info.num_pending and not info.num_ack_pending

    await eventually(all_of_it)


async def test_the_erased_are_invited_no_more_and_named_nowhere_while_all_counts_stay(world: Any) -> None:
    people = [f"m{n}" for n in range(7)]
    named = await world.opened_for(*people, anonymous=False)
    secret = await world.opened_for(*people)
    unanswered = await world.opened_for(*people)
    for survey in (named, secret):
        for n, member in enumerate(people[:6]):
            await world.answer(survey.survey_id, member, 4 + n, themes=["Excel"])
    boxes = [d for d in (await world.at_rest())["surveys_entries"] if d["kind"] == "box"]
    await erase(world, "m0")
    assert await receipts(world) == ["m0"]
    await erase(world, "m0", again="-again")
    await heard(world)
    assert await receipts(world) == ["m0"]
    kept = (await world.at_rest())["surveys_entries"]
    assert not [d for d in kept if d["member_id"] == "m0"]
    assert not [r for d in kept for r in d["responses"] if r["member_id"] == "m0"]
    before = {d["_id"]: d for d in boxes if d["document_id"] == secret.survey_id}
    assert {d["_id"]: d for d in kept if d["_id"] in before} == before, "no anonymous answer is touched"
    assert (await world.ask(PendingSurveys(member_id="m0"), "m0")).surveys == []
    for survey in (named, secret, unanswered):
        with pytest.raises(Refused, match="not_invited"):
            await world.answer(survey.survey_id, "m0")
        await world.ask(CloseSurvey(survey_id=survey.survey_id), "lead", "leader:c1")
    for survey in (named, secret):
        told = await world.ask(GetResults(survey_id=survey.survey_id), "lead", "leader:c1")
        assert (told.results.invited, told.results.answered) == (12, 6)
        assert told.results.themes[0].votes == 6


async def test_an_erasure_told_while_the_service_was_away_is_made_up_for(around: Any, running: Any) -> None:
    async with running(service):
        survey = await around.opened_for("m0", "m1")
    await erase(around, "m0")
    async with running(service):
        assert await receipts(around) == ["m0"]
        assert (await around.ask(PendingSurveys(member_id="m1"), "m1")).surveys[0].survey_id == survey.survey_id


# Decisions


def survey(**changes: Any) -> Survey:
    now = utcnow()
    values = {"id": "s1", "community_id": "c1", "title": {}, "template": "post_event", "version": 1, "invited": 2}
    return Survey.model_validate(values | {"anonymous": True, "opened_at": now, "deadline": now} | changes)


def part(member: str, **changes: Any) -> Part:
    return Part(document_id="s1", key=member, kind="participation", member_id=member, **changes)


def test_who_was_never_invited_is_nothing_to_forget() -> None:
    asked = survey()
    decision = model.forget(asked, EntriesInMemory[Part]({}), "m1")
    assert (decision.document, decision.entries) == (asked, ())


def test_answers_with_the_ids_of_others_keep_them() -> None:
    said = [Response(said={"satisfaction": n}, member_id=m) for n, m in ((1, "m1"), (2, "m2"), (3, None))]
    box = Part(document_id="s1", key=model.box_key(0), kind="box", responses=said)
    parts = EntriesInMemory.of([part("m1", answered=True), part("m2", answered=True), box])
    mine, emptied = model.forget(survey(anonymous=False), parts, "m1").entries
    assert isinstance(mine, Part)
    assert (mine.member_id, mine.answered) == (None, True)
    assert isinstance(emptied, Part)
    assert [(r.said["satisfaction"], r.member_id) for r in emptied.responses] == [(1, None), (2, "m2"), (3, None)]


def test_who_was_forgotten_is_not_invited_again() -> None:
    parts = EntriesInMemory.of([part("m1").model_copy(update={"member_id": None})])
    assert model.forget(survey(), parts, "m1").entries == ()
