"""A report of a month to test with."""

from datetime import UTC, date, datetime

from ekkyo.contracts.events import Figures
from ekkyo.contracts.members import Charter
from ekkyo.contracts.reports import (
    Before,
    CommunityHead,
    DepartmentFigures,
    EventFigures,
    Meetings,
    Period,
    Report,
    SurveyFigures,
)
from ekkyo.contracts.surveys import ThemeCount

MONTH = "2026-10"


def october() -> Report:
    """Two events, with the month before."""
    return Report(
        community=CommunityHead(
            community_id="c1",
            name="IT活用コミュニティ",
            locale="ja",
            timezone="Asia/Tokyo",
            charter=Charter(
                objective="ITへの問い合わせを一年で半分にする。",
                who="ITを使うすべての社員",
                what="勉強会、もくもく会、部署をまたぐランチ",
                how="メンバーが教え合う",
            ),
            founded_at=datetime(2026, 4, 1, tzinfo=UTC),
            members=180,
            leaders=4,
        ),
        totals=_figures({"online": 1, "onsite": 1}, attendances=42, people=38),
        attendances_by_format={"online": 30, "onsite": 12},
        events=[
            _event("e1", "Excel ピボット入門", "online", 8, came=30, first=11, nps=41.7),
            _event("e2", "部署をまたぐランチ会", "onsite", 22, came=12, first=3, nps=None),
        ],
        departments=[
            DepartmentFigures(department="営業部", members=60, people=20, attendances=22),
            DepartmentFigures(department="情報システム部", members=40, people=18, attendances=20),
        ],
        meetings=Meetings(departments=["営業部", "情報システム部"], events=[[0, 2], [2, 0]], pairs=1, possible=15),
        surveys=SurveyFigures(
            surveys=2, open=0, suppressed=1, invited=42, answered=24, response_rate=57.1, nps=41.7,
            satisfaction={"9": 14, "8": 6, "5": 4},
        ),
        themes=[ThemeCount(theme="Power Automate", votes=9), ThemeCount(theme="生成AI", votes=7)],
        crossings={"took_part": 90, "shared": 12, "taught": 5, "carried_outside": 1},
        period=Period.month(date(2026, 10, 1)),
        before=Before(
            period=Period.month(date(2026, 9, 1)),
            totals=_figures({"online": 1}, attendances=25, people=25),
            first_timers=9,
            pairs=4,
            surveys=SurveyFigures(surveys=1, open=0, suppressed=0, invited=25, answered=13, nps=30.0),
            outputs=0,
        ),
    )  # fmt: skip


def empty_month() -> Report:
    """The same community in a month in which nothing was held."""
    return october().model_copy(
        update={
            "totals": _figures({}, attendances=0, people=0),
            "attendances_by_format": {},
            "events": [],
            "departments": [DepartmentFigures(department="営業部", members=60, people=0, attendances=0)],
            "meetings": Meetings(departments=[], events=[], pairs=0, possible=15),
            "surveys": SurveyFigures(surveys=0, open=0, suppressed=0, invited=0, answered=0),
            "themes": [],
        }
    )


def _figures(events: dict[str, int], *, attendances: int, people: int) -> Figures:
    return Figures(
        community_id="c1", events=events, attendances=attendances, people=people, returners=attendances - people,
        registrations=attendances + 3, waitlisted=0, promoted=0, withdrawn=2, no_shows=1, walk_ins=0,
    )  # fmt: skip


def _event(event_id: str, title: str, kind: str, day: int, *, came: int, first: int, nps: float | None) -> EventFigures:
    return EventFigures(
        event_id=event_id, title=title, format=kind, context="IT", starts_at=datetime(2026, 10, day, 3, tzinfo=UTC),
        timezone="Asia/Tokyo", capacity=40, registered=came + 2, attended=came, first_timers=first,
        returners=came - first, walk_ins=0, withdrawn=1, no_shows=1, departments=4, invited=came, answered=came // 2,
        suppressed=nps is None, nps=nps,
    )  # fmt: skip
