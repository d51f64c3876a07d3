"""A calendar by pages: every appointment is named with what becomes of it, then imported as drafts."""

import re

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import DraftEvent, GetEvent, GetSeries, PlanSeries, PreviewSeries, SeriesDate, SeriesDates
from ekkyo_common.calendar import TEXTS, id_of, read_calendar
from ekkyo_portal.look.words import calendar as words

from tests.common.test_calendar_import import calendar, event
from tests.portal.leading import answers
from tests.portal.making import HANAKO, LEADER, NOW, opened, text_of
from tests.portal.pictures import in_english

DATES = SeriesDates(
    dates=[
        SeriesDate(starts_at=f"2026-12-{day:02}T09:00:00Z", ends_at=f"2026-12-{day:02}T10:00:00Z")
        for day in (3, 10, 17)
    ],
    endless=False,
)
REPLIES = {
    **answers(),
    GetEvent: Refused("event_not_found", "There is no event with this id.", 404),
    GetSeries: Refused("series_not_found", "There is no series with this id.", 404),
    PreviewSeries: DATES,
}
FILE = calendar(
    event(summary="勉強会 <script>alert(1)</script>", location="本社 3F", lines="ATTENDEE:mailto:x@example.com"),
    event(uid="s", summary="もくもく会", rrule="FREQ=WEEKLY;COUNT=3"),
    event("DTSTART;TZID=Nowhere:20261203T180000", uid="z", summary="海外会議"),
    event("DTSTART:20200101T000000Z", uid="p", summary="昔の会"),
    event(uid="c", summary="秘密", **{"class": "PRIVATE"}),
)
PATH = "/c/it/calendar-import"


def test_every_code_of_the_reader_has_words_in_both_languages_with_the_same_names():
    assert words.JA["said"].keys() == words.EN["said"].keys() == TEXTS.keys()
    for code, text in TEXTS.items():
        assert set(re.findall(r"\{\d\}", words.JA["said"][code])) == set(re.findall(r"\{\d\}", text)), code


async def sent(browser, data=FILE, **form):
    asked = {"capacity": "12", "context": "昼食会", **form}
    files = {"file": ("cal.ics", data, "text/calendar")} if data is not None else None
    return await browser.http.post(PATH, data=asked, files=files, headers={"sec-fetch-site": "same-origin"})


async def test_every_appointment_is_named_before_anything_is_written_and_what_was_chosen_is_imported():
    rows = {
        one.title if hasattr(one, "title") else one.item.title: one
        for one in read_calendar(FILE, zone="Asia/Tokyo", now=NOW).rows
    }
    draft = id_of("it", next(one for title, one in rows.items() if title.startswith("勉強会")))
    series = id_of("it", rows["もくもく会"].item)
    async with opened(REPLIES, LEADER) as browser:
        page = await sent(browser)
        said = text_of(page)
        assert page.status_code == 200, said
        assert "このタイムゾーンはわかりません" in said
        assert "開始日時を過ぎています" in said
        assert "非公開の予定です" in said
        assert "出席者と主催者(1 件)は取り込みません" in said
        assert "秘密" not in said
        assert "x@example.com" not in said
        assert "<script>alert" not in page.text
        boxes = re.findall(r'name="take" value="(.*?)"( checked)?', page.text)
        assert boxes == [(draft, " checked"), (series, "")]
        assert browser.answering.sent(DraftEvent) == browser.answering.sent(PlanSeries) == []
        kept = re.search(r'name="kept" hidden>(.*?)<', page.text)[1]
        form = {"kept": kept, "do": "import", "capacity": "12", "context": "昼食会"}
        done = await browser.post(PATH, {**form, "take": [draft, "another"]})
        assert f'href="/e/{draft}"' in done.text
        (command,) = browser.answering.sent(DraftEvent)
        assert (command.event_id, command.community_id, command.details.capacity) == (draft, "it", 12)
        assert (command.details.format, command.details.context) == ("onsite", "昼食会")
        assert browser.answering.sent(PlanSeries) == []
        done = await browser.post(PATH, {**form, "take": series})
        assert f'href="/series/{series}"' in done.text
        (planned,) = browser.answering.sent(PlanSeries)
        assert (planned.rule, planned.series_id) == ("FREQ=WEEKLY;UNTIL=20261217", series)
        assert "何も取り込んでいません" in text_of(await browser.post(PATH, form))


async def test_in_english_too_and_what_was_imported_before_stays():
    async with opened({**REPLIES, GetEvent: answers()[GetEvent]}, in_english(LEADER)) as browser:
        said = text_of(await sent(browser))
        assert "Imported before" in said
        assert "the time in this file is another one" in said
        assert 'name="take" value' not in said


async def test_who_does_not_lead_the_community_neither_chooses_nor_imports():
    async with opened(REPLIES, HANAKO) as browser:
        assert (await browser.get(PATH)).status_code == 403
        assert (await sent(browser)).status_code == 403
        assert (await browser.post(PATH, {"do": "import", "kept": "eA=="})).status_code == 403
        assert browser.answering.sent(DraftEvent) == []


@pytest.mark.parametrize(
    ("data", "form", "field"),
    [
        (b"", {}, "file"),
        (b"no calendar", {}, "file"),
        (None, {"kept": "%%%"}, "file"),
        (FILE, {"capacity": "0"}, "capacity"),
        (FILE, {"context": ""}, "context"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_beside_its_field(data, form, field):
    async with opened(REPLIES, LEADER) as browser:
        page = await sent(browser, data, **form)
        assert page.status_code == 422
        assert f'id="{field}-wrong"' in page.text
