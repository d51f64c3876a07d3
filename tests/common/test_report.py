"""The impact report: its figures, its page, and the same figures from facts alone."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact, Meta, Refused
from ekkyo.report import page
from ekkyo.report.words import WORDS
from ekkyo_common.report import figures_of
from ekkyo_common.report.figures import nps
from ekkyo_common.report.from_facts import rebuild
from ekkyo_common.report.places import Place
from ekkyo_common.report.themes import together

from tests.common import making
from tests.common.making import NOW
from tests.common.season import season


def test_first_timers_and_returners_of_every_event_add_up_to_who_came() -> None:
    report = figures_of(season())
    assert all(event.first_timers + event.returners == event.attended for event in report.events)
    assert sum(event.first_timers for event in report.events) == report.totals.people


def test_attendances_are_the_same_by_event_by_format_and_by_department() -> None:
    report = figures_of(season())
    by_event = sum(event.attended for event in report.events)
    assert by_event == report.totals.attendances
    assert by_event == sum(report.attendances_by_format.values())
    assert report.others
    assert by_event == sum(one.attendances for one in [*report.departments, report.others])


def test_departments_met_at_the_events_where_both_were_present() -> None:
    met = figures_of(making.fives(e1="ab", e2="abc")).meetings
    at = {name: n for n, name in enumerate(met.departments)}
    assert met.events[at["A"]][at["B"]] == 2
    assert met.events[at["A"]][at["C"]] == 1
    assert (met.pairs, met.possible) == (3, 3)


def test_at_an_event_with_tables_departments_met_at_the_same_table() -> None:
    records = making.fives(e1="abcd", e2="ac")
    tables = {"a": 1, "b": 1, "c": 2}
    seated = [
        place.model_copy(update={"table": tables.get(place.member_id[0])}) if place.event_id == "e1" else place
        for place in records.registrations
    ]
    events = [
        event.model_copy(update={"table_count": 2 if event.event_id == "e1" else None}) for event in records.events
    ]
    met = figures_of(records.model_copy(update={"registrations": seated, "events": events})).meetings
    at = {name: n for n, name in enumerate(met.departments)}
    assert met.events[at["A"]][at["B"]] == 1
    assert met.events[at["A"]][at["C"]] == 1, "at the other event alone, which had no tables"
    assert met.events[at["B"]][at["C"]] == 0
    assert sum(met.events[at["D"]]) == 0, "who came and sat at no table"


def test_people_of_one_department_do_not_meet_another() -> None:
    records = making.records(places={"e1": ["a", "a2"]}, departments={"a": "A", "a2": "A"})
    assert figures_of(records).meetings.pairs == 0


def test_the_seats_of_a_hybrid_event_are_those_in_the_room_and_online() -> None:
    records = making.records(places={"e1": ["a", "b", "c"]})
    hybrid = making.event("e1").model_copy(update={"format": "hybrid", "terms": e.Terms(online_capacity=5)})
    for event, seats in ((making.event("e1"), 2), (hybrid, 7)):
        assert figures_of(records.model_copy(update={"events": [event]})).events[0].capacity == seats


def test_a_suppressed_survey_counts_as_answers_and_says_nothing() -> None:
    records = season()
    hidden = [record for record in records.surveys if record.results and record.results.suppressed]
    report = figures_of(records)
    event = next(event for event in report.events if event.event_id == hidden[0].survey.event_id)
    assert event.suppressed
    assert event.nps is None
    assert sum(report.surveys.satisfaction.values()) == report.surveys.answered - hidden[0].survey.answered


def test_nps_over_surveys_is_that_of_each_weighted_by_its_answers() -> None:
    def told(nps: float | None, **scores: int) -> s.Results:
        counts = {key.strip("_").replace("_", "-"): n for key, n in scores.items()}
        known = {"survey_id": "s", "invited": 9, "answered": 9}
        return s.Results.model_validate({**known, "nps": nps, "distributions": {"satisfaction": counts}})

    assert nps([]) is None
    assert nps([told(None, _0_10=9)]) is None
    assert nps([told(100.0, _10=5), told(-20.0, _0_8=10, _9_10=5)]) == 10.0


def test_a_theme_written_differently_counts_once_as_most_people_wrote_it() -> None:
    ranking = together(
        [([making.theme("ＥＸＣＥＬ", 1), making.theme("RPA", 3)], []), ([making.theme("Excel", 4)], [])]
    )
    assert ranking == [making.theme("Excel", 5), making.theme("RPA", 3)]


def test_a_theme_is_followed_from_what_was_asked_for_to_who_came() -> None:
    records = making.records(places={"e1": ["a", "b"], "e2": ["a"], "e3": ["a", "b", "c"]})
    titles = {"e1": "エクセル入門", "e2": "もくもく会", "e3": "はじめての花見"}
    events = [event.model_copy(update={"title": titles[event.event_id]}) for event in records.events]
    events[1] = events[1].model_copy(update={"from_theme": e.FromTheme(theme="EXCEL", votes=5)})
    events[2] = events[2].model_copy(update={"from_theme": e.FromTheme(theme="花見", votes=2)})
    themes = [making.theme("Excel", 5), making.theme("RPA", 3)]
    loop = figures_of(records.model_copy(update={"events": events, "themes": themes})).loop
    assert [(one.theme, one.asked, one.held, one.came) for one in loop] == [
        ("Excel", 5, 2, 3),
        ("RPA", 3, 0, 0),
        ("花見", 0, 1, 3),
    ]


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_page_stands_alone_and_every_chart_is_well_formed(locale: m.Locale) -> None:
    text = page(figures_of(season()), made_at=NOW, locale=locale)
    assert "<script" not in text
    assert not re.search(r"(src|href)=|url\(|@import", text)
    charts = re.findall(r"<svg.*?</svg>", text, re.S)
    assert len(charts) >= 9
    for chart in charts:
        ElementTree.fromstring(chart)


def test_the_page_escapes_what_people_wrote() -> None:
    records = season()
    wicked = records.events[0].model_copy(update={"title": "<img onerror=x> & co"})
    records = records.model_copy(
        update={"events": [wicked, *records.events[1:]], "themes": [making.theme("<b>bold</b>", 3)]}
    )
    text = page(figures_of(records), made_at=NOW)
    assert "<img" not in text
    assert "<b>bold" not in text


def test_a_community_without_events_has_a_page_too() -> None:
    text = page(figures_of(making.records(places={})), made_at=NOW, locale="en")
    assert WORDS["en"]["none"] in text


def test_both_languages_have_every_word() -> None:
    assert WORDS["ja"].keys() == WORDS["en"].keys()


def test_the_facts_alone_tell_the_waitlist_the_no_shows_and_who_came() -> None:
    records = rebuild(making.facts(), "c1")
    figures = records.figures
    assert (figures.registrations, figures.waitlisted, figures.promoted) == (4, 2, 1)
    assert (figures.withdrawn, figures.no_shows, figures.walk_ins) == (1, 1, 1)
    assert (figures.attendances, figures.people, figures.returners) == (2, 2, 0)
    [kind] = figures.kinds
    assert (kind.format, kind.context, kind.events, kind.registrations) == ("online", "IT", 1, 4)
    assert (kind.came, kind.no_shows, kind.late_cancellations, kind.walk_ins) == (2, 1, 1, 1)
    assert figures.late_cancellations == 1
    report = figures_of(records)
    assert (report.events[0].registered, report.events[0].late_cancellations) == (4, 1)
    told = " ".join(re.sub(r"<[^>]+>", " ", page(report, made_at=NOW, locale="en")).split())
    assert "Late cancellations" in told
    by_kind = told.partition("By kind of event")[2]
    assert "Format Theme Events Registered Came No-shows Late cancellations Walk-ins" in by_kind
    assert "online IT 1 4 2 1 1 1" in by_kind
    assert "Late cancellations" not in page(figures_of(season()), made_at=NOW, locale="en"), "where there are none"
    assert report.crossings["took_part"] == 1
    assert report.community.members == 4
    assert (report.community.name, report.community.colour) == ("越境の会", "#b8401f")
    logo = m.LogoFile(community_id="c1", logo="a.svg", kind="image/svg+xml", data="PHN2Zy8+")
    text = page(report, made_at=NOW, logo=logo)
    assert '<header class="own" style="background: #b8401f">' in text
    assert 'src="data:image/svg+xml;base64,PHN2Zy8+"' in text
    assert report.surveys.nps == 60.0


def test_the_facts_tell_what_is_on_the_board_by_now_and_the_page_lists_it() -> None:
    def told(fact: type[e.OutputFact], id: str, revision: int, **changed: Any) -> Fact:
        known = {"kind": "slides", "title": f"<b>{id}</b>", "authors": ["m1"], "attached_at": NOW, "status": "attached"}
        values: dict[str, Any] = {"output_id": id, "community_id": "c1", "revision": revision, **known, **changed}
        made = fact(output_id=id, output=e.OutputState(**values), **_was(fact))
        return made.told(
            Meta(id=f"{id}/{revision}", source="events", type="x", subject=id, time=NOW, revision=revision)
        )

    facts = [
        *making.facts(),
        told(e.OutputAttached, "o1", 1),
        told(e.OutputRevised, "o1", 2, title="Macros"),
        told(e.OutputAttached, "o2", 1),
        told(e.OutputRemoved, "o2", 2, status="removed"),
        told(e.OutputProposed, "o3", 1, status="proposed", attached_at=None),
        told(e.OutputAttached, "o4", 1, community_id="c2"),
    ]
    report = figures_of(rebuild(facts, "c1"))
    assert [(o.output_id, o.title) for o in report.outputs] == [("o1", "Macros")]
    text = page(report, made_at=NOW, locale="en")
    assert "What came of it" in text
    assert "Macros" in text
    assert "What came of it" not in page(figures_of(rebuild(making.facts(), "c1")), made_at=NOW, locale="en")


def test_how_places_were_given_is_told_beside_first_come_first_served() -> None:
    quotas = e.Quotas(kept=[e.Quota(seats=2, first_timers=True)], released_at=NOW)
    lottery, draw = e.Lottery(draws_at=NOW), {"draw_id": "d1", "seed_sha256": "aa", "stage": "held"}
    changes: list[dict[str, Any]] = [
        {"terms": e.Terms(lottery=lottery), "draw": e.Draw.model_validate(draw)},
        {"terms": e.Terms(lottery=lottery), "draw": e.Draw.model_validate(draw | {"stage": "open"})},
        {"terms": e.Terms(approval=True, group_size=3, quotas=quotas), "series_id": "s1"},
        {"series_id": "s1"},
    ]
    records = season()
    plain = figures_of(records)
    assert (plain.given, "given" in plain.model_dump()) == ([], False)
    changed = [one.model_copy(update=change) for one, change in zip(records.events, changes, strict=False)]
    report = figures_of(records.model_copy(update={"events": changed + records.events[4:]}))
    n = [one.registered for one in report.events]
    assert [(one.way, one.events, one.registrations) for one in report.given] == [
        ("lottery", 1, n[0]), ("approval", 1, n[2]), ("quotas", 1, n[2]), ("together", 1, n[2]),
        ("series", 2, n[2] + n[3]),
    ]  # fmt: skip
    told = f"by lot at 1 event ({n[0]} registrations) · by a leader&#39;s decision at 1 event ({n[2]} registrations) · "
    assert told in page(report, made_at=NOW, locale="en")
    assert f"先着順のほかに、 抽選 1回 ({n[0]}件の登録) · " in page(report, made_at=NOW, locale="ja")
    drawn = making.event("e1").model_copy(update=changes[0])
    [*before, concluded] = [fact for fact in making.facts() if not isinstance(fact, m.MemberCrossed | s.SurveyClosed)]
    facts = [*before, concluded.model_copy(update={"event": drawn})]
    assert [(one.way, one.registrations) for one in figures_of(rebuild(facts, "c1")).given] == [("lottery", 4)]


def _was(fact: type[e.OutputFact]) -> dict[str, Any]:
    return {"was": "attached"} if fact is e.OutputRemoved else {}


def test_a_community_that_no_fact_tells_of_is_refused() -> None:
    with pytest.raises(Refused, match="community_not_found"):
        rebuild([], "c1")


def test_who_applies_again_after_a_late_cancellation_is_not_late():
    place = Place()
    about: Any = {"event_id": "e1", "event": making.event("e1", status="published"), "member_id": "a"}
    for fact, late in (
        (e.RegistrationConfirmed(**about, registration_id="r1"), False),
        (e.RegistrationWithdrawn(**about, registration_id="r1", was="confirmed", late=True), True),
        (e.RegistrationApplied(**about, registration_id="r2"), False),
    ):
        place.hear(fact)
        assert place.late is late, fact
