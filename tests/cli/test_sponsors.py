"""`ekkyo sponsors`, and reports that go to somebody: a month's to sponsors, a department's to its head."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import AddSponsor, ListSponsors, RemoveSponsor, Sponsor, SponsorList
from ekkyo.contracts.notify import ReportRelease, SendReport
from ekkyo.contracts.reports import Period
from ekkyo_cli.commands import report, sponsors
from ekkyo_cli.main import app
from ekkyo_common.report.records import PeriodFigures, Records
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.common.season import season

AT = datetime(2026, 11, 1, tzinfo=UTC)
ICHIRO = Sponsor(
    sponsor_id="s1",
    community_id="c1",
    name="山本 [一郎]",
    email="y@example.co.jp",
    locale="ja",
    added_at=AT,
    revision=1,
)


class Asked:
    """Answers, and keeps what was sent."""

    def __init__(self) -> None:
        self.there = [ICHIRO]
        self.sent: list[Any] = []

    async def ask(self, message: Any, *, within: float = 5) -> Any:
        assert isinstance(message, ListSponsors)
        return SponsorList(community_id=message.community_id, sponsors=self.there)

    async def send(self, message: Any, *, within: float = 5) -> Any:
        self.sent.append(message)
        if isinstance(message, SendReport):
            to = {"sponsors": message.sponsors, "released_by": "midori", "released_at": AT}
            return ReportRelease(report_id="r1", community_id=message.community_id, month=message.month, **to)
        return ICHIRO


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    one = Asked()

    async def gather(*_: Any, periods: Sequence[Period] = (), **__: Any) -> Records:
        records = season()
        found = [PeriodFigures(period=one, figures=records.figures) for one in periods]
        return records.model_copy(update={"by_period": found})

    async def no_logo(*_: Any) -> None:
        return None

    answered_by(monkeypatch, one, report, sponsors)
    monkeypatch.setattr(report.from_services, "gather", gather)
    monkeypatch.setattr(report.from_services, "logo_of", no_logo)
    return one


def ran(*args: str) -> Any:
    return CliRunner().invoke(app, [*args, "--community", "c1"], env={"COLUMNS": "200"})


def test_sponsors_are_listed_added_and_removed(asked: Asked) -> None:
    assert "s1  山本 [一郎]  y@example.co.jp  ja" in ran("sponsors", "list").output
    assert json.loads(ran("sponsors", "list", "--json").output)["sponsors"][0]["sponsor_id"] == "s1"
    assert "Their id: s1" in ran("sponsors", "add", "山本 一郎", "y@example.co.jp", "--lang", "en").output
    assert "deleted" in ran("sponsors", "remove", "s1").output
    added, removed = asked.sent
    assert isinstance(added, AddSponsor)
    assert (added.community_id, added.name, added.email, added.locale) == ("c1", "山本 一郎", "y@example.co.jp", "en")
    assert removed == RemoveSponsor(sponsor_id="s1", community_id="c1")
    asked.there = []
    assert "no sponsors yet" in ran("sponsors", "list").output


@pytest.mark.parametrize("args", [("x", "no address"), ("x", "y@example.co.jp", "--lang", "fr")])
def test_what_is_no_sponsor_is_told_in_words(asked: Asked, args: tuple[str, ...]) -> None:
    assert ran("sponsors", "add", *args).exit_code == 2
    assert asked.sent == []


def test_a_months_report_is_sent_to_all_sponsors_and_to_nobody_where_there_are_none(asked: Asked) -> None:
    told = ran("report", "--period", "2026-05", "--send")
    assert told.exit_code == 0, told.output
    assert "The report of 2026-05 was released at 2026-11-01 00:00 UTC, to 1." in " ".join(told.output.split())
    (sent,) = asked.sent
    assert (sent.month, sent.sponsors, sent.community_id) == ("2026-05", ["s1"], season().community.community_id)
    asked.there = []
    refused = ran("report", "--period", "2026-05", "--send").exception
    assert isinstance(refused, Refused)
    assert refused.code == "no_sponsors"
    for wrong in (("--period", "2026-Q2"), (), ("--period", "2026-05", "--department", "製造部")):
        assert ran("report", "--send", *wrong).exit_code == 2
    assert len(asked.sent) == 1


def test_a_departments_report_is_written_and_one_that_is_not_there_is_refused(asked: Asked, tmp_path: Path) -> None:
    out = tmp_path / "it.html"
    told = " ".join(ran("report", "--department", "製造部", "--period", "2026-Q2", "--out", str(out)).output.split())
    assert "製造部 in 2026-Q2: " in told
    assert "attendances of" in told
    assert "製造部" in out.read_text()
    none = ran("report", "--department", "[nobody]", "--period", "2026-Q2", "--out", str(out)).exception
    assert isinstance(none, Refused)
    assert none.code == "department_not_found"
