"""What is said to the local stack: calls, systems, imports, reports, facts; exit codes. One stack for all."""

import json
from pathlib import Path
from typing import Any

from tests.cli.running import Stack, ekkyo, wait_until
from tests.cli.small_season import COMMUNITY

EMPLOYEES = Path(__file__).parents[2] / "data" / "employees.cp932.csv"


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
