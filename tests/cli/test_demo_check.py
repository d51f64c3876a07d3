"""What the demo makes of suggestions, and how it sees that followers of a theme are told first."""

from datetime import UTC, datetime

from ekkyo.contracts import notify as n
from ekkyo_cli.demo import check
from ekkyo_cli.demo.loop.suggesting import Drafted
from ekkyo_cli.demo.planning import shared_out
from ekkyo_cli.demo.season import Plan


def delivered(topic: n.Topic, event_id: str, who: str, second: int) -> n.Delivered:
    told = n.Delivery(
        delivery_id=f"{topic}-{event_id}-{who}",
        topic=topic,
        channel="mail",
        member_id=who,
        entity_id=event_id,
        fact_id="f",
        status="sent",
        planned_at=datetime(2026, 4, 1, tzinfo=UTC),
        done_at=datetime(2026, 4, 1, 0, 0, second, tzinfo=UTC),
    )
    return n.Delivered(delivery_id=told.delivery_id, delivery=told)


def test_an_event_at_which_others_heard_before_a_follower_is_named() -> None:
    facts = [
        delivered("event_wanted", "first", "a", 1),
        delivered("event_published", "first", "b", 2),
        delivered("event_published", "late", "b", 3),
        delivered("event_wanted", "late", "a", 4),
    ]
    assert check.followers_first(facts) == (2, ["late"])


def test_a_theme_goes_to_the_kind_of_event_that_suits_it_and_else_to_the_next_one() -> None:
    plans = [
        Plan("Try {theme}", "IT", "online", 5, 5),
        Plan("Summary", "IT", "online", 5, 5),
        Plan("{theme} lunch", "Lunch", "online", 5, 5, suits="English"),
        Plan("{theme} talk", "IT", "online", 5, 5, suits="Chess"),
    ]
    drafts = [Drafted(f"e-{theme}", theme, 3, 1) for theme in ("RPA", "English", "Excel")]
    themes = [one.drafted.theme if one.drafted else None for one in shared_out(plans, drafts)]
    assert themes == ["RPA", None, "English", "Excel"]
