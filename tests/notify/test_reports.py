"""Reports to sponsors: who is asked to release one, what a sponsor gets, and that it is sent once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Meta, Refused
from ekkyo.contracts.members import (
    Community,
    Measure,
    Membership,
    ReportDue,
    ReportReminderDue,
    SponsorAdded,
    SponsorRemoved,
)
from ekkyo.contracts.members import Sponsor as SponsorState
from ekkyo.contracts.notify import ListReleases, PreviewReport, SendReport, report_id
from ekkyo.contracts.reports import MeasureFigures, Report
from ekkyo.wire.passes import PassMaker, PassReader
from ekkyo.wire.tokens import make_keys
from ekkyo_notify import model
from ekkyo_notify.channels.mail.message import Sender, build
from ekkyo_notify.model import CommunityName, Recipient
from ekkyo_notify.templates.links import Links
from ekkyo_notify.templates.reports import report_mail

from tests.notify.making import LOGO, notice, reader
from tests.notify.reporting import MONTH, empty_month, october
from tests.notify.world import World

NOW = datetime(2026, 11, 2, tzinfo=UTC)
IT = CommunityName(id="c1", name="IT活用コミュニティ")
PRIVATE, PUBLIC = make_keys()
PORTAL = "https://ekkyo.example.com"
TO = Recipient(sponsor_id="p1")


def sending(report: Report | None = None, **changes: Any) -> SendReport:
    known = {"community_id": "c1", "month": MONTH, "report": report or october(), "sponsors": ["p1", "p2", "p1"]}
    return SendReport(**known | changes)


def mailed(locale: str = "ja", report: Report | None = None, links: Links | None = None, **looks: Any) -> Any:
    told = notice("report_sent", report=report or october(), month=MONTH)
    return report_mail(told, TO, reader(locale, **looks), links or Links())


def released(kept: Any = None, cmd: SendReport | None = None, *, now: datetime = NOW, who: str = "l1") -> Any:
    return model.release(kept, cmd or sending(), IT, who=who, now=now)


def test_a_month_is_released_once_whoever_presses_again() -> None:
    decision = released()
    [fact] = decision.facts
    assert (fact.report_id, fact.sponsors) == (report_id("c1", MONTH), ["p1", "p2"])
    other = released(decision.document, sending(sponsors=["p3"]), who="l2", now=NOW + timedelta(days=9))
    assert (other.document, other.answer, other.facts) == (decision.document, decision.answer, ())
    assert other.answer.released_by == "l1"


@pytest.mark.parametrize(
    ("changes", "now", "code"),
    [
        ({"month": "2026-09"}, NOW, "report_differs"),
        ({"report": october().model_copy(update={"period": None})}, NOW, "report_differs"),
        ({}, datetime(2026, 10, 31, 14, 59, tzinfo=UTC), "month_not_over"),  # a minute before midnight in Tokyo
    ],
)
def test_only_the_report_of_a_month_that_is_over_can_be_released(changes: Any, now: datetime, code: str) -> None:
    with pytest.raises(Refused, match=code):
        released(None, sending(**changes), now=now)
    assert released(now=datetime(2026, 10, 31, 15, 0, tzinfo=UTC)).facts


def test_a_report_of_another_community_or_of_none_that_is_known_is_refused() -> None:
    with pytest.raises(Refused, match="report_differs"):
        model.release(None, sending(community_id="c2"), CommunityName(id="c2", name="x"), who="l1", now=NOW)
    with pytest.raises(Refused, match="community_not_found"):
        model.release(None, sending(), None, who="l1", now=NOW)


@pytest.mark.parametrize(
    ("locale", "subject", "phrases"),
    [
        (
            "ja",
            "IT活用コミュニティ 2026年10月の活動レポート",
            ("イベントを2回開催し、のべ42人が参加しました", "2026年9月", "10/8", "30人", "報告先に登録しています"),
        ),
        (
            "en",
            "IT活用コミュニティ: report for October 2026",
            ("held 2 events with 42 attendances", "September 2026", "8 Oct", "30 came", "named you as a sponsor"),
        ),
    ],
)
def test_a_sponsor_reads_the_first_page_and_gets_the_whole_as_a_file(
    locale: str, subject: str, phrases: tuple[str, ...]
) -> None:
    said = mailed(locale, logo=LOGO)
    assert said.subject == subject
    for phrase in phrases:
        assert phrase in said.text()
        assert phrase in said.html()
    name, page = said.file
    assert name == "report-2026-10.html"
    assert "<svg" in page
    assert "data:image/png;base64," in page
    assert said.action is None
    mail = build(
        said, sender=Sender("no@example.com"), to="a@example.com", delivery_id="d1", community_id="c1", date=NOW
    )
    assert b'attachment; filename="report-2026-10.html"' in mail


def test_measures_stand_in_the_mail_and_in_its_file_each_against_its_target() -> None:
    one = Measure(key="k", label="Questions", counted="reported", target=200, period="month", unit="件")
    figures = MeasureFigures(measure=one, value=312, outcome="not_at_this_pace")
    report = october().model_copy(update={"measures": [figures]})
    for locale, goal in (("ja", "目標 200 件"), ("en", "Target: 200 件")):
        said = mailed(locale, report)
        for text in (said.text(), said.html(), said.file[1]):
            assert "Questions" in text
            assert "312 件" in text
            assert goal in text
    assert "At this pace, the target will not be reached." in mailed("en", report).text()
    assert "Measures" not in mailed("en").text()


def test_a_report_that_tells_of_fewer_than_five_people_of_a_department_is_not_sent() -> None:
    one = october().departments[0].model_copy(update={"people": 4})
    with pytest.raises(Refused, match="too_few_people"):
        released(None, sending(october().model_copy(update={"departments": [one]})))
    met = october().meetings.model_copy(update={"departments": ["x"], "events": [[0]]})
    with pytest.raises(Refused, match="too_few_people"):
        released(None, sending(october().model_copy(update={"meetings": met})))


def test_one_event_and_one_vote_are_told_as_one() -> None:
    report = october()
    one = report.model_copy(
        update={
            "events": [report.events[0].model_copy(update={"attended": 1})] * 21,
            "themes": [report.themes[0].model_copy(update={"votes": 1})],
        }
    )
    text = mailed("en", one).text()
    assert "1 vote\n" in text
    assert "1 more is in the attached report." in text


def test_a_month_without_events_says_so_and_shows_no_empty_tables() -> None:
    japanese, english = mailed("ja", empty_month()), mailed("en", empty_month())
    assert "2026年10月に終了したイベントはありませんでした。" in japanese.text()
    assert "No event was concluded in October 2026." in english.text()
    assert "開催したイベント" not in japanese.html()
    assert "Events held" not in english.html()


def test_each_sponsor_has_a_link_of_their_own_that_ends_the_reports_of_this_community_alone() -> None:
    said = mailed("en", links=Links(PORTAL, None, PassMaker(PRIVATE)))
    address, _, held = said.unsubscribe.rpartition("/")
    assert address == f"{PORTAL}/u/reports/c1"
    found = PassReader(PUBLIC["keys"])
    theirs = found.of(held, "messages", "reports/c1", now=NOW)
    assert theirs
    assert theirs.member_id == "p1"
    assert found.of(held, "messages", "reports/c2", now=NOW) is None
    assert found.of(held, "messages", "c1", now=NOW) is None
    assert said.unsubscribe in said.html()
    assert "Stop getting this report" in said.text()


def test_what_people_wrote_stays_text_in_the_mail() -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}\r\nBcc: x@example.com'
    report = october()
    event = report.events[0].model_copy(update={"title": hostile})
    said = mailed("ja", report.model_copy(update={"events": [event]}), community=hostile, name=hostile)
    assert "<script" not in said.html()
    assert "\n" not in said.subject
    assert "49" not in said.subject


def test_what_is_kept_of_a_failed_delivery_holds_no_second_copy_of_the_report() -> None:
    told = notice("report_sent", report=october(), month=MONTH)
    kept = model.Kept.of(told, TO)
    assert kept.notice.report is None
    assert kept.notice.month == MONTH


async def test_a_released_report_goes_once_to_each_sponsor_who_is_there_and_in_the_company(world: World) -> None:
    await world.found()
    await world.join("boss", communities=[Membership(community_id="c1", joined_at=NOW, role="leader")])
    await world.join("m2", active=False)
    people = [
        ("山本 一郎", "yamamoto@example.com", None),
        ("鈴木", "m2@example.co.jp", "m2"),
        ("佐藤", "s@example.com", None),
    ]
    for n, (name, email, member) in enumerate(people):
        await world.tell(sponsor_added(f"p{n}", name, email, member))
    await world.tell(SponsorRemoved(sponsor_id="p2", community_id="c1"))
    charter = october().community.charter
    it = Community(community_id="c1", name="IT", rules="", charter=charter, founded_at=NOW, revision=1)
    await world.tell(ReportDue(community_id="c1", community=it, month=MONTH))
    [asked] = await world.done(1)
    assert (asked.topic, asked.member_id, asked.status) == ("report_due", "boss", "sent")
    leader = ("l1", "leader:c1")
    await world.quiet()
    preview = await world.ask(
        PreviewReport(community_id="c1", month=MONTH, report=october(), locale="ja", sponsor_id="p0"), *leader
    )
    command = sending(sponsors=["p0", "p1", "p2", "p0"])
    first = await world.send(command, *leader)
    assert await world.send(command, "l2", "leader:c1") == first
    with pytest.raises(Refused, match="not_allowed"):
        await world.send(command, "l3", "leader:c2")
    await world.done(3)
    [told] = (await world.ask(ListReleases(community_id="c1"), *leader)).reports
    became = {d.sponsor_id: (d.status, d.reason) for d in told.deliveries}
    assert became == {"p0": ("sent", None), "p1": ("dropped", "member_left")}
    mails = [m for m in world.mail.mails if "yamamoto@example.com" in m["To"]]
    assert len(mails) == 1
    assert mails[0]["Subject"] == preview.subject
    body = mails[0].get_body(("html",))
    assert body
    assert "山本 一郎 様" in body.get_content()
    assert "山本 一郎 様" in preview.html
    [attached] = list(mails[0].iter_attachments())
    assert attached.get_filename() == "report-2026-10.html"
    await world.tell(ReportReminderDue(community_id="c1", community=it, month=MONTH))
    await world.quiet()
    assert len(await world.deliveries()) == 3, "who released it is not reminded"


def sponsor_added(sponsor_id: str, name: str, email: str, member_id: str | None = None) -> SponsorAdded:
    state = SponsorState(
        sponsor_id=sponsor_id, community_id="c1", name=name, email=email, locale="ja", member_id=member_id,
        added_at=NOW, revision=1,
    )  # fmt: skip
    return SponsorAdded(sponsor_id=sponsor_id, sponsor=state)


def test_a_sponsor_who_is_a_member_is_reached_where_they_are_now_and_not_once_they_left() -> None:
    meta = Meta(id="x", source="s", type="t", subject="s", time=NOW, revision=1)
    fact = sponsor_added("p1", "山本", "old@example.com").told(meta)
    sponsor = model.KnownSponsor.of(fact)  # type: ignore[arg-type]
    assert sponsor.contact(None, "Asia/Tokyo").email == "old@example.com"
    member = model.Contact(
        id="m1", name="山本", email="new@example.com", channels=["chat"], locale="en", timezone="UTC", active=False
    )
    found = sponsor.contact(member, "Asia/Tokyo")
    assert (found.id, found.email, found.channels, found.locale, found.active) == (
        "p1", "new@example.com", ["mail"], "ja", False,
    )  # fmt: skip
