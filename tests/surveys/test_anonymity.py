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
from ekkyo.broker import KeyStore
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import CloseSurvey, GetForm, GetResults, ListSurveys, RankThemes, SurveyAnswered
from ekkyo.process import logs
from ekkyo.testing import eventually
from ekkyo.testing.plugin import Run
from ekkyo_surveys import model
from ekkyo_surveys.app import service
from nats.js.errors import NotFoundError
from pymongo import MongoClient

from .attacks import COMMENT, Copy, Guess, by_any_value_that_sorts, hits, text
from .conftest import COMMUNITY, World
from .files import Files, by_versions

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


async def files_of(world: World) -> Files:
    """A copy of both servers' files while they run, once the service rests."""
    await world.at_rest()
    data = world.mongo.server.log.parent / "data"
    return Files.copied(data, world.mongo.database("surveys"), world.nats.folder / "jetstream")


def right(guess: Guess, truth: Guess) -> int:
    return sum(truth.get(comment) == member for comment, member in guess.items())


async def closed(world: World, survey: str) -> None:
    """Close it, and wait until its key is destroyed."""
    await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    await eventually(lambda: key_of(world, survey, there=False))


async def key_of(world: World, survey: str, *, there: bool = True) -> bool:
    """Whether the key of a survey is, or is not, in its store."""
    found = await world.ops.jetstream().stream_info("KV_SURVEY_KEYS", subjects_filter="$KV.SURVEY_KEYS.>")
    return (f"$KV.SURVEY_KEYS.{survey}" in (found.state.subjects or {})) is there


async def test_the_raw_files_of_the_database_name_no_author_neither_while_it_is_open_nor_after(world: World) -> None:
    """The attacker has a copy of the files after every sixth answer: the log begins again when it is long."""
    truth = crowd(CROWD)
    survey = (await world.opened_for(*truth.values())).survey_id
    copies = []
    for n, comment in enumerate(random.sample(sorted(truth), CROWD), 1):
        await world.answer(survey, truth[comment], random.randint(0, 10), comment=comment)
        if n % 6 == 0:
            copies.append(await files_of(world))
    assert all(right(by_versions(copy.beside(b"")), truth) == 0 for copy in copies)
    for copy in copies:
        assert not COMMENT.search(copy.everything.decode("latin-1")), "nothing that was said lies anywhere unsealed"
    both = [by_versions(copy) for copy in copies]
    assert sum(right(guess, truth) for guess in both) >= CROWD / 2, "with both stores it is read: the attack is one"
    await closed(world, survey)
    after = await files_of(world)
    assert survey in after.everything.decode("latin-1")
    assert by_versions(after) == {}
    assert all(by_versions(copy.beside(after.streams)) == {} for copy in copies), "the key is overwritten"
    told = await world.ask(GetResults(survey_id=survey), *LEADER)
    assert (told.comments, told.results.unreadable) == (sorted(truth), 0)


async def test_of_a_survey_that_too_few_answered_no_file_holds_a_word(world: World) -> None:
    truth = crowd(8)
    survey = await survey_of(world, truth, answering=3)
    await closed(world, survey)
    files = await files_of(world)
    assert by_versions(files) == {}
    assert not COMMENT.search(files.everything.decode("latin-1"))


async def test_a_survey_with_names_is_read_from_the_raw_files_by_the_same_attack(world: World) -> None:
    """From copies after every sixth answer, as above: the log begins again when it is long."""
    truth = crowd(CROWD)
    survey = await world.opened_for(*truth.values(), anonymous=False)
    guess: dict[str, str] = {}
    for n, (comment, member) in enumerate(truth.items(), 1):
        await world.answer(survey.survey_id, member, comment=comment)
        if n % 6 == 0:
            guess |= by_versions(await files_of(world))
    assert right(guess, truth) > BY_CHANCE
    assert await key_of(world, survey.survey_id, there=False)


async def test_a_key_outlives_restarts_of_everything_while_its_survey_is_open(around: World, running: Run) -> None:
    truth = crowd(6)
    async with running(service), running(service):
        survey = await survey_of(around, truth, answering=3)
        await around.fact(SurveyAnswered, 3)
        answered = {f.member_id for f in await around.facts(SurveyAnswered)}
        lost = await survey_of(around, late := crowd(6), answering=5)
        await around.at_rest()
    async with await around.nats.connect("surveys") as nc:  # as where it was restored elsewhere
        await KeyStore(nc.jetstream()).destroy(lost)
    await asyncio.gather(*(c.close() for c in (around.outside, around.events, around.members, around.ops)))
    around.nats.server.kill()
    around.nats.server.start()
    names = ("outside", "events", "members", "ops")
    around.outside, around.events, around.members, around.ops = [await around.nats.connect(name) for name in names]
    async with running(service):
        for comment, member in truth.items():
            if member not in answered:
                await around.answer(survey, member, comment=comment)
        await closed(around, survey)
        told = await around.ask(GetResults(survey_id=survey), *LEADER)
        silent = set(late.values()) - {f.member_id for f in await around.facts(SurveyAnswered)}
        with pytest.raises(Refused, match="survey_key_lost"):
            await around.answer(lost, silent.pop())
        await around.ask(CloseSurvey(survey_id=lost), *LEADER)
        unread = await around.ask(GetResults(survey_id=lost), *LEADER)
    assert told.comments == sorted(truth)
    assert (unread.results.answered, unread.results.unreadable, unread.comments) == (0, 5, [])


async def test_while_the_keys_are_away_nothing_is_taken_and_nothing_lost(world: World, running: Run) -> None:
    truth = crowd(6)
    survey = await survey_of(world, truth, answering=5)
    js = world.ops.jetstream()
    await world.fact(SurveyAnswered, 5)
    answered = {f.member_id for f in await world.facts(SurveyAnswered)}
    [late] = set(truth.values()) - answered
    config = (await js.stream_info("KV_SURVEY_KEYS")).config
    [key] = (await files_of(world)).keys() & await opening(world)
    await js.delete_stream("KV_SURVEY_KEYS")
    with pytest.raises(Refused, match="unavailable") as refused:
        await world.ask(CloseSurvey(survey_id=survey), *LEADER)
    assert refused.value.status == 503
    other = (await world.opened_for("a", anonymous=False)).survey_id
    with pytest.raises(Refused, match="unavailable"):
        await world.opened_for("b")
    await js.add_stream(config)
    async with await world.nats.connect("surveys") as nc:
        await nc.jetstream().publish(f"$KV.SURVEY_KEYS.{survey}", key.encode())
    await world.answer(survey, late, comment=next(c for c, m in truth.items() if m == late))
    await closed(world, survey)
    told = await world.ask(GetResults(survey_id=survey), *LEADER)
    assert (told.comments, told.results.unreadable) == (sorted(truth), 0)
    assert (await world.ask(GetForm(survey_id=other, member_id="a"), "a")).invited


async def opening(world: World) -> set[str]:
    """The keys there are, as the surveys service alone may read them."""
    found = set()
    async with await world.nats.connect("surveys") as nc:
        for subject in (
            await world.ops.jetstream().stream_info("KV_SURVEY_KEYS", subjects_filter=">")
        ).state.subjects or {}:
            found.add(((await nc.jetstream().get_last_msg("KV_SURVEY_KEYS", subject)).data or b"").decode())
    return found


@pytest.mark.parametrize("user", ["ops", "outside", "portal", "events", "members", "notify"])
async def test_nobody_but_the_surveys_service_may_read_a_key(world: World, user: str) -> None:
    survey = (await world.opened_for("a")).survey_id
    assert await key_of(world, survey)
    async with await world.nats.connect(user) as nc:
        js = nc.jetstream(timeout=0.3)
        with pytest.raises((TimeoutError, NotFoundError)):
            await js.get_last_msg("KV_SURVEY_KEYS", f"$KV.SURVEY_KEYS.{survey}")
        with pytest.raises((TimeoutError, NotFoundError)):
            await js.subscribe("$KV.SURVEY_KEYS.>", stream="KV_SURVEY_KEYS", ordered_consumer=True)


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
    assert kept[0]["texts"] == {"comment": sorted(truth)}
    assert not COMMENT.search(text({k: v for k, v in kept[0].items() if k != "texts"}))


@pytest.mark.parametrize(("count", "boxes"), [(CROWD, 1), (3 * CROWD, 3)])
async def test_nor_while_it_is_open_once_several_have_answered(
    world: World, log_lines: io.StringIO, count: int, boxes: int
) -> None:
    truth = crowd(count)
    await survey_of(world, truth)
    copy = await copy_of(world, log_lines)
    assert not copy.responses, "what was said is sealed"
    assert sum(len(d.get("sealed", ())) for d in copy.documents if d.get("kind") == "box") == count
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
    await world.fact(SurveyAnswered, 5)
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
