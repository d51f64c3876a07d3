"""An anonymous answer cannot be traced: attacks with all collections, all streams and all logs in hand."""

import asyncio
import contextlib
import io
import json
import logging
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from bson import ObjectId
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import CloseSurvey, GetForm, GetResults, ListSurveys, RankThemes, SurveyAnswered
from ekkyo.process import logs
from ekkyo_surveys import model
from pymongo import MongoClient

from .attacks import COMMENT, Copy, Guess, by_any_value_that_sorts, hits, text
from .conftest import COMMUNITY, World

LEADER = ("lead", f"leader:{COMMUNITY}")
CROWD = 24
BY_CHANCE = 8
"""Right guesses among 24 that chance brings less often than once in ten thousand."""


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    logs.configure(service="surveys", level="debug", to=written)
    yield written
    root.handlers = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def crowd(count: int) -> Guess:
    """Members by what each of them says: words that nobody else would choose."""
    return {f"said-{secrets.token_hex(4)}": f"member-{secrets.token_hex(4)}" for _ in range(count)}


async def survey_of(world: World, truth: Guess, *, answering: int | None = None) -> str:
    """A survey in which those of the crowd who answer do so in a random order."""
    survey = await world.opened_for(*truth.values())
    said = random.sample(sorted(truth), len(truth))[:answering]
    for comment in said:
        await world.answer(survey.survey_id, truth[comment], random.randint(0, 10), comment=comment)
    return survey.survey_id


async def copy_of(world: World, log: io.StringIO) -> Copy:
    streams = [m for name in ("FACTS", "TIMERS", "DEAD") for m in await world.stored(name)]
    return Copy(await world.at_rest(), streams, log.getvalue())


async def test_after_the_survey_nobody_can_tell_who_said_what(world: World, log_lines: io.StringIO) -> None:
    truth = crowd(CROWD)
    survey = await survey_of(world, truth)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    told = await world.ask(GetResults(survey_id=survey), *LEADER)
    copy = await copy_of(world, log_lines)
    assert len(copy.answered) == CROWD
    found = hits(copy, truth)
    assert max(found.values()) < BY_CHANCE, found
    assert told.comments == sorted(truth)


async def test_after_the_survey_nothing_tells_what_else_the_author_of_a_comment_said(
    world: World, log_lines: io.StringIO
) -> None:
    truth = crowd(CROWD)
    survey = await survey_of(world, truth)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    copy = await copy_of(world, log_lines)
    kept = [d for d in copy.documents if COMMENT.search(text(d))]
    assert [d["_id"] for d in kept] == [survey]
    assert kept[0]["comments"] == sorted(truth)
    assert not COMMENT.search(text({k: v for k, v in kept[0].items() if k != "comments"}))


@pytest.mark.parametrize(("count", "boxes"), [(CROWD, 1), (3 * CROWD, 3)])
async def test_nor_while_it_is_open_once_several_have_answered(
    world: World, log_lines: io.StringIO, count: int, boxes: int
) -> None:
    truth = crowd(count)
    await survey_of(world, truth)
    copy = await copy_of(world, log_lines)
    assert len(copy.responses) == count
    assert sum(d.get("kind") == "box" for d in copy.documents) == boxes
    found = hits(copy, truth)
    assert max(found.values()) < BY_CHANCE, found


@pytest.mark.parametrize("answering", [1, 2, 4])
async def test_what_too_few_have_said_is_gone_when_the_survey_closes(
    world: World, log_lines: io.StringIO, answering: int
) -> None:
    survey = await survey_of(world, crowd(8), answering=answering)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    await world.ask(GetResults(survey_id=survey), *LEADER)
    copy = await copy_of(world, log_lines)
    assert len(copy.answered) == answering
    assert not COMMENT.search(text(copy.collections))
    assert not COMMENT.search(text([(s, h, b.decode()) for s, h, b in copy.streams]))
    assert not COMMENT.search(copy.logs)


async def test_no_message_holds_what_anybody_said(world: World, log_lines: io.StringIO) -> None:
    truth = crowd(8)
    survey = await survey_of(world, truth)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    copy = await copy_of(world, log_lines)
    assert copy.streams
    assert not any(COMMENT.search(text(headers) + body.decode()) for _, headers, body in copy.streams)
    for fact in await world.facts(SurveyAnswered):
        assert set(json.loads(fact.model_dump_json())) == {"survey_id", "survey", "member_id"}


async def test_the_logs_hold_nothing_of_an_answer_refused_or_failed(
    world: World, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = (await world.opened_for("member-00000001")).survey_id
    ask = {"survey_id": survey, "member_id": "member-00000001"}
    replies = []
    for wrong in (
        {"satisfaction": 99, "comment": "said-00000001"},
        {"satisfaction": 9, "said-00000001": "said-00000001"},
        {"satisfaction": 9, "comment": "said-00000001" * 200},
        {"satisfaction": 9, "comment": {"said-00000001": 1}},
    ):
        body = json.dumps({**ask, "answers": wrong}).encode()
        replies.append(await world.raw("ekkyo.cmd.surveys.answer", body, "member-00000001"))

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("a bug, at the worst moment")

    monkeypatch.setattr(model, "answer", broken)
    body = json.dumps({**ask, "answers": {"satisfaction": 9, "comment": "said-00000001"}}).encode()
    replies.append(await world.raw("ekkyo.cmd.surveys.answer", body, "member-00000001"))
    assert [headers["Nats-Service-Error-Code"] for headers, _ in replies] == ["400"] * 4 + ["500"]
    assert not COMMENT.search(str(replies))
    assert "ValueError" in log_lines.getvalue()
    assert not COMMENT.search(log_lines.getvalue())


async def test_asking_between_two_answers_tells_no_more_than_that_somebody_answered(world: World) -> None:
    truth = crowd(8)
    survey = (await world.opened_for(*truth.values())).survey_id
    seen: list[list[Any]] = []
    for comment, member in truth.items():
        await world.answer(survey, member, 10, comment=comment, themes=[comment])
        with pytest.raises(Refused, match="survey_still_open"):
            await world.ask(GetResults(survey_id=survey), *LEADER)
        told = [
            await world.ask(GetForm(survey_id=survey, member_id="lead"), *LEADER),
            await world.ask(ListSurveys(community_id=COMMUNITY), *LEADER),
            await world.ask(RankThemes(community_id=COMMUNITY), "anybody"),
        ]
        seen.append([json.loads(t.model_dump_json()) for t in told])
    for n, told_then in enumerate(seen, 1):
        assert told_then[0]["survey"].pop("answered") == told_then[1]["surveys"][0].pop("answered") == n
        assert told_then[0]["survey"].pop("revision") == told_then[1]["surveys"][0].pop("revision") == n + 1
    assert all(told_then == seen[0] for told_then in seen)


async def test_nobody_answers_for_another_whatever_their_role(world: World) -> None:
    survey = (await world.opened_for("a")).survey_id
    body = json.dumps({"survey_id": survey, "member_id": "a", "answers": {"satisfaction": 0}}).encode()
    for sub, *roles in (("s", "steward"), ("sys", "system"), LEADER, ("b",)):
        headers, _ = await world.raw("ekkyo.cmd.surveys.answer", body, sub, *roles)
        assert headers["Nats-Service-Error-Code"] == "403"


async def test_a_closed_survey_stays_closed_and_its_results_the_same(world: World) -> None:
    truth = crowd(6)
    survey = await survey_of(world, truth, answering=5)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    before = await world.ask(GetResults(survey_id=survey), *LEADER)
    answered = {f.member_id for f in await world.facts(SurveyAnswered)}
    [late] = set(truth.values()) - answered
    with pytest.raises(Refused, match="survey_closed"):
        await world.answer(survey, late, 0)
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    assert await world.ask(GetResults(survey_id=survey), *LEADER) == before


async def test_with_names_the_answers_can_be_traced(world: World, log_lines: io.StringIO) -> None:
    """What the attacks find when a survey says that it is not anonymous: they do find what is there."""
    truth = crowd(CROWD)
    survey = await world.opened_for(*truth.values(), anonymous=False)
    for comment, member in truth.items():
        await world.answer(survey.survey_id, member, comment=comment)
    assert hits(await copy_of(world, log_lines), truth)["neighbours"] == CROWD


async def test_on_a_plain_table_of_answers_every_one_of_these_attacks_finds_everybody(
    around: World, log_lines: io.StringIO
) -> None:
    """The naive design: a row per answer, a row per participation, a line in the log, a fact with all of it."""
    truth, told, log = crowd(CROWD), [], logging.getLogger("naive")
    with contextlib.closing(MongoClient[dict[str, Any]](around.mongo.url)) as client:
        database = client[around.mongo.database("surveys")]
        members = sorted(truth.values())
        database.participations.insert_many([{"_id": m, "answered": False} for m in members])
        for number, (comment, member) in enumerate(truth.items()):
            at, request = datetime.now(UTC), secrets.token_hex(8)
            row: dict[str, Any] = {
                "_id": ObjectId(),
                "number": number,
                "at": at,
                "request": request,
                "comment": comment,
            }
            database.responses.insert_one(row)
            database.participations.replace_one({"_id": member}, {"_id": member, "request": request})
            log.info("%s said %s", member, comment)
            body = json.dumps({"member_id": member, "comment": comment}).encode()
            told.append(("ekkyo.fact.surveys.answered.s1", {"ce-time": at.isoformat()}, body))
            await asyncio.sleep(0.003)  # people do not answer within one millisecond
    collections = around.documents()
    for kept in collections["responses"]:
        kept["at"] = kept["at"].replace(tzinfo=UTC)
    copy = Copy(collections, told, log_lines.getvalue())
    found = hits(copy, truth)
    for attack in ("order", "time", "what they share", "logs", "messages", "sorting"):
        assert found[attack] == CROWD, found
    assert len(list(by_any_value_that_sorts(copy))) >= 3
    newest_first = Copy({"responses": collections["responses"][::-1]}, told, "")
    assert hits(newest_first, truth)["order, backwards"] == CROWD
    rows_with_names = [{**row, "member": truth[row["comment"]]} for row in collections["responses"]]
    assert hits(Copy({"responses": rows_with_names}, told, ""), truth)["neighbours"] == CROWD
