"""Removing a person from the command line: afterwards nothing on the local stack tells who they were."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from ekkyo.contracts.events import MyEvents
from ekkyo.contracts.members import Preferences, SetPreferences
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.testing import eventually
from nats.js.errors import NotFoundError
from pymongo import MongoClient

from tests.cli.running import Stack, said, wait_until
from tests.cli.small_season import COMMUNITY

WHO, OTHER = "p8", "p7"
STREAMS = ("FACTS", "TIMERS", "DEAD", "AGAIN")


def words_of(n: int) -> tuple[str, ...]:
    """The name, address and number of one of the season's people."""
    return f"季節 {n}", f"p{n}@example.co.jp", f"SEASON-{n}"


def found(stack: Stack, words: tuple[str, ...] = words_of(8)) -> list[str]:
    """Where in the databases, streams and mails, and in which files of the stack, a person's words are."""
    places = [*_databases(stack), *asyncio.run(_streams(stack)), *_mailbox(stack), *_files(stack)]
    return sorted({place for place, text in places if any(word.lower() in text.lower() for word in words)})


def _files(stack: Stack) -> Iterator[tuple[str, str]]:
    """Every file of the stack's folder, as it is on the disk."""
    for file in stack.folder.path.rglob("*"):
        with suppress(FileNotFoundError):  # it is at work
            if file.is_file():
                yield file.name, file.read_bytes().decode(errors="replace")


def _databases(stack: Stack) -> Iterator[tuple[str, str]]:
    with MongoClient[dict[str, Any]](LOOPBACK, stack.port("mongo")) as client:
        for database in client.list_database_names():
            for collection in client[database].list_collection_names():
                yield f"{database}.{collection}", str(list(client[database][collection].find()))


async def _streams(stack: Stack) -> list[tuple[str, str]]:
    """Every message there is, with its headers."""
    texts = []
    async with stack.as_("tests", user="ops") as ops:
        for stream in STREAMS:
            last = 0
            while True:
                try:
                    message = await ops.js.get_msg(stream, last + 1, subject=">", next=True)
                except NotFoundError:
                    break
                last = message.seq or 0
                texts.append((stream, f"{message.subject} {message.headers} {(message.data or b'').decode()}"))
    return texts


def _mailbox(stack: Stack) -> Iterator[tuple[str, str]]:
    for file in stack.folder.mail.glob("*.eml"):
        with suppress(FileNotFoundError):  # it was deleted just now
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            parts = [p.get_payload(decode=True) for p in message.walk() if not p.is_multipart()]
            bodies = [part.decode(errors="replace") for part in parts if isinstance(part, bytes)]
            yield "mail", " ".join([*map(str, message.values()), *bodies])


def report(stack: Stack) -> Any:
    """The report, counted from the services and from the facts, which must say the same."""
    made = stack.ekkyo("report", "--community", COMMUNITY, "--check", "--json")
    assert made.code == 0, made.out
    return made.json


async def _change(stack: Stack, who: str = WHO) -> None:
    """Change the person, so that the database's log has them however lately it was emptied."""
    async with stack.as_(who) as me:
        for timezone in ("Europe/Berlin", "Asia/Tokyo"):
            await me.send(SetPreferences(member_id=who, preferences=Preferences(locale="ja", timezone=timezone)))


def test_what_all_services_hold_on_a_member_is_written_into_a_new_file(season: Stack, tmp_path: Path) -> None:
    file = tmp_path / "held.json"
    done = season.ekkyo("members", "held", "p5", "--out", str(file))
    assert done.code == 0, done.out
    told = json.loads(file.read_text())
    assert (told["member_id"], told["away"]) == ("p5", [])
    assert told["services"]["events"]["places"]
    assert "surveys" in told["withheld"]["surveys"]
    assert season.ekkyo("members", "held", "p5", "--out", str(file)).code == 2, "it is not written over"
    page = tmp_path / "held.html"
    made = season.ekkyo("members", "held", "p5", "--html", str(page), "--locale", "en")
    assert (made.code, made.out) == (0, ""), made.err
    text = page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600
    assert '<html lang="en">' in text
    assert "Places at events" in text
    assert "Shown to the member alone" in text


def test_two_records_are_merged_and_parted_again_and_services_and_facts_say_the_same(season: Stack) -> None:
    before, both = report(season), ("p5", "p6")
    shown = season.ekkyo("members", "merge", *both, "--preview", "--json")
    assert (shown.code, shown.json["kept"]["member_id"]) == (0, "p5")
    done = season.ekkyo("members", "merge", *both, "--yes", "--json")
    assert done.code == 0, done.out
    assert asyncio.run(_moved(season, "p6", []))
    report(season)
    assert season.ekkyo("members", "undo-merge", "p6").code == 0
    assert asyncio.run(_moved(season, "p6", None))
    assert report(season) == before


async def _moved(stack: Stack, member: str, wanted: list[str] | None) -> bool:
    """Whether the places of a record have moved: until it has these; None: some."""
    async with stack.as_("hr", "system") as hr:

        async def there() -> bool:
            pages = [await hr.ask(MyEvents(member_id=member, upcoming=upcoming)) for upcoming in (True, False)]
            found = [one.event.event_id for page in pages for one in page.entries]
            return bool(found) if wanted is None else found == wanted

        return bool(await eventually(there))


def test_who_is_erased_is_found_nowhere_and_what_they_took_part_in_still_counts(season: Stack) -> None:
    asyncio.run(_change(season))
    before, where = report(season), found(season)
    assert {"FACTS", "mail", "1.blk"} <= set(where)
    assert {place for place in where if place.endswith(".db-wal")}, "the log of the embedded database"
    assert {place for place in where if place.endswith((".members", ".contacts"))}
    assert season.ekkyo("members", "erase", WHO).code == 2, "nobody is there to be asked whether it is meant"
    assert report(season) == before

    at_once = season.ekkyo("members", "erase", WHO, "--yes", "--within", "0", "--json")
    assert (at_once.code, at_once.json["purged_at"]) == (1, None), "it was not waited for, and goes on by itself"
    erased = season.ekkyo("members", "erase", WHO, "--yes", "--json")
    assert erased.code == 0, erased.out
    assert set(erased.json["receipts"]) == {"events", "notify", "surveys"}
    assert (erased.json["waits_for"], erased.json["mails_thrown_away"] > 0) == ([], True)
    assert found(season) == []

    after = report(season)
    for same in ("totals", "attendances_by_format", "surveys", "themes", "crossings"):
        assert after[same] == before[same], same
    assert after["community"]["members"] == before["community"]["members"] - 1
    for one, other in zip(before["events"], after["events"], strict=True):
        assert {k: v for k, v in one.items() if k != "departments"} == {
            k: v for k, v in other.items() if k != "departments"
        }

    again = season.ekkyo("members", "erase", WHO, "--yes")
    assert (again.code, "is erased" in again.out) == (0, True)
    listed = season.ekkyo("members", "erasures", "--json").json
    assert [erasure["member_id"] for erasure in listed] == [WHO]
    assert WHO in season.ekkyo("members", "erasures").out
    assert "Every erasure is complete" in season.ekkyo("members", "erasures", "--open").out


def _over_http(stack: Stack, who: str) -> None:
    state = stack.folder.state()
    assert state
    headers = {"Authorization": f"Bearer {stack.token('hr', 'steward')}", "Content-Type": "application/json"}
    address = f"http://{LOOPBACK}:{state.web}/api/commands/members.erase"
    request = Request(address, json.dumps({"member_id": who}).encode(), headers)
    with urlopen(request, timeout=10) as answer:
        assert json.loads(answer.read())["member_id"] == who


def _with_call(stack: Stack, who: str) -> None:
    done = stack.ekkyo("call", "members.erase", "--json", json.dumps({"member_id": who}))
    assert done.code == 0, done.out


def test_however_they_were_erased_no_file_of_the_stack_names_them(season: Stack) -> None:
    gone = {"p3": _over_http, "p4": _with_call}
    words = (*words_of(3), *words_of(4))
    for who in gone:
        asyncio.run(_change(season, who))
    where = found(season, words)
    assert {"FACTS", "mail", "1.blk"} <= set(where)
    assert {place for place in where if place.endswith(".db-wal")}, "the log of the embedded database"
    for who, erase in gone.items():
        erase(season, who)
    wait_until(lambda: not found(season, words))
    for who in gone:
        again = season.ekkyo("members", "erase", who, "--yes", "--json")
        assert (again.code, again.json["mails_thrown_away"] > 0) == (0, True), "they were counted when they went"


def test_who_left_is_marked_so_and_can_come_back(season: Stack) -> None:
    assert season.ekkyo("members", "deactivate", OTHER).code == 2
    assert "has left" in season.ekkyo("members", "deactivate", OTHER, "--yes").out
    assert season.ekkyo("members", "reactivate", OTHER, "--json").json["active"]


def test_an_import_is_told_how_to_read_dates_what_new_people_speak_and_who_has_left(season: Stack) -> None:
    def imported(row: str, *options: str, code: int = 0) -> Any:
        file = season.home / "imported.csv"
        file.write_text(f"社員番号,氏名,メールアドレス,部署,入社日,退職日\n{row}\n")
        return said("members", "import", str(file), "--dir", str(season.folder.path), *options, code=code)

    row = "LEAVES-1,Anna Weber,anna.weber@example.com,IT,02/04/2004,"
    assert "ambiguous_date" in imported(row, "--dry-run", code=1)
    new = imported(row, "--dates", "dmy", "--locale", "en", "--timezone", "Europe/Berlin")
    assert new["registered"] == 1
    [known] = season.ekkyo("call", "members.find", "--json", '{"numbers": ["LEAVES-1"]}').json["members"]
    assert (known["locale"], known["timezone"], known["hired_on"]) == ("en", "Europe/Berlin", "2004-04-02")
    left = imported(f"{row}31/03/2026", "--deactivate-leavers")
    assert (left["deactivated"], left["left"]) == (1, 0)
    number = said("members", "number", "LEAVES-1", "LEAVES-2", "--dir", str(season.folder.path))
    assert (number["number"], number["former"]["numbers"]) == ("LEAVES-2", ["LEAVES-1"])
    for wrong in (("--dates", "dym"), ("--timezone", "localtime"), ("--locale", "fr")):
        imported(row, *wrong, code=2)


@pytest.mark.parametrize("command", ["deactivate", "reactivate", "erase"])
def test_nobody_can_be_removed_who_is_not_there(season: Stack, command: str) -> None:
    yes = [] if command == "reactivate" else ["--yes"]
    refused = season.ekkyo("members", command, "nobody-at-all", *yes, "--json")
    assert (refused.code, refused.json["code"]) == (1, "member_not_found")
