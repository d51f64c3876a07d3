"""The measures of a community: how each stands, figures that leaders report, and the form that changes them."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CountEvents, EventCounts, SpanCounts
from ekkyo.contracts.members import (
    CommunityListed,
    CommunityPage,
    GetMeasures,
    ListCommunities,
    Measure,
    MeasureReports,
    Measures,
    MeasureValue,
    ReportMeasure,
    ReviseCharter,
)
from ekkyo.contracts.surveys import CountAnswers

from tests.portal.making import HANAKO, LEADER, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_community_pages import known
from tests.portal.test_people_pages import MARKUP, community

CAME = Measure(key="came", label="のべ参加者", counted="attendances", target=250)
DESK = Measure(
    key="desk",
    label=MARKUP,
    counted="reported",
    target=200,
    baseline=400,
    unit="件",
    period="month",
    direction="down",
)
ALL = (CAME, DESK)
FOUNDED = datetime(2026, 4, 1, tzinfo=UTC)


def replies(*measures: Measure) -> dict[type[Any], Any]:
    """A community with these measures: 20 attendances a month, and ever fewer questions to the help desk."""
    it = community(founded_at=FOUNDED)
    it = it.model_copy(update={"charter": it.charter.model_copy(update={"measures": list(measures)})})

    def counts(question: CountEvents) -> EventCounts:
        months = [FOUNDED.replace(month=month, day=15) for month in range(4, 12)]
        found = [
            SpanCounts(attendances=20 * sum((s.since is None or at >= s.since) and at < s.until for at in months))
            for s in question.spans
        ]
        return EventCounts(community_id="it", counts=found)

    values = [MeasureValue(on=date(2026, 5 + n, 28), value=400 - 20 * n) for n in range(6)]
    return {
        **known(),
        ListCommunities: CommunityPage(communities=[CommunityListed(community=it, members=3, leaders=["taro"])]),
        CountEvents: counts,
        GetMeasures: Measures(community_id="it", reports=[MeasureReports(key="desk", values=values)]),
        ReportMeasure: MeasureReports(key="desk", values=values),
        ReviseCharter: it,
    }


async def test_everybody_sees_each_measure_against_its_target_with_the_day_it_is_reached():
    async with opened(replies(CAME, DESK)) as browser:
        page = await browser.get("/c/it/measures")
        said = text_of(page)
        assert "160 目標 250" in said
        assert "このペースなら、2027年4月12日に目標に達します。" in said
        assert "300 件 目標 200 件 以下 · 2026年10月" in said
        assert page.text.count("<svg") >= 2
        assert MARKUP not in page.text
        assert "数字を報告する" not in said, "that is for leaders"
        assert "160 目標 250" in text_of(await browser.get("/c/it"))
        assert len(browser.answering.sent(CountEvents)) == 1, "counted once a minute"
        assert not browser.answering.sent(CountAnswers), "no measure counts answers"
        browser.as_(in_english(HANAKO))
        assert "At this pace, the target will be reached on" in text_of(await browser.get("/c/it/measures"))


async def test_without_measures_nothing_is_counted_and_leaders_can_choose_some():
    async with opened(replies()) as browser:
        assert "指標はまだ決まっていません" in text_of(await browser.get("/c/it/measures"))
        assert "指標" not in text_of(await browser.get("/c/it"))
        browser.as_(LEADER)
        assert 'href="/c/it/measures/edit"' in (await browser.get("/c/it")).text
        assert not browser.answering.sent(CountEvents)


async def test_a_service_that_is_away_takes_away_its_part_of_the_page():
    away = {CountEvents: Refused("unavailable", "x", 503)}
    async with opened(replies(CAME) | away) as browser:
        page = await browser.get("/c/it")
        assert page.status_code == 200
        assert "いまこの部分を表示できません" in text_of(page)
        assert "いまこの部分を表示できません" in text_of(await browser.get("/c/it/measures"))


async def test_a_leader_reports_a_figure_once_however_it_is_typed():
    async with opened(replies(CAME, DESK), LEADER) as browser:
        page = await browser.get("/c/it/measures")
        report_id = re.search(r'name="report_id" value="([^"]+)"', page.text)
        assert report_id
        sent = {"measure": "desk", "report_id": report_id[1], "on": "2026-11-25", "value": "1,2８0"}
        for _ in range(2):
            assert (await browser.post("/c/it/measures/report", sent)).status_code == 303
        one, other = browser.answering.sent(ReportMeasure)
        assert one == other
        assert (one.measure, one.on, one.value, one.report_id) == ("desk", date(2026, 11, 25), 1280, report_id[1])
        wrong = await browser.post("/c/it/measures/report", sent | {"on": "", "value": "たくさん"})
        assert wrong.status_code == 400
        assert "数字を入力してください" in text_of(wrong)
        assert "日付を入力してください" in text_of(wrong)
        assert "たくさん" in wrong.text
        assert report_id[1] in wrong.text


@pytest.mark.parametrize("path", ["/c/it/measures/report", "/c/it/measures/edit"])
async def test_members_report_and_change_nothing(path: str):
    async with opened(replies(CAME)) as browser:
        assert (await browser.post(path, {"do": "save"})).status_code == 403
        assert not browser.answering.sent(ReviseCharter)


def _row(n: int, key: str, **fields: str) -> dict[str, str]:
    typed = {"label": "Talks", "counted": "events", "target": "12", "period": "whole", "direction": "up", **fields}
    return {f"{name}-{n}": value for name, value in typed.items()}


async def test_rows_are_added_and_removed_without_script_and_saved_together():
    async with opened(replies(CAME), LEADER) as browser:
        page = await browser.get("/c/it/measures/edit")
        assert 'value="のべ参加者"' in page.text
        assert 'value="250"' in page.text
        more = await browser.post("/c/it/measures/edit", {"do": "add", "key": "came", **_row(0, "came", label="参加")})
        assert 'value="参加"' in more.text, "what was typed is kept"
        new = re.findall(r'name="key" value="(new-[^"]+)"', more.text)
        assert len(new) == 1
        rows = {"key": ["came", new[0]], **_row(0, "came"), **_row(1, "new", label="Help desk", counted="reported")}
        less = await browser.post("/c/it/measures/edit", {**rows, "do": "remove-0"})
        assert 'value="came"' not in less.text
        assert 'value="Help desk"' in less.text
        assert (await browser.post("/c/it/measures/edit", {**rows, "do": "save"})).status_code == 303
        (sent,) = browser.answering.sent(ReviseCharter)
        assert [(m.key, m.counted, m.target) for m in sent.charter.measures] == [
            ("came", "events", 12),
            ("help-desk", "reported", 12),
        ]
        assert sent.charter.objective == "問い合わせを半分に"
        assert sent.rules is None


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved():
    async with opened(replies(CAME), LEADER) as browser:
        rows = {"key": ["came", "x"], **_row(0, "came", target="many"), **_row(1, "x", period="season", label="")}
        page = await browser.post("/c/it/measures/edit", {**rows, "do": "save"})
        assert page.status_code == 400
        assert 'id="target-0-wrong"' in page.text
        assert 'id="label-1-wrong"' in page.text
        season = {"key": ["x"], **_row(0, "x", period="season", starts_on="2026-05-01", until="2026-04-01")}
        said = text_of(await browser.post("/c/it/measures/edit", {**season, "do": "save"}))
        assert "最初の日と、それより後の最後の日" in said
        assert not browser.answering.sent(ReviseCharter)


async def test_the_charter_in_words_leaves_the_measures_as_they_are():
    words = {"objective": "o", "who": "w", "what": "w", "how": "h", "figures": "", "rules": "何でも聞く"}
    async with opened(replies(CAME, DESK), LEADER) as browser:
        assert (await browser.post("/c/it/charter", words)).status_code == 303
        (sent,) = browser.answering.sent(ReviseCharter)
        assert sent.charter.measures == [CAME, DESK]
