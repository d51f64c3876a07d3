"""`ekkyo hours` and `ekkyo measures`: tables on the screen and in files, figures reported, and what is wrong."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, GetRoster, ListEvents
from ekkyo.contracts.members import (
    Cards,
    FindMembers,
    GetCards,
    GetCommunity,
    GetMeasures,
    Measure,
    MeasureReports,
    Measures,
    MeasureValue,
    MemberCard,
    MemberPage,
    ReportMeasure,
)
from ekkyo_cli.commands import hours, measures
from ekkyo_cli.main import app
from openpyxl import load_workbook
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.common.season import community
from tests.portal.leading import registration, roster
from tests.portal.test_lead_hours import HELD

DESK = Measure(key="desk", label="Questions", counted="reported", target=200, period="month", direction="down")
CHARTER = community().charter.model_copy(update={"measures": [DESK]})
FIVE = [f"m{n}" for n in range(5)]
PLACES = [registration(who, "attended", minutes=30) for who in (*FIVE, "m5")]
REPLIES: dict[type[Any], Any] = {
    GetCommunity: community().model_copy(update={"charter": CHARTER}),
    ListEvents: EventPage(events=[HELD]),
    GetRoster: roster(HELD, *PLACES, *(registration(f"n{n}", "attended", minutes=60) for n in range(4))),
    FindMembers: MemberPage(members=[]),
    GetCards: Cards(
        cards=[
            *(MemberCard(member_id=who, name=who, department="Sales") for who in FIVE),
            MemberCard(member_id="m5", name="=SUM(A1)", department="HR"),
            *(MemberCard(member_id=f"n{n}", name="x", department="IT") for n in range(4)),
        ]
    ),
    GetMeasures: Measures(community_id="c1", reports=[MeasureReports(key="desk", values=[])]),
    ReportMeasure: MeasureReports(key="desk", values=[MeasureValue(on=date(2026, 10, 31), value=312)]),
}


class Asked:
    """Answers, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def ask(self, message: Any, *, within: float = 5) -> Any:
        reply = REPLIES[type(message)]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def send(self, message: Any, *, within: float = 5) -> Any:
        self.sent.append(message)
        return await self.ask(message)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    one = Asked()

    answered_by(monkeypatch, one, hours, measures)
    return one


def ran(*args: str) -> Any:
    return CliRunner().invoke(app, [*args, "--community", "c1"], env={"COLUMNS": "160"})


def test_hours_of_departments_are_printed_and_those_of_few_people_are_told_together(asked: Asked) -> None:
    told = ran("hours", "--lang", "en").output
    assert "Sales" in told
    assert "Other departments together" in told
    assert "HR" not in told
    assert "IT" not in told
    rows = json.loads(ran("hours", "--json").output)
    assert [(row["who"], row["people"], row["minutes"]) for row in rows] == [("Sales", 5, 150), ("", 5, 270)]
    assert "Sales" not in ran("hours", "--period", "2025").output


def test_hours_of_members_are_written_into_a_file_that_others_cannot_read(asked: Asked, tmp_path: Path) -> None:
    text, book = tmp_path / "hours.csv", tmp_path / "hours.XLSX"
    assert ran("hours", "--of", "members", "--out", str(text), "--period", "2026-10").exit_code == 0
    assert text.stat().st_mode & 0o077 == 0
    assert "'=SUM(A1)" in text.read_text("utf-8-sig")
    assert ran("hours", "--out", str(book), "--lang", "en").exit_code == 0
    sheet = load_workbook(book).active
    assert sheet
    assert [row[0].value for row in sheet.iter_rows()] == ["Department", "Sales", "Other departments together"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--of", "members"), "name it"),
        (("--of", "people"), "departments or members"),
        (("--out", "hours.pdf"), ".csv or .xlsx"),
        (("--period", "2026-13"), "2026-Q3"),
        (("--lang", "fr"), "ja or en"),
    ],
)
def test_what_is_wrong_with_hours_is_told_in_words(asked: Asked, args: tuple[str, ...], says: str) -> None:
    told = ran("hours", *args)
    assert told.exit_code == 2
    assert says in told.output


def test_a_figure_is_reported_once_for_its_id_or_taken_back(asked: Asked) -> None:
    assert "desk of 2026-10-31: 312" in ran("measures", "report", "desk", "312", "--on", "2026-10-31").output
    ran("measures", "report", "desk", "1,312.5", "--on", "2026-10-31", "--id", "r1")
    ran("measures", "report", "desk", "--on", "2026-10-31", "--remove", "--json")
    assert [(one.measure, one.on, one.value) for one in asked.sent] == [
        ("desk", date(2026, 10, 31), value) for value in (312, 1312.5, None)
    ]
    assert asked.sent[1].report_id == "r1"
    assert "no figure of 2026-10-31" in ran("measures", "report", "desk", "--on", "2026-10-31", "--remove").output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("desk", "many", "--on", "2026-10-31"), "'many' is no number"),
        (("desk", "nan", "--on", "2026-10-31"), "is no number"),
        (("desk", "12,5", "--on", "2026-10-31"), "'12,5' is no number"),
        (("desk", "312"), "as 2026-10-31"),
        (("desk", "312", "--on", "31.10.2026"), "as 2026-10-31"),
        (("desk", "--on", "2026-10-31"), "either a figure or --remove"),
        (("desk", "3", "--remove", "--on", "2026-10-31"), "either a figure or --remove"),
        (("d/k", "3", "--on", "2026-10-31"), "KEY"),
    ],
)
def test_what_is_wrong_with_a_figure_is_told_in_words(asked: Asked, args: tuple[str, ...], says: str) -> None:
    told = ran("measures", "report", *args)
    assert told.exit_code == 2
    assert says in told.output
    assert not asked.sent


def test_a_key_that_takes_no_figures_is_told_with_those_that_do(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REPLIES, ReportMeasure, Refused("measure_not_found", "The charter has no such measure."))
    told = ran("measures", "report", "desk", "3", "--on", "2026-10-31")
    assert isinstance(told.exception, Refused)
    assert "Reported measures: desk" in told.exception.detail


def test_measures_are_listed_with_their_keys(asked: Asked) -> None:
    told = ran("measures", "list").output
    for part in ("desk", "Questions", "At most: 200", "No figure of a full month", "yes"):
        assert part in told
    assert json.loads(ran("measures", "list", "--json").output)[0]["outcome"] == "no_value"
