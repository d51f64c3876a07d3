"""`make demo`: the first season in full, into a folder of its own, as somebody sees it who just cloned the project."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import httpx
import jwt
from ekkyo_cli.demo import season
from ekkyo_cli.demo.coming import TITLE
from ekkyo_cli.local.folder import Folder

PROJECT = Path(__file__).parents[2]


def test_the_first_season_plays_in_full_and_every_figure_stands_in_the_facts(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
    ran = subprocess.run(
        [sys.executable, "-m", "ekkyo_cli.demo", "--dir", str(home)],
        cwd=PROJECT,
        env=plain | {"COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    assert "The facts confirm every figure, and no message was sent twice." in ran.stdout
    assert "1194 taken" in ran.stdout

    assert ran.stdout.count("one types the word on the wall, on pages") == 2
    assert ran.stdout.count("a leader checks somebody in by mistake, and undoes it, on pages") == 2
    assert ran.stdout.count("corrected: 1 did not come") == 1
    assert ran.stdout.count("guests sit at") == 2
    assert ran.stdout.count("colleagues registered together, and have seats together") == 1
    assert "5 outputs are on the board" in ran.stdout
    assert "8 dates as a series; 9 registered for all of them" in " ".join(ran.stdout.split())
    made_of = re.findall(r"Each is made from a suggestion, (.*?)\n  \S", ran.stdout, re.DOTALL)
    assert [len(re.findall(r"\((\d+) asked for it, \d+ follow it\)", line)) for line in made_of] == [5, 5]
    assert [sum("{theme}" in plan.title for plan in plans) for plans in season.ROUNDS] == [0, 5, 5]
    assert f"To come: {TITLE}" in ran.stdout

    assert ran.stdout.count("declined from the calendar, and has given the seat up") == 1

    assert "Leaders: 4 chosen from 20 candidates" in ran.stdout
    assert "of 36 got places by lot; the draw was repeated" in ran.stdout
    assert "seats were kept for those who come for the first time" in ran.stdout
    assert "a leader read the answers, approved" in ran.stdout
    assert "A pulse opened by itself and asked 36 of 180 members" in ran.stdout
    assert int(re.findall(r"told first of each event on it: (\d+) mails", ran.stdout)[0]) > 0

    summary = json.loads((home / "summary.json").read_text())
    measures = {one["measure"]["key"]: one for one in summary["measures"]}
    assert {measures[key]["outcome"] for key in ("attendances", "departments")} == {"reached"}
    assert measures["attendances"]["value"] == summary["totals"]["attendances"]
    assert measures[season.HELP_DESK]["value"] == season.ASKED[-1]
    assert sum(one["held"] for one in summary["loop"]) >= 10, "every event of rounds 2 and 3 was asked for"
    assert all(one["came"] > 0 for one in summary["loop"] if one["held"])
    assert summary["totals"]["declined"] > 0
    totals = summary["totals"]
    assert totals["events"] == {"online": 13, "onsite": 2}
    assert totals["attendances"] > 250
    assert {one["way"]: one["events"] for one in summary["given"]} == {
        "lottery": 1, "approval": 1, "quotas": 1, "together": 1,
    }  # fmt: skip
    assert sum(event["attended"] for event in summary["events"]) == totals["attendances"]
    assert (
        min(
            totals[figure]
            for figure in ("promoted", "withdrawn", "late_cancellations", "no_shows", "walk_ins", "returners")
        )
        > 0
    )
    assert summary["surveys"]["answered"] > 200
    assert summary["themes"]
    assert set(summary["crossings"]) == {"took_part", "shared", "taught", "carried_outside"}

    state = Folder.at(home).state()
    assert state
    addresses = re.findall(r"^ +(http\S+)$", ran.stdout, re.MULTILINE)
    assert len(addresses) == 3
    key = (home / "secrets/session.key").read_text().strip()
    subs = [jwt.decode(one.partition("?k=")[2], key, ["HS256"], audience="local")["sub"] for one in addresses]
    assert len(set(subs)) == 3
    assert {one.partition("?")[0] for one in addresses} == {f"http://127.0.0.1:{state.web}/signin/local"}

    page = (home / "report.html").read_text()
    assert page.count("<svg") >= 5
    assert not re.search(r"(src|href)=.https?://", page)  # self-contained: it loads nothing from anywhere
    assert str(totals["attendances"]) in page
    assert all(one["measure"]["label"] in page for one in summary["measures"])

    caught = [file.read_bytes() for file in (home / "mail").glob("*.eml")]
    mails = [message_from_bytes(raw, policy=policy.compat32) for raw in caught]  # in a fifth of the newer policy's time
    assert len(mails) > 1000
    assert Counter(Counter(mail["Message-ID"].strip() for mail in mails).values()).keys() == {1}
    assert {mail["Content-Language"] for mail in mails} == {"ja", "en"}
    [to_sponsor] = [raw for raw, mail in zip(caught, mails, strict=True) if season.SPONSOR[1] in mail["To"]]
    [report] = message_from_bytes(to_sponsor, policy=policy.default).iter_attachments()
    assert str(report.get_filename()).startswith("report-")
    assert "ヘルプデスクへの質問" in report.get_content()
    told = [mail for mail in mails if TITLE in str(make_header(decode_header(mail["Subject"])))]
    assert len(told) > 180, "everybody is told of the event to come, and who registered has a seat"
    methods = {
        part.get_param("method") for mail in mails for part in mail.walk() if part.get_content_subtype() == "calendar"
    }
    assert methods == {"REQUEST", "CANCEL", None}, "the dates of a series are a file to open, and no request"

    ekkyo = [sys.executable, "-m", "ekkyo_cli.main"]
    try:
        subprocess.run([*ekkyo, "up", "--detach", "--dir", str(home)], env=plain, check=True, timeout=60)
        for address in addresses:
            opened = httpx.get(address, follow_redirects=True)
            assert (opened.status_code, 'action="/signout"' in opened.text) == (200, True), address
    finally:
        subprocess.run([*ekkyo, "down", "--dir", str(home)], env=plain, timeout=60)
