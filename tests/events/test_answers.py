"""Answers to an event's questions on real servers: who is told of them, and where they never are."""

import logging
from typing import Any

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    AnswerQuestions,
    EventsForgotMember,
    GetAnswers,
    GetRegistrationForm,
    GetRoster,
    MyRegistration,
    RegisterForEvent,
    RegistrationQuestion,
    SetQuestions,
    WithdrawFromEvent,
)
from ekkyo.contracts.members import MemberErased
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import Mongo
from pymongo import AsyncMongoClient

from tests.events.test_leaving import heard_by, tell

SECRET = "hush-hush"
NOTE = RegistrationQuestion(key="note", kind="text", text="Anything to know?", required=True)


async def asking(scene: Any, *questions: RegistrationQuestion, **drafted: Any) -> Any:
    event = await scene.published(**drafted)
    await scene.leads(SetQuestions(event_id=event.event_id, questions=list(questions or [NOTE])))
    return event


async def register(scene: Any, event: Any, member: str, text: str) -> Any:
    cmd = RegisterForEvent(event_id=event.event_id, member_id=member, registration_id=new_id(), answers={"note": text})
    return await scene.twice(cmd, by=await scene.as_(member))


async def stored(mongo: Mongo) -> str:
    """All that the service keeps, as text."""
    async with AsyncMongoClient[dict[str, Any]](mongo.url) as client:
        database = client[mongo.database("events")]
        return "".join(
            [str(row) for name in await database.list_collection_names() async for row in database[name].find()]
        )


async def test_answers_are_told_to_leaders_and_to_their_member_and_to_nobody_else(scene: Any) -> None:
    event = await asking(scene, capacity=2)
    await register(scene, event, "m1", SECRET)
    leader, m1, m2 = await scene.leader(), await scene.as_("m1"), await scene.as_("m2")
    assert (await m2.ask(GetRegistrationForm(event_id=event.event_id))).questions == [NOTE]
    everyone = await leader.ask(GetAnswers(event_id=event.event_id))
    assert [(one.member_id, one.answers) for one in everyone.entries] == [("m1", {"note": SECRET})]
    mine = await m1.ask(GetAnswers(event_id=event.event_id, member_id="m1"))
    assert (mine.entries, mine.event.url) == (everyone.entries, "https://meet.example.com/1")
    for ask, who in (
        (GetAnswers(event_id=event.event_id), m1),
        (GetAnswers(event_id=event.event_id, member_id="m1"), m2),
    ):
        assert await scene.refusal(who.ask(ask)) == ("not_allowed", 403)
    told = [await leader.ask(GetRoster(event_id=event.event_id)), await scene.now(event)]
    told.append(await m1.ask(MyRegistration(event_id=event.event_id, member_id="m1")))
    assert not any(SECRET in one.model_dump_json() for one in told)
    with pytest.raises(Refused) as no:
        await m2.send(RegisterForEvent(event_id=event.event_id, member_id="m2", registration_id="r2"))
    assert (no.value.code, no.value.errors[0].field) == ("answers_needed", "answers.note")


async def test_answers_vanish_with_the_place_and_with_who_is_erased_and_are_never_in_facts_or_logs(
    scene: Any, nats: Nats, mongo: Mongo, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "ekkyo")
    coming = await asking(scene, capacity=1)
    over = await asking(scene, starts_in=1800)
    for event, member in ((coming, "m2"), (coming, "m1"), (over, "m1")):
        await register(scene, event, member, f"{SECRET} {member} {event.event_id}")
    changed = AnswerQuestions(event_id=coming.event_id, member_id="m1", answers={"note": f"{SECRET} m1 again"})
    await scene.twice(changed, by=await scene.as_("m1"))
    wrong = changed.model_copy(update={"answers": {"note": SECRET * 100, SECRET: "x"}})
    with pytest.raises(Refused) as no:
        await (await scene.as_("m1")).send(wrong)
    assert SECRET not in repr(no.value.problem)
    await scene.leads(WithdrawFromEvent(event_id=coming.event_id, member_id="m2"))
    await scene.begins(over)

    async def only_of_m1() -> bool:
        text = await stored(mongo)
        return f"{SECRET} m2" not in text and f"{SECRET} m1 again" in text and f"{SECRET} m1 {over.event_id}" in text

    await eventually(only_of_m1, what="the answers of who withdrew are gone")
    await tell(nats, MemberErased(member_id="m1"))
    await heard_by(nats)

    async def nothing_left() -> bool:
        return SECRET not in await stored(mongo)

    await eventually(nothing_left, what="the answers of who was erased are gone")
    facts = scene.heard.facts
    assert any(isinstance(fact, EventsForgotMember) for fact in facts)
    assert {"QuestionsChanged", "RegistrationConfirmed"} <= {type(fact).__name__ for fact in facts}
    assert not any(SECRET in fact.model_dump_json() for fact in facts)
    assert SECRET not in caplog.text
    assert not any(SECRET in str(vars(record)) for record in caplog.records)
