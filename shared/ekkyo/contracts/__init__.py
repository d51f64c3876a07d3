"""The commands, questions and facts of all four services: the contract with everyone who talks to Ekkyo.

One module per owner. Needs pydantic alone.
"""

from typing import Any

from ekkyo.contracts import base, events, members, notify, surveys
from ekkyo.contracts.base import Command, Fact, Question, all_messages

OWNERS = {"members": members, "events": events, "surveys": surveys, "notify": notify}

COMMANDS: dict[str, type[Command[Any]]] = {
    m.subject: m for module in OWNERS.values() for m in all_messages(Command, module)
}
QUESTIONS: dict[str, type[Question[Any]]] = {
    m.subject: m for module in OWNERS.values() for m in all_messages(Question, module)
}
FACTS: dict[str, type[Fact]] = {m.subject: m for module in OWNERS.values() for m in all_messages(Fact, module)}

__all__ = ["COMMANDS", "FACTS", "OWNERS", "QUESTIONS", "base", "events", "members", "notify", "surveys"]
