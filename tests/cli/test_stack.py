"""The local stack and what is said to it, as people use them: processes, files, exit codes. One stack for all."""

import json
import os
import re
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import pytest
from ekkyo.installation.embedded import script
from ekkyo_cli.commands import portal
from ekkyo_cli.local.folder import PARTS, Folder
from ekkyo_cli.local.parts import environ_of
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.running import Stack, ekkyo, wait_until
from tests.cli.small_season import COMMUNITY

EMPLOYEES = Path(__file__).parents[2] / "data" / "employees.cp932.csv"


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


def test_an_outside_system_calls_with_env_and_token_alone(stack: Stack, tmp_path: Path) -> None:
    env = stack.ekkyo("env", "--json").json
    assert env["EKKYO_NATS_USER"] == "outside"
    assert f"export EKKYO_NATS_URL='{env['EKKYO_NATS_URL']}'" in stack.ekkyo("env").out
    env["EKKYO_TOKEN"] = stack.ekkyo("token", "--sub", "hr", "--role", "system").out.strip()
    profile = {"number": "H1", "name": "外 部", "email": "h1@example.co.jp", "department": "人事部"}
    body = json.dumps({"member_id": "h1", "profile": profile})
    done = ekkyo("call", "members.register", "--json", "-", cwd=tmp_path, env=env, input=body)
    assert (done.code, done.json["member_id"]) == (0, "h1")
    told = ekkyo("facts", "tail", "--entity", "h1", "--no-follow", "--json", cwd=tmp_path, env=env)
    assert [line["meta"]["type"] for line in told.lines] == ["ekkyo.members.registered"]
    refused = ekkyo("dead", "list", "--json", cwd=tmp_path, env=env)
    assert (refused.code, refused.json["code"]) == (1, "not_allowed")


def test_a_system_is_added_while_the_stack_runs_given_a_new_password_and_removed(stack: Stack, tmp_path: Path) -> None:
    added = stack.ekkyo("system", "add", "hr", "--may", "members.*", "--hears", "members", "--json")
    assert added.code == 0, added.err
    env = stack.ekkyo("env", "--system", "hr", "--json").json
    assert (env["EKKYO_NATS_USER"], env["EKKYO_NATS_PASSWORD"]) == ("hr", added.json["EKKYO_NATS_PASSWORD"])
    env["EKKYO_TOKEN"] = stack.ekkyo("token", "--sub", "hr", "--role", "system").out.strip()
    profile = {"number": "H2", "name": "外 部", "email": "h2@example.co.jp", "department": "人事部"}
    body = json.dumps({"member_id": "h2", "profile": profile})
    done = ekkyo("call", "members.register", "--json", "-", cwd=tmp_path, env=env, input=body)
    assert (done.code, done.json["member_id"]) == (0, "h2"), done.err

    def told() -> bool:
        read = ekkyo("facts", "tail", "--entity", "h2", "--no-follow", "--json", cwd=tmp_path, env=env)
        return [line["meta"]["type"] for line in read.lines] == ["ekkyo.members.registered"]

    wait_until(told)
    assert ekkyo("call", "events.list", "--json", "{}", cwd=tmp_path, env=env).code != 0, "it was not named for that"
    new = stack.ekkyo("system", "password", "hr", "--json")
    assert (new.code, new.json["EKKYO_NATS_USER"]) == (0, "hr.2"), new.err
    moved = env | {name: value for name, value in new.json.items() if name.startswith("EKKYO")}
    question = ("call", "members.get", "--json", '{"member_id": "h2"}')
    assert [ekkyo(*question, cwd=tmp_path, env=one).code for one in (env, moved)] == [0, 0]
    assert stack.ekkyo("system", "password", "hr", "--only", "--json").code == 0
    assert [ekkyo(*question, cwd=tmp_path, env=one).code for one in (env, moved)] == [3, 0]
    assert [one["name"] for one in stack.ekkyo("system", "list", "--json").json] == ["outside", "hr"]
    assert stack.ekkyo("system", "remove", "hr").code == 0
    assert ekkyo(*question, cwd=tmp_path, env=moved).code == 3
    assert not (stack.folder.path / "nats/jetstream/jetstream/system-hr/streams/FACTS").exists()
    for wrong in (["--may", "member.*"], ["--may", "members.gett"], ["--hears", "all"]):
        assert stack.ekkyo("system", "add", "x", *wrong).code == 2
    assert stack.ekkyo("env", "--system", "hr", "--json").json["code"] == "system_not_found"


def test_a_refusal_prints_its_problem_and_exits_1(stack: Stack) -> None:
    refused = stack.ekkyo("call", "events.get", "--json", '{"event_id": "none"}')
    assert (refused.code, refused.json["code"]) == (1, "event_not_found")
    malformed = stack.ekkyo("call", "events.get", "--json", '{"event": "none"}')
    assert (malformed.code, malformed.json["code"]) == (1, "malformed")
    assert {error["field"] for error in malformed.json["errors"]} == {"event_id", "event"}
    token = stack.ekkyo("token", "--sub", "nobody").out.strip()
    forbidden = stack.ekkyo("call", "events.figures", "--json", '{"community_id": "c"}', env={"EKKYO_TOKEN": token})
    assert (forbidden.code, forbidden.json["status"]) == (1, 403)


def test_a_dry_run_names_the_bad_rows_and_writes_nothing(stack: Stack) -> None:
    holds = stack.ekkyo("status", "--json").json["streams"]["FACTS"]
    tried = stack.ekkyo("members", "import", str(EMPLOYEES), "--dry-run", "--json")
    assert tried.code == 0
    assert tried.json["registered"] == 1194
    named = {(bad["line"], bad["code"]) for bad in tried.json["bad"]}
    assert {(102, "missing"), (202, "malformed"), (502, "impossible_date")} <= named
    assert stack.ekkyo("status", "--json").json["streams"]["FACTS"] == holds


def test_importing_the_same_file_again_changes_nothing(stack: Stack) -> None:
    first = stack.ekkyo("members", "import", str(EMPLOYEES), "--json").json
    assert first["registered"] == 1194
    again = stack.ekkyo("members", "import", str(EMPLOYEES), "--json", "--strict")
    assert (again.code, again.json["unchanged"], again.json["registered"]) == (1, 1194, 0)


def test_an_unreadable_file_is_told_in_words(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    refused = stack.ekkyo("members", "import", str(tmp_path / "x.csv"))
    assert refused.code == 1
    assert "Traceback" not in refused.err
    missing = stack.ekkyo("events", "attendance", str(tmp_path / "none.csv"), "--event", "e")
    assert missing.code == 1
    assert "none.csv" in missing.err


def test_both_sources_give_the_same_report(season: Stack) -> None:
    made = season.ekkyo("report", "--community", COMMUNITY, "--check", "--json", "--out", "report.html")
    assert made.code == 0, made.out
    totals = made.json["totals"]
    assert (totals["attendances"], totals["waitlisted"], totals["promoted"]) == (9, 2, 1)
    assert (totals["withdrawn"], totals["no_shows"], totals["walk_ins"]) == (1, 1, 1)
    assert [event["suppressed"] for event in made.json["events"]] == [False, True]
    assert made.json["crossings"]["took_part"] == 8
    assert "季節" in (season.home / "report.html").read_text()


def test_a_report_from_the_facts_alone_is_the_same(season: Stack) -> None:
    asked = season.ekkyo("report", "--community", COMMUNITY, "--json").json
    assert season.ekkyo("report", "--community", COMMUNITY, "--json", "--facts").json == asked


def test_mail_and_chat_are_caught_and_read(season: Stack) -> None:
    def confirmed() -> list[Any]:
        listed: list[Any] = season.ekkyo("mail", "list", "--to", "p6@example.co.jp", "--json").json
        return [mail for mail in listed if "first" in mail["subject"]]

    wait_until(lambda: len(confirmed()) >= 2)
    shown = season.ekkyo("mail", "show", confirmed()[0]["id"], "--html", "mail.html", "--json").json
    assert "もくもく会 first" in shown["subject"] + shown["text"]
    assert "<" in (season.home / "mail.html").read_text()
    assert "もくもく会" in season.ekkyo("mail", "list").out
    assert season.ekkyo("mail", "show", "99999").code == 1
    wait_until(lambda: len(season.ekkyo("chat", "list", "--json").json) >= 1)


def test_facts_are_filtered_by_type_and_entity(season: Stack) -> None:
    found = season.ekkyo(
        "facts",
        "tail",
        "--since",
        "beginning",
        "--type",
        "events.registration_*",
        "--entity",
        "first",
        "--no-follow",
        "--json",
    )
    kinds = [line["meta"]["type"].rpartition("_")[2] for line in found.lines]
    assert (kinds.count("confirmed"), kinds.count("waitlisted"), kinds.count("promoted")) == (6, 2, 1)
    assert season.ekkyo("facts", "tail", "--type", "events.publish").code == 2


def test_everything_speaks_json(season: Stack) -> None:
    for asked in (
        "status",
        "env",
        "token --sub x",
        "report --community season",
        "dead list",
        "mail list",
        "mail show last",
        "chat list",
    ):
        assert season.ekkyo(*asked.split(), "--json").json is not None
    assert len(season.ekkyo("call", "--list", "--as-json").json) > 30
    assert season.ekkyo("call", "events.register", "--fields", "--as-json").json["properties"]
    assert season.ekkyo("logs", "events", "--json").lines
    assert season.ekkyo("dead", "show", "99999", "--json").json["code"] == "letter_not_found"


def test_after_the_supervisor_was_killed_it_starts_again_with_all_it_had(season: Stack) -> None:
    before = season.folder.state()
    assert before
    with season.up_again():
        os.kill(before.supervisor.pid, signal.SIGKILL)
        wait_until(lambda: not season.folder.running)
        assert season.ekkyo("status", "--json").code == 3
        again = season.up()
    assert not any(part.process.alive for part in before.parts.values() if part.process)
    assert again.json["ports"] == {name: part.port for name, part in before.parts.items()}
    assert again.json["new_members"] == {"locale": None, "timezone": None}
    assert season.ekkyo("call", "events.get", "--json", '{"event_id": "first"}').json["attended"] == 6
    assert season.ekkyo("report", "--community", COMMUNITY, "--check", "--json").code == 0
    assert "give the same figures" in season.ekkyo("report", "--community", COMMUNITY, "--check").out


def test_down_stops_everything_and_is_safe_to_say_twice(season: Stack) -> None:
    before = season.folder.state()
    assert before
    with season.up_again():
        assert season.ekkyo("down", "--json", within=120).json["stopped"] is True
        assert not any(part.process.alive for part in before.parts.values() if part.process)
        assert season.ekkyo("down", "--json").json["stopped"] is False
        asked = season.ekkyo("call", "events.list")
        assert (asked.code, asked.json["code"]) == (3, "stack_not_running")


def test_ctrl_c_stops_what_was_started_in_the_foreground(tmp_path: Path) -> None:
    own = Stack(tmp_path)
    running = subprocess.Popen(
        [script("ekkyo"), "up"],
        cwd=own.home,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who runs tests in the background ignores it
    )
    try:
        assert running.stdout
        assert any("Ready" in line for line in running.stdout)
        told = next(filter(None, (re.match(r"The portal is at (\S+); ekkyo open", line) for line in running.stdout)))
        assert any(line.startswith("events") and " ready " in line for line in running.stdout), "from the beginning"
        state = own.folder.state()
        assert state
        assert told[1] == f"http://127.0.0.1:{state.web}"
        assert all(part.process and part.process.alive for part in state.parts.values())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        assert running.returncode == 0, own.folder.log("supervisor").read_text()[-2000:]
        assert [name for name, part in state.parts.items() if part.process and part.process.alive] == []
        assert not own.folder.running
    finally:
        running.kill()
        own.ekkyo("down")
