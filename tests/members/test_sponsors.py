"""Sponsors, and when a community reports to them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.testing import Nats, eventually
from ekkyo_members import model
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.members.people import NOW, community, founding, registering
from tests.members.test_leaving import stream

ZONE = "Asia/Tokyo"
REPORTING = model.Reporting()


def adding(sponsor_id: str = "p1", **other: Any) -> contract.AddSponsor:
    known = {"community_id": "c1", "name": "山本 一郎", "email": "yamamoto@example.co.jp", "locale": "ja"}
    return contract.AddSponsor(sponsor_id=sponsor_id, **known | other)


def added(sponsor: Any = None, cmd: Any = None, *, others: int = 0, now: datetime = NOW, turn: Any = None) -> Any:
    cmd, until = cmd or adding(), turn or now + timedelta(seconds=1)
    return model.add_sponsor(sponsor, cmd, ZONE, REPORTING, others=others, until=until, member_id=None, now=now)


def kept(**other: Any) -> model.Sponsor:
    made: model.Sponsor = added().document
    return made.model_copy(update={"revision": 1, **other})


def test_a_sponsor_is_added_once_and_the_next_report_gets_its_timer() -> None:
    decision = added()
    [fact], [timer] = decision.facts, decision.timers
    assert (fact.entity_id, fact.sponsor.email) == ("p1", "yamamoto@example.co.jp")
    assert timer.timer == model.ReportTimer(id="c1")
    assert timer.at == datetime(2026, 5, 1, 9, tzinfo=ZoneInfo(ZONE))
    again = added(kept(), others=1)
    assert (again.facts, again.timers, again.answer) == ((), (), decision.answer)


def test_another_sponsor_under_the_same_id_and_one_too_many_are_refused() -> None:
    with pytest.raises(Refused, match="sponsor_exists"):
        added(kept(), adding(email="other@example.co.jp"))
    with pytest.raises(Refused, match="too_many_sponsors"):
        added(others=50)
    with pytest.raises(Refused, match="unavailable"):
        added(turn=NOW)


def test_of_a_removed_sponsor_nothing_is_left_and_their_facts_are_purged_twice() -> None:
    decision = model.remove_sponsor(kept(member_id="m1"), "c1", now=NOW)
    gone = decision.document
    assert not any(said in str(gone.model_dump()) for said in ("山本", "yamamoto", "m1"))
    assert [(p.fact, p.id) for p in decision.purges] == [(contract.SponsorAdded, "p1")]
    assert [type(f) for f in decision.facts] == [contract.SponsorRemoved]
    assert [t.at for t in decision.timers] == [NOW + timedelta(days=1)]
    assert model.purge_sponsor_again(gone).purges == decision.purges
    assert model.purge_sponsor_again(kept()).purges == []
    again = model.remove_sponsor(gone, "c1", now=NOW + timedelta(hours=1))
    assert (again.document, again.answer, again.facts, again.purges) == (gone, decision.answer, (), ())
    with pytest.raises(Refused, match="sponsor_removed"):
        added(gone)


def test_a_leader_cannot_remove_a_sponsor_of_another_community_by_naming_their_own() -> None:
    with pytest.raises(Refused, match="sponsor_not_found"):
        model.remove_sponsor(kept(), "c2", now=NOW)


@pytest.mark.parametrize(
    ("now", "reporting", "due"),
    [
        ("2026-11-27T12:00", REPORTING, "2026-12-01T09:00"),
        ("2026-12-01T08:59", REPORTING, "2026-12-01T09:00"),
        ("2026-12-01T09:00", REPORTING, "2027-01-01T09:00"),
        ("2026-07-31T23:00", REPORTING, "2026-08-03T09:00"),  # the 1st is a Saturday
        ("2026-12-31T23:00", model.Reporting(2, 7), "2027-01-04T07:00"),
        ("2026-12-20T09:00", model.Reporting(holidays=frozenset({date(2027, 1, 1)})), "2027-01-04T09:00"),
    ],
)
def test_reports_are_due_on_a_working_day_of_the_communitys_own_calendar(
    now: str, reporting: model.Reporting, due: str
) -> None:
    there = ZoneInfo(ZONE)
    at = datetime.fromisoformat(now).replace(tzinfo=there)
    assert reporting.next_after(at, ZONE).astimezone(there) == datetime.fromisoformat(due).replace(tzinfo=there)


@settings(max_examples=60)
@given(
    now=st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    zone=st.sampled_from(["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC"]),
    working_day=st.integers(1, 10),
    hour=st.integers(0, 23),
)
def test_the_next_report_is_always_to_come_and_due_when_it_has_come(
    now: datetime, zone: str, working_day: int, hour: int
) -> None:
    reporting = model.Reporting(working_day, hour)
    at = reporting.next_after(now, zone)
    assert now < at < now + timedelta(days=62)
    assert reporting.due_since(at, zone)
    assert reporting.next_after(at - timedelta(seconds=1), zone) == at


DUE = datetime(2026, 5, 1, 0, 0, tzinfo=UTC)
"""Nine o'clock in Tokyo, on a Friday."""


def test_a_month_is_due_once_and_its_leaders_are_reminded_once() -> None:
    decision = model.report_due(community(), REPORTING, sponsors=True, now=DUE)
    [fact] = decision.facts
    assert (type(fact), fact.month, fact.community_id) == (contract.ReportDue, "2026-04", "c1")
    assert {t.timer.subject.rpartition(".")[2]: t.at.isoformat() for t in decision.timers} == {
        "report": "2026-06-01T00:00:00+00:00",
        "report_reminder": "2026-05-06T00:00:00+00:00",  # after Monday, Tuesday, on Wednesday
    }
    after = decision.document
    again = model.report_due(after, REPORTING, sponsors=True, now=DUE)
    assert (again.document, again.facts) == (after, ())
    reminded = model.report_reminder_due(after)
    assert [(type(f), f.month) for f in reminded.facts] == [(contract.ReportReminderDue, "2026-04")]
    assert model.report_reminder_due(reminded.document).facts == ()
    assert model.report_reminder_due(community()).facts == ()


def test_without_sponsors_nothing_is_due_and_a_timer_that_fires_early_is_set_again() -> None:
    assert model.report_due(community(), REPORTING, sponsors=False, now=DUE).timers == ()
    early = model.report_due(community(), REPORTING, sponsors=True, now=DUE - timedelta(hours=1))
    assert early.facts == ()
    assert [t.at for t in early.timers] == [DUE]


def test_after_a_long_stop_only_the_newest_month_is_reported() -> None:
    late = model.report_due(community(report_due="2026-01"), REPORTING, sponsors=True, now=DUE + timedelta(days=9))
    assert [f.month for f in late.facts] == ["2026-04"]


async def test_who_a_sponsor_was_leaves_the_stream_when_they_or_their_member_record_go(
    steward: Any, nats: Nats, facts: Any
) -> None:
    await steward.send(founding())
    await steward.send(registering("m1"))
    mail = "hanako1@example.co.jp"
    one, two = adding(), adding("p2", name="越境 花子1", email=mail)
    for cmd in (one, two, one):
        await steward.send(cmd)
    with pytest.raises(Refused, match="email_taken"):
        await steward.send(adding("p3"))
    listed = await steward.ask(contract.ListSponsors(community_id="c1"))
    assert [(s.sponsor_id, s.member_id) for s in listed.sponsors] == [("p1", None), ("p2", "m1")]
    await steward.send(contract.RemoveSponsor(sponsor_id="p1", community_id="c1"))
    await steward.send(contract.EraseMember(member_id="m1"))
    assert (await steward.ask(contract.ListSponsors(community_id="c1"))).sponsors == []

    async def both_told() -> bool:
        return sum(isinstance(f, contract.SponsorRemoved) for f in await facts()) == 2

    await eventually(both_told, what="both removals")

    async def gone() -> bool:
        return not [subject for subject, _ in await stream(nats) if ".sponsor_added." in subject]

    await eventually(gone, what="the purge")
    await steward.send(adding("p3"))
