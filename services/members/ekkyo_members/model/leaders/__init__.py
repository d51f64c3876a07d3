"""Choosing leaders that mirror the company: who is a candidate, the choice, and what it is told with."""

from ekkyo_members.model.leaders.people import counted, may_have_done, may_suggest
from ekkyo_members.model.leaders.suggesting import suggest

__all__ = ["counted", "may_have_done", "may_suggest", "suggest"]
