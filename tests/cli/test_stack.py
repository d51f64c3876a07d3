"""The local stack as people use it: its processes, its files, its portal, what it sends. One stack for all."""

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest
from ekkyo_cli.commands import portal
from ekkyo_cli.local.folder import PARTS, Folder
from ekkyo_cli.local.parts import environ_of
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.running import Stack, wait_until
from tests.cli.small_season import COMMUNITY


def test_every_part_is_a_ready_process_of_its_own(stack: Stack) -> None:
    parts = stack.ekkyo("status", "--json").json["parts"]
    assert [part["name"] for part in parts] == list(PARTS)
    assert {part["state"] for part in parts} == {"ready"}
    assert len({part["pid"] for part in parts}) == len(PARTS)
    assert "members" in stack.ekkyo("status").out


def test_the_doctor_finds_nothing_wrong_with_it(stack: Stack) -> None:
    looked = stack.ekkyo("doctor", "--json")
    assert looked.code == 0, looked.out
    assert list(looked.json) == ["members", "events", "surveys", "notify", "portal"]
    states = {(one["check"], one["state"]) for findings in looked.json.values() for one in findings}
    assert {check for check, state in states if state != "well"} == {"nats sync_interval", "stewards"}, "none is yet"
    assert {("mail", "well"), ("portal key", "well"), ("session key", "well")} <= states
    state = stack.folder.state()
    assert state
    of_events = environ_of(stack.folder, "events", state.ports())
    alone = stack.ekkyo("doctor", "--service", "events", "--monitor", "http://127.0.0.1:9", "--json", env=of_events)
    assert (alone.code, list(alone.json)) == (1, ["events"])
    wrong = [(one["check"], one["found"]) for one in alone.json["events"] if one["state"] == "wrong"]
    assert wrong == [("nats sync_interval", "its monitoring does not answer")]


def test_it_tells_its_version(stack: Stack) -> None:
    assert stack.ekkyo("--version").out == f"ekkyo {version('ekkyo-cli')}\n"


def test_a_second_up_says_so_and_breaks_nothing(stack: Stack) -> None:
    before = stack.parts()
    again = stack.ekkyo("up", "--detach")
    assert again.code == 0
    assert "already running" in again.out
    assert {n: p.pid for n, p in stack.parts().items()} == {n: p.pid for n, p in before.items()}


def test_all_it_writes_is_for_its_owner_alone(stack: Stack) -> None:
    everything = [stack.folder.path, *stack.folder.path.rglob("*")]
    assert [path for path in everything if path.exists() and path.stat().st_mode & 0o077] == []
    logs = "".join(log.read_text(errors="replace") for log in stack.folder.logs.iterdir())
    assert not any(password in logs for password in stack.folder.passwords().values())


def test_folders_that_others_could_read_are_closed_and_those_of_others_are_left_alone(tmp_path: Path) -> None:
    old = Folder.at(tmp_path / "old")
    old.prepare()
    for folder in (old.path, old.mail, old.logs):
        folder.chmod(0o755)
    old.prepare()
    assert {folder.stat().st_mode & 0o777 for folder in (old.path, *old.path.iterdir()) if folder.is_dir()} == {0o700}
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o755)
    Folder.at(mine).prepare()
    assert mine.stat().st_mode & 0o777 == 0o755
    assert {folder.stat().st_mode & 0o777 for folder in mine.iterdir() if folder.is_dir()} == {0o700}


def test_a_killed_service_comes_back_alone(stack: Stack) -> None:
    before = stack.parts()
    pid = before["surveys"].pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: (now := stack.parts()["surveys"]).pid != pid and now.state == "ready")
    after = stack.parts()
    assert after["surveys"].restarts == before["surveys"].restarts + 1
    assert all(after[name].pid == before[name].pid for name in PARTS if name != "surveys")


def test_the_portal_opens_signed_in_as_whoever_is_named(season: Stack) -> None:
    told = season.ekkyo("status", "--json").json["portal"]
    assert season.ekkyo("steward", "add", "SEASON-7").code == 0
    by = {"": "p7", "p1": "p1", "SEASON-1": "p1", "p1@example.co.jp": "p1"}
    for who, member_id in by.items():
        made = season.ekkyo("open", "--path", "/e/first", "--json", *(["--as", who] if who else [])).json
        assert made["member_id"] == member_id
        assert made["address"].startswith(f"{told}/signin/local?k=")
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(made["address"])
        assert (page.status_code, page.url.path) == (200, "/e/first")
        assert 'action="/signout"' in page.text
        assert "もくもく会 first" in page.text
        assert browser.get(f"{told}/").status_code == 200
    forged = made["address"][:-4] + "AAAA"
    assert httpx.get(forged).status_code == 403
    assert httpx.get(f"{told}/").status_code == 303, "nobody is signed in by being on this machine"
    unknown = season.ekkyo("open", "--as", "nobody", "--json")
    assert (unknown.code, unknown.json["code"]) == (1, "member_not_found")
    assert season.ekkyo("open", "--path", "//elsewhere.example").code == 2


@pytest.mark.parametrize(("options", "opened"), [([], 1), (["--print"], 0)])
def test_a_browser_is_opened_where_there_is_a_desktop_unless_the_address_is_wanted_alone(
    season: Stack, monkeypatch: pytest.MonkeyPatch, options: list[str], opened: int
) -> None:
    addresses: list[str] = []
    monkeypatch.setattr(portal, "_desktop", lambda: True)
    monkeypatch.setattr("webbrowser.open", addresses.append)
    made = CliRunner().invoke(app, ["open", "--as", "p1", "--dir", str(season.folder.path), *options])
    assert made.exit_code == 0, made.output
    assert "/signin/local?k=" in made.stdout.splitlines()[-1]
    assert addresses == made.stdout.splitlines()[-1:][:opened]


def test_what_is_sent_leads_to_the_portal(season: Stack) -> None:
    told = season.ekkyo("status", "--json").json["portal"]

    def confirmed() -> list[Any]:
        listed: list[Any] = season.ekkyo("mail", "list", "--to", "p6@example.co.jp", "--json").json
        return [mail for mail in listed if "first" in mail["subject"] and "アンケート" not in mail["subject"]]

    wait_until(lambda: bool(confirmed()))
    shown = season.ekkyo("mail", "show", confirmed()[0]["id"], "--html", "pass.html", "--json").json
    assert f"{told}/e/first" in shown["text"]
    [link] = set(re.findall(r'href="([^"]+/e/first\?p=[^"]+)"', (season.home / "pass.html").read_text()))
    opened = httpx.get(link, follow_redirects=True)
    assert (opened.status_code, "もくもく会 first" in opened.text) == (200, True)
    assert httpx.get(link.replace("/e/first", "/e/second")).status_code != 200, "a pass opens one event"


def test_a_member_declines_from_the_calendar_and_has_withdrawn(season: Stack) -> None:
    def call(name: str, **fields: Any) -> Any:
        return season.ekkyo("call", name, "--json", json.dumps(fields)).json

    def mails() -> list[Any]:
        caught = season.ekkyo("mail", "list", "--to", "p7@example.co.jp", "--subject", "確定の会", "--json").json
        return [mail for mail in caught if "公開" not in mail["subject"]][-2:]

    starts = datetime.now(UTC) + timedelta(days=3)
    details = {"title": "確定の会", "format": "online", "url_follows": True, "capacity": 3}
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    call("events.draft", event_id="answered", community_id=COMMUNITY, details=details, **times)
    call("events.publish", event_id="answered")
    wait_until(lambda: len(mails()) == 1)  # of the new event
    assert season.ekkyo("mail", "reply", mails()[0]["id"], "--accept").code == 1, "it invites nobody"
    call("events.register", event_id="answered", member_id="p7", registration_id="from-the-calendar")
    wait_until(lambda: len(mails()) == 2)
    invitation = mails()[-1]["id"]
    assert season.ekkyo("mail", "reply", invitation).code == 2, "one of the answers has to be said"
    answered = season.ekkyo("mail", "reply", invitation, "--decline", "--json")
    assert (answered.code, answered.json["from"]) == (0, "p7@example.co.jp")
    mine = {"event_id": "answered", "member_id": "p7"}
    wait_until(lambda: call("events.my_registration", **mine)["registration"]["status"] == "withdrawn")


def test_a_part_can_be_restarted_by_name(stack: Stack) -> None:
    before = stack.parts()["chat"].pid
    restarted = stack.ekkyo("restart", "chat", "--json")
    assert restarted.json["pid"] != before
    assert stack.ekkyo("restart", "chats").code == 2
