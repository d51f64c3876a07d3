"""A draft remembers the theme that asked for it, and so does what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.events import DraftEvent, DuplicateEvent, FromTheme, PublishEvent, WantedFromTheme
from ekkyo_events import model
from pydantic import ValidationError

from tests.events.test_model import BEFORE, LEADER, NONE, START, details

THEME = FromTheme(theme="Excel", votes=12, followers=3, asked_since=BEFORE)


def drafting(**more: Any) -> DraftEvent:
    times = {"starts_at": START, "ends_at": START + timedelta(hours=1)}
    return DraftEvent(event_id="e1", community_id="c1", details=details(), **times, **more)


def test_the_theme_is_kept_and_told_with_the_event_and_its_copies() -> None:
    wanted = WantedFromTheme.model_validate(THEME.model_dump())
    drafted = model.draft(None, drafting(from_theme=wanted))
    assert drafted.answer.from_theme == THEME
    assert model.draft(drafted.document, drafting(from_theme=wanted)).document == drafted.document
    lot = model.Lot("d1", "0" * 64)
    published = model.publish(drafted.document, NONE, PublishEvent(event_id="e1"), lot=lot, who=LEADER, now=BEFORE)
    assert published.facts[0].event.from_theme == THEME
    again = DuplicateEvent(event_id="e2", like="e1", starts_at=START, ends_at=START + timedelta(hours=1))
    assert model.duplicate(None, drafted.document, again, who=LEADER).answer.from_theme == THEME


def test_an_event_that_nobody_asked_for_says_nothing_of_it() -> None:
    drafted = model.draft(None, drafting())
    assert "from_theme" not in drafted.answer.model_dump()
    assert "from_theme" not in drafted.document.model_dump()
    assert "from_theme" not in drafting().model_dump_json()


def test_a_typo_in_it_is_told() -> None:
    with pytest.raises(ValidationError, match="voices"):
        WantedFromTheme.model_validate({"theme": "Excel", "voices": 3})
