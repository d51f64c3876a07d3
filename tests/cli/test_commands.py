"""Commands on a running stack: attendance from a report, facts from a time on, dead letters, the report's page."""

import asyncio
import contextlib
import json
import os
import pty
import re
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.events import DraftEvent, EventDetails, PublishEvent
from ekkyo.installation.embedded import script
from ekkyo_cli.local.folder import Folder

from tests.cli.running import Stack, wait_until
from tests.cli.small_season import COMMUNITY


@pytest.fixture(scope="module")
def begun(season: Stack) -> str:
    """An event that began a moment ago, to which nobody registered."""

    async def publish() -> None:
        async with season.as_("tests", "system") as ekkyo:
            starts = datetime.now(UTC) + timedelta(seconds=1)
            details = EventDetails(title="英語でランチ", format="online", url_follows=True, capacity=9)
            times: dict[str, Any] = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
            await ekkyo.send(DraftEvent(event_id="begun", community_id=COMMUNITY, details=details, **times))
            await ekkyo.send(PublishEvent(event_id="begun"))
            await asyncio.sleep((starts - datetime.now(UTC)).total_seconds() + 0.05)

    asyncio.run(publish())
    return "begun"


@pytest.fixture
def zoom(season: Stack) -> Path:
    """A meeting's report: two members, one of them too short, a guest, and a line that says nobody."""
    file = season.home / "zoom.csv"
    rows = ["季節 1,p1@example.co.jp,45", "季節 2,P2@Example.co.jp,3", "だれか,guest@example.com,40", ",,12"]
    file.write_text("\r\n".join(["Name (Original Name),User Email,Duration (Minutes)", *rows]), encoding="utf-8-sig")
    return file


def test_an_attendance_report_is_matched_recorded_and_told(season: Stack, begun: str, zoom: Path) -> None:
    args = ("events", "attendance", str(zoom), "--event", begun, "--min-minutes", "10", "--json")
    tried = season.ekkyo(*args, "--dry-run").json
    assert (tried["matched"], tried["imported"], tried["dry_run"]) == (1, None, True)
    assert season.ekkyo("call", "events.get", "--json", '{"event_id": "begun"}').json["attended"] == 0

    told = {"event_id": begun, "attended": 0, "already": 0, "walk_ins": 0, "passed_over": [], "lost": []}
    done = season.ekkyo(*args)
    assert (done.code, done.json["imported"]) == (0, told | {"attended": 1, "walk_ins": 1})
    assert [missed["line"] for missed in done.json["not_taken"]] == [3, 4, 5]
    assert all(missed["reason"] for missed in done.json["not_taken"])
    assert season.ekkyo(*args).json["imported"] == told | {"already": 1}

    corrected = season.home / "corrected.csv"
    corrected.write_text("Name,Email,Duration (Minutes)\n季節 2,p2@example.co.jp,45\n")
    replace = ("events", "attendance", str(corrected), "--event", begun, "--replace", "--json")
    seen = season.ekkyo(*replace, "--dry-run").json
    assert (len(seen["gains"]), len(seen["loses"]), seen["imported"]) == (1, 1, None)
    assert season.ekkyo(*replace).code == 2, "nobody is asked without a terminal"
    now = season.ekkyo(*replace, "--yes").json["imported"]
    assert now == told | {"attended": 1, "walk_ins": 1, "lost": seen["loses"]}
    assert season.ekkyo(*replace, "--yes").json["imported"] == told | {"already": 1}

    shown = season.ekkyo("events", "attendance", str(zoom), "--event", begun)
    assert "guest@example.com" in shown.out
    assert "1 newly recorded" in shown.out  # the short stay counts without --min-minutes


def test_a_calendar_is_previewed_imported_as_drafts_once_and_its_series_planned_when_asked(season: Stack) -> None:
    file = season.home / "calendar.ics"
    one = "BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Lunch {uid}\r\nDTSTART:{at}\r\n{more}END:VEVENT\r\n"
    rows = [one.format(uid=1, at="20991203T090000Z", more=""), one.format(uid=2, at="20200101T000000Z", more="")]
    weekly = "RRULE:FREQ=WEEKLY;COUNT=3\r\n"
    rows.append(one.format(uid=3, at="20991203T090000", more=weekly))
    file.write_text("BEGIN:VCALENDAR\r\n" + "".join(rows) + "END:VCALENDAR\r\n", newline="")
    [community] = season.ekkyo("call", "members.communities").json["communities"][:1]
    args = ("events", "import", str(file), "--community", community["community"]["community_id"], "--json")
    tried = season.ekkyo(*args, "--dry-run")
    assert tried.code == 0, tried.err
    assert [row["outcome"] for row in tried.json["rows"]] == ["draft", "skipped", "series"]
    assert len(tried.json["rows"][2]["dates"]) == 3
    assert [row["done"] for row in season.ekkyo(*args).json["rows"]] == [True, False, False]
    again = season.ekkyo(*args, "--series").json["rows"]
    assert [(row["outcome"], row["done"]) for row in again] == [("there", False), ("skipped", False), ("series", True)]
    assert [row["outcome"] for row in season.ekkyo(*args).json["rows"]] == ["there", "skipped", "there"]
    draft = season.ekkyo("call", "events.get", "--json", f'{{"event_id": "{again[0]["id"]}"}}').json
    assert (draft["status"], draft["title"]) == ("draft", "Lunch 1")
    file.write_text("Subject,Start\n")
    assert season.ekkyo(*args).json["code"] == "unreadable_file"


def test_an_attendance_report_for_nobodys_event_or_of_nobody_exits_1(season: Stack, begun: str, zoom: Path) -> None:
    refused = season.ekkyo("events", "attendance", str(zoom), "--event", "none", "--json")
    assert (refused.code, refused.json["code"]) == (1, "event_not_found")
    strangers = season.home / "strangers.csv"
    strangers.write_text("Name,Email\nだれか,guest@example.com\n")
    nobody = season.ekkyo("events", "attendance", str(strangers), "--event", begun, "--json")
    assert (nobody.code, nobody.json["matched"]) == (1, 0)


def test_facts_are_told_from_a_time_on_from_a_position_and_of_the_last_minutes(season: Stack) -> None:
    def tail(*args: str) -> list[Any]:
        return season.ekkyo("facts", "tail", "--no-follow", "--json", *args).lines

    every = tail("--since", "beginning")
    middle = every[len(every) // 2]["meta"]
    at = middle["time"]
    assert tail("--since", at)[-1]["meta"]["id"] == every[-1]["meta"]["id"]
    stored = {fact["meta"]["id"] for fact in tail("--since", at)}
    assert {fact["meta"]["id"] for fact in every if fact["meta"]["sequence"] > middle["sequence"]} - stored == set()
    assert every[0]["meta"]["id"] not in stored
    assert tail("--since", str(middle["sequence"]))[0]["meta"] == middle
    assert tail("--since", "1d", "--limit", "3") == every[:3]
    assert tail("--since", "2099-01-01T00:00+09:00") == []
    assert season.ekkyo("facts", "tail", "--since", "soon").code == 2


def test_facts_are_followed_as_they_are_told(season: Stack) -> None:
    command = [script("ekkyo"), "facts", "tail", "--entity", "followed", "--limit", "1", "--json"]
    before = _readers(season)
    following = subprocess.Popen(command, cwd=season.home, stdout=subprocess.PIPE, text=True)
    try:
        profile = {"number": "F1", "name": "後 日", "email": "f1@example.co.jp", "department": "総務部"}
        register = json.dumps({"member_id": "followed", "profile": profile})
        wait_until(lambda: bool(_readers(season) - before))
        assert season.ekkyo("call", "members.register", "--json", register).code == 0
        out, _ = following.communicate(timeout=40)
    finally:
        following.kill()
    assert json.loads(out)["meta"]["type"] == "ekkyo.members.registered"


def _readers(stack: Stack) -> set[str]:
    """Who reads the stream of facts; one that left is forgotten after a minute."""

    async def names() -> set[str]:
        async with stack.as_("tests", user="ops") as ops:
            return {found.name for found in await ops.js.consumers_info("FACTS")}

    return asyncio.run(names())


def test_a_dead_letter_is_listed_shown_replayed_and_dropped(season: Stack) -> None:
    def letters() -> list[Any]:
        found: list[Any] = season.ekkyo("dead", "list", "--service", "members", "--json").json
        return [one for one in found if one["reaction"] == "attendances"]  # it is not the only one that hears of it

    async def announce_nonsense() -> None:
        async with season.as_("tests", user="events") as events:
            headers = {"ce-id": "events/x/1/0", "ce-type": "ekkyo.events.attended", "Nats-Msg-Id": "nonsense"}
            await events.js.publish("ekkyo.fact.events.attended.x", b"no fact", headers=headers)

    asyncio.run(announce_nonsense())
    wait_until(lambda: len(letters()) == 1)
    (letter,) = letters()
    assert (letter["reaction"], letter["subject"]) == ("attendances", "ekkyo.fact.events.attended.x")
    assert letter["error"]
    shown = season.ekkyo("dead", "show", str(letter["id"]), "--json").json
    assert (shown["body"], shown["headers"]["ce-id"]) == ("no fact", "events/x/1/0")
    assert "attendances" in season.ekkyo("dead", "list").out

    again = season.ekkyo("dead", "replay", str(letter["id"]), "--json")
    assert (again.code, again.json["id"]) == (0, letter["id"])
    wait_until(lambda: [one["id"] for one in letters()] not in ([], [letter["id"]]))  # told again, given up on again
    for one in season.ekkyo("dead", "list", "--json").json:
        assert season.ekkyo("dead", "drop", str(one["id"])).code == 0
    gone = season.ekkyo("dead", "drop", str(letter["id"]), "--json")
    assert (gone.code, gone.json["code"]) == (1, "letter_not_found")
    assert "No dead letters" in season.ekkyo("dead", "list").out


def test_the_report_is_one_page_in_the_language_asked_for(season: Stack) -> None:
    made = season.ekkyo("report", "--community", COMMUNITY, "--lang", "en", "--out", "page.html")
    assert made.code == 0, made.err
    assert "page.html" in made.out
    page = (season.home / "page.html").read_text()
    assert page.count("<svg") >= 5
    assert 'lang="en"' in page
    assert not re.search(r"(src|href)=.https?://", page)
    assert season.ekkyo("report", "--community", COMMUNITY).code == 2
    missing = season.ekkyo("report", "--community", "none", "--json")
    assert (missing.code, missing.json["code"]) == (1, "community_not_found")


def test_progress_is_shown_on_a_terminal_and_nowhere_else(season: Stack) -> None:
    args = ("report", "--community", COMMUNITY, "--out", "page.html")
    assert season.ekkyo(*args).err == ""
    seen = _on_a_terminal(season.folder, *args)
    assert "Asking" in seen
    assert "Written" in seen
    assert "Asking" not in _on_a_terminal(season.folder, *args, "--json")


def _on_a_terminal(folder: Folder, *args: str) -> str:
    """What somebody sees who runs a command in a terminal."""
    mine, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
    running = subprocess.Popen(
        [script("ekkyo"), *args],
        cwd=folder.path.parent,
        env=env | {"TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    too_long = threading.Timer(60, running.kill)
    too_long.start()
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while some := os.read(mine, 65536):
            seen += some
    assert running.wait() == 0
    too_long.cancel()
    os.close(mine)
    return seen.decode(errors="replace")
