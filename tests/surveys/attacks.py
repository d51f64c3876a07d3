"""How somebody with a copy of everything would find out who said what: all collections, all streams, all logs.

Each attack looks at a copy and guesses the author of every comment it can. They know the service's code and the names
of fields, and nothing that is not in the copy.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

Guess = dict[str, str]
"""A member by the comment they are thought to have written."""
COMMENT = re.compile(r"said-[0-9a-f]{8}")
MEMBER = re.compile(r"member-[0-9a-f]{8}")


@dataclass
class Copy:
    """What the attacker holds."""

    collections: dict[str, list[dict[str, Any]]]
    """Documents in their natural order."""
    streams: list[tuple[str, dict[str, str], bytes]]
    logs: str

    @property
    def answered(self) -> list[tuple[str, datetime]]:
        """Who took part, in this order and at this time: every listener of the facts knows it."""
        return [
            (json.loads(body)["member_id"], datetime.fromisoformat(headers["ce-time"]))
            for subject, headers, body in self.streams
            if subject.startswith("ekkyo.fact.surveys.answered.")
        ]

    @property
    def documents(self) -> Iterator[dict[str, Any]]:
        for documents in self.collections.values():
            yield from documents

    @property
    def responses(self) -> list[tuple[dict[str, Any], str]]:
        """The smallest piece of a document that holds a comment, with the comment, in natural order."""
        return [found for document in self.documents for found in _smallest(document)]


def _smallest(node: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Dictionaries that hold a comment themselves, or hold one in a part without lists of dictionaries below."""
    if isinstance(node, dict):
        inner = [found for value in node.values() for found in _lists(value)]
        if inner:
            yield from inner
        else:
            yield from ((node, comment) for comment in COMMENT.findall(text(node)))


def _lists(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, list):
        for element in value:
            if isinstance(element, dict):
                yield from _smallest(element)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner)


def text(node: Any) -> str:
    return json.dumps(node, default=str, ensure_ascii=False)


def by_order(copy: Copy) -> Guess:
    """The n-th response in the database is of the n-th who answered."""
    return {comment: member for (_, comment), (member, _) in zip(copy.responses, copy.answered, strict=False)}


def by_order_backwards(copy: Copy) -> Guess:
    """The same, newest first."""
    responses = reversed(copy.responses)
    return {comment: member for (_, comment), (member, _) in zip(responses, copy.answered, strict=False)}


def by_any_value_that_sorts(copy: Copy) -> Iterator[Guess]:
    """Responses sorted by any field they all have (ids, times, numbers, keys) come in the order of answering."""
    records = [(record, comment) for record, comment in copy.responses]
    fields = set.intersection(*({*record} for record, _ in records)) if records else set()
    for field in sorted(fields):
        values = [record[field] for record, _ in records]
        if len({type(v) for v in values}) == 1 and isinstance(values[0], int | str | datetime | ObjectId):
            ordered = sorted(records, key=lambda r, field=field: r[0][field])  # type: ignore[misc]
            yield {comment: member for (_, comment), (member, _) in zip(ordered, copy.answered, strict=False)}


def by_time(copy: Copy) -> Guess:
    """A response was written when its author's `answered` was told, or its ObjectId was made."""
    guess: Guess = {}
    for record, comment in copy.responses:
        times = [v.timestamp() for v in record.values() if isinstance(v, datetime)]
        for at in times[:1]:
            guess[comment] = min(copy.answered, key=lambda a: abs(a[1].timestamp() - at))[0]
    return guess


def by_what_they_share(copy: Copy) -> Guess:
    """A document about a member and a response bear a value (stamp, request, revision) that no other documents do."""
    about = [(d, set(MEMBER.findall(text(d)))) for d in copy.documents]
    members = [(_values(d), found.pop()) for d, found in about if len(found) == 1]
    guess: Guess = {}
    for record, comment in copy.responses:
        for value in _values(record):
            sharing = {member for values, member in members if value in values}
            if len(sharing) == 1:
                guess[comment] = sharing.pop()
    return guess


def by_neighbours(copy: Copy) -> Guess:
    """A document, or a part of one, names one member and holds one comment."""
    guess: Guess = {}
    for node in _nodes(list(copy.documents)):
        found, comments = set(MEMBER.findall(text(node))), set(COMMENT.findall(text(node)))
        if len(found) == len(comments) == 1:
            guess[comments.pop()] = found.pop()
    return guess


def by_logs(copy: Copy) -> Guess:
    """A line of a log names a member and repeats what they said."""
    guess: Guess = {}
    for line in copy.logs.splitlines():
        for comment in COMMENT.findall(line):
            for member in MEMBER.findall(line)[:1]:
                guess[comment] = member
    return guess


def by_messages(copy: Copy) -> Guess:
    """A message in a stream has both."""
    guess: Guess = {}
    for _, headers, body in copy.streams:
        everything = text(headers) + body.decode()
        for comment in COMMENT.findall(everything):
            for member in MEMBER.findall(everything)[:1]:
                guess[comment] = member
    return guess


def _values(document: dict[str, Any]) -> set[str]:
    """What may be peculiar to a document: values that are not what somebody said and no ids of the survey."""
    return {
        f"{key}={value}"
        for key, value in document.items()
        if isinstance(value, str | int | datetime) and not isinstance(value, bool) and not COMMENT.search(str(value))
    }


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from _nodes(value)


ATTACKS: dict[str, Callable[[Copy], Guess]] = {
    "order": by_order,
    "order, backwards": by_order_backwards,
    "time": by_time,
    "what they share": by_what_they_share,
    "neighbours": by_neighbours,
    "logs": by_logs,
    "messages": by_messages,
}


def hits(copy: Copy, truth: Guess) -> dict[str, int]:
    """How many authors each attack names rightly."""
    found = {name: _right(attack(copy), truth) for name, attack in ATTACKS.items()}
    found["sorting"] = max((_right(g, truth) for g in by_any_value_that_sorts(copy)), default=0)
    return found


def _right(guess: Guess, truth: Guess) -> int:
    return sum(truth.get(comment) == member for comment, member in guess.items())
