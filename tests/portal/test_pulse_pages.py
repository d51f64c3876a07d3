"""Pulses and surveys that leaders open by hand, by pages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.members import GetCommunity
from ekkyo.contracts.surveys import (
    EndPulse,
    Form,
    ListPulses,
    ListTemplates,
    OpenSurvey,
    PlanPulse,
    PreviewForm,
    PulseList,
    PulseRound,
    PulseState,
    SurveyState,
)

from tests.portal.leading import IT
from tests.portal.making import HANAKO, LEADER, NOW, opened, text_of
from tests.portal.pictures import in_english
from tests.portal.test_survey_pages import FORM
from tests.portal.test_template_pages import LISTED

PULSE = PulseState(
    pulse_id="1d8f3b52-6c7a-5e94-b0d3-5a2e9c4f7b18",
    community_id="it",
    pulse="how",
    title={"ja": "いまの調子", "en": "How are we?"},
    template="spring",
    anonymous=True,
    weeks=2,
    weekday="TU",
    clock="10:00",
    timezone="Asia/Tokyo",
    starts_on=date(2026, 11, 3),
    days=7,
    share=20,
    status="active",
    next_on=date(2026, 12, 1),
    next_at=datetime(2026, 12, 1, 1, tzinfo=UTC),
    rounds=[
        PulseRound(day=date(2026, 11, 17), because="too_few", members=40, rested=37),
        PulseRound(day=date(2026, 11, 3), survey_id="s7", members=40, rested=0, invited=8),
    ],
    revision=3,
)
OVER = PULSE.model_copy(
    update={"pulse": "old", "title": {"ja": "前の調子"}, "status": "ended", "next_on": None, "next_at": None}
    | {"weeks": None, "share": None, "sample": 12, "anonymous": False, "rounds": []}
)
OPEN = SurveyState(
    survey_id="s9", community_id="it", title={"ja": "春"}, anonymous=True, status="open", opened_at=NOW, deadline=NOW,
    invited=40, answered=0, revision=1,
)  # fmt: skip


def previewed(ask: PreviewForm) -> Form:
    return FORM


REPLIES: dict[type[Any], Any] = {
    GetCommunity: IT,
    ListTemplates: LISTED,
    ListPulses: PulseList(pulses=[PULSE, OVER], members=40, rested=37),
    PreviewForm: previewed,
    PlanPulse: PULSE,
    EndPulse: OVER,
    OpenSurvey: OPEN,
}
TYPED = {
    "title_ja": "いまの調子", "template": "spring", "every": "month", "weekday": "FR", "clock": "09:30",
    "starts_on": "2026-12-01", "by": "sample", "amount": "２０", "days": "5", "anonymous": "on",
}  # fmt: skip
BY_HAND = {
    "title_en": "Spring", "template": "spring", "whom": "everybody", "deadline": "2026-12-10T18:00", "do": "open",
}  # fmt: skip
ADDRESSES = ("/c/it/pulses", "/c/it/pulses/new", "/c/it/pulses/how", "/c/it/surveys/new")


async def test_leaders_see_what_pulses_do_and_what_became_of_their_days() -> None:
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.get("/c/it/pulses")
        said = text_of(page)
        assert "いまお願いできるのは3名です" in said
        assert "2週間ごと 火曜日 10:00" in said
        assert "メンバーの20% · 7日間受付 · 匿名" in said
        assert "毎月・最初の 金曜日" not in said
        assert "12名 · 7日間受付 · 記名" in said
        assert "8名にお願いしました" in said
        assert "5名に満たないため見送り(メンバー40名、30日以内にお願いした方37名)" in said
        assert 'href="/s/s7/results"' in page.text
        english = text_of(await browser.as_(in_english(LEADER)).get("/c/it/pulses"))
        assert "Every 2 weeks, Tuesday 10:00" in english
        assert "8 members were asked" in english


async def test_a_pulse_is_planned_changed_and_ended() -> None:
    async with opened(REPLIES, LEADER) as browser:
        new = await browser.get("/c/it/pulses/new")
        assert 'action="/c/it/pulses/p_' in new.text
        assert "old" not in new.text.partition('id="template"')[2].partition("</select>")[0], "no retired template"
        done = await browser.post("/c/it/pulses/p_1", TYPED)
        assert done.headers["location"] == "/c/it/pulses?did=pulses.planned"
        (sent,) = browser.answering.sent(PlanPulse)
        assert (sent.pulse, sent.title, sent.weeks, sent.weekday, sent.clock) == (
            "p_1",
            {"ja": "いまの調子"},
            None,
            "FR",
            "09:30",
        )
        assert (sent.sample, sent.share, sent.days, sent.anonymous, sent.timezone) == (20, None, 5, True, "Asia/Tokyo")
        shown = await browser.get("/c/it/pulses/how")
        assert 'value="10:00"' in shown.text
        assert "終了する" in text_of(shown)
        ended = await browser.post("/c/it/pulses/how/end")
        assert ended.headers["location"] == "/c/it/pulses?did=pulses.ended"
        assert [cmd.pulse for cmd in browser.answering.sent(EndPulse)] == ["how"]
        assert (await browser.get("/c/it/pulses/none")).status_code == 404


async def test_what_is_wrong_with_a_plan_stands_beside_its_field_and_nothing_typed_is_lost() -> None:
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.post("/c/it/pulses/p_1", TYPED | {"title_ja": "", "amount": "many", "days": "40"})
        assert page.status_code == 422
        for field in ("title_ja", "amount", "days"):
            assert f'id="{field}-wrong"' in page.text, field
        assert 'value="many"' in page.text
        page = await browser.post("/c/it/pulses/p_1", TYPED | {"days": "40"})
        assert "28 以下にしてください" in text_of(page)
        assert browser.answering.sent(PlanPulse) == []
        browser.answering.replies[PlanPulse] = Refused(
            "malformed", "x", 400, [FieldError(field="days", code="unexpected", detail="x")]
        )
        page = await browser.post("/c/it/pulses/p_1", TYPED)
        assert (page.status_code, 'id="days-wrong"' in page.text) == (422, True)
        browser.answering.replies[PlanPulse] = Refused("too_many_pulses", "x", 409)
        page = await browser.post("/c/it/pulses/p_1", TYPED)
        assert "上限に達しています" in text_of(page)


async def test_a_survey_is_opened_by_hand_after_a_look_at_its_questions() -> None:
    async with opened(REPLIES, LEADER) as browser:
        page = await browser.get("/c/it/surveys/new")
        assert "再案内" in text_of(page)
        assert 'name="anonymous" type="checkbox" checked' in page.text
        seen = await browser.post("/c/it/surveys/s9", BY_HAND | {"do": "preview"})
        assert 'value="Spring"' in seen.text, "and what was typed stays"
        assert 'name="satisfaction"' in seen.text
        assert browser.answering.sent(OpenSurvey) == []
        done = await browser.post("/c/it/surveys/s9", BY_HAND)
        assert done.headers["location"] == "/s/s9/results?did=pulses.opened"
        (sent,) = browser.answering.sent(OpenSurvey)
        assert (sent.survey_id, sent.whom, sent.sample, sent.anonymous) == ("s9", "everybody", None, False)
        assert sent.deadline == datetime(2026, 12, 10, 9, tzinfo=UTC)
        await browser.post("/c/it/surveys/s9", BY_HAND | {"whom": "sample", "sample": "10", "anonymous": "on"})
        again = browser.answering.sent(OpenSurvey)[-1]
        assert (again.whom, again.sample, again.anonymous) == ("sample", 10, True)


async def test_why_a_survey_cannot_be_opened_stands_beside_its_field() -> None:
    async with opened(REPLIES, LEADER) as browser:
        wrong = BY_HAND | {"title_en": "", "deadline": "", "whom": "sample", "sample": ""}
        page = await browser.post("/c/it/surveys/s9", wrong)
        assert page.status_code == 422
        for field in ("title_ja", "deadline", "sample"):
            assert f'id="{field}-wrong"' in page.text, field
        errors = [
            FieldError(field="whom", code="too_few", detail="x"),
            FieldError(field="deadline", code="passed", detail="x"),
        ]
        browser.answering.replies[OpenSurvey] = Refused("malformed", "x", 400, errors)
        page = await browser.post("/c/it/surveys/s9", BY_HAND)
        assert "5名に満たないか" in text_of(page)
        assert "これからの日時にしてください" in text_of(page)
        browser.answering.replies[OpenSurvey] = Refused("surveys_overlap", "x", 409)
        page = await browser.post("/c/it/surveys/s9", BY_HAND)
        assert (page.status_code, 'id="whom-wrong"' in page.text) == (422, True)


@pytest.mark.parametrize("path", ADDRESSES)
async def test_only_leaders_open_these_pages_and_send_what_they_say(path: str) -> None:
    async with opened(REPLIES, HANAKO) as browser:
        assert (await browser.get(path)).status_code == 403
        for address in ("/c/it/pulses/how", "/c/it/pulses/how/end", "/c/it/surveys/s9"):
            assert (await browser.post(address, TYPED | BY_HAND)).status_code == 403
        assert browser.answering.sent(PlanPulse) + browser.answering.sent(EndPulse) == []
        assert browser.answering.sent(OpenSurvey) == []
