"""One document while a group is being decided: decisions one after another, in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic

from ekkyo.contracts.base import Refused, owner_of
from ekkyo.decision import D, Decision, E
from ekkyo.decision.clock import utcnow
from ekkyo.store.beside import Beside
from ekkyo.store.encoding import STAMPS_KEPT, Saved, Step, entry_row, read_entry, step, weight_of
from ekkyo.store.entries import BUT_NOT_MORE, EVERYTHING, AtHand, Kept, NotAtHand
from ekkyo.wire import OutMessage, fact_message, purge_message, timer_message

HEAVY = 4_000_000
"""A group adds no more than about so many bytes to one document; what is left waits for the next group."""


@dataclass(eq=False)
class Ask:
    """Somebody waits for a decision about a document."""

    id: str
    decide: Callable[[Any, Any], Decision[Any, Any]]
    keys: tuple[str, ...]
    may_create: bool
    actor: str
    traceparent: str | None
    deadline: float
    answer: asyncio.Future[Any]
    beside: Beside[Any] | None = None
    """What the decision must know beside the document."""
    kept: Kept[Any] | None = None
    """What is known of the document's entries from the change before this one, and for the one behind it."""
    alone: bool = False
    """Tried in company, the whole was not written: tried again by itself, so that others do not suffer."""
    misses: int = 0

    def fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(eq=False)
class Working(Generic[D, E]):
    """`base`: the document as it was read or last saved here; None: there is none."""

    id: str
    base: Saved[D] | None
    fresh: bool
    """Whether it was read for this group; otherwise it was kept, and may be stale."""
    owner: str
    not_found: str
    entry_model: type[E] | None
    at_hand: AtHand[E]
    """What is known of its entries beforehand."""
    asks: list[Ask] = field(default_factory=list)
    document: D | None = None
    changed: set[str] = field(default_factory=set)
    out: list[OutMessage] = field(default_factory=list)
    weight: int = 0
    outcomes: list[tuple[Ask, Any, BaseException | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.document = self.base.document if self.base else None
        if self.base is None or self.entry_model is None:
            self.at_hand.everything = True
        elif not self.at_hand.everything and not self.at_hand.known:  # else what is pending is known already
            for earlier in self.base.steps:
                for row in earlier.entries:
                    self.at_hand.put(read_entry(self.entry_model, row), row["revision"])

    @property
    def revision(self) -> int:
        return self.base.document.revision if self.base else 0

    @property
    def is_changed(self) -> bool:
        return self.document is not (self.base.document if self.base else None)

    @property
    def is_certain(self) -> bool:
        """Whether what was decided without a change was decided on the document as it stands."""
        return self.fresh and not self.at_hand.fetched

    def decide_all(self) -> list[NotAtHand]:
        """Decide what was asked, in order, until something is not at hand; what is decided leaves `asks`.

        Those behind are then only tried, to learn what they will need: first come, first served.
        """
        missing: list[NotAtHand] = []
        for ask in list(self.asks):
            if self.weight > HEAVY:
                break
            try:
                decided = self._decided(ask)
            except NotAtHand as need:
                ask.misses += 1
                missing.append(need if ask.misses < BUT_NOT_MORE else NotAtHand(query=EVERYTHING))
                continue
            except Exception as error:
                if not missing:
                    self._is_decided(ask, None, error)
                continue
            if not missing:
                if isinstance(decided, _Change):
                    self._take(decided)
                self._is_decided(ask, decided.answer, None)
        return missing

    def saved(self, stamp: str) -> Saved[D]:
        """What is to be written: the document, what was pending, and what follows from these decisions."""
        assert self.document is not None
        rows = [entry_row(e, self.at_hand.changes[k]) for k in self.changed if (e := self.at_hand.known[k])]
        steps = self.base.steps if self.base else ()
        if rows or self.out:
            steps = (*steps, step(self.document.revision, rows, self.out))
        stamps = (*(self.base.stamps if self.base else ()), stamp)[-STAMPS_KEPT:]
        return Saved(self.document, steps, stamps)

    def _is_decided(self, ask: Ask, answer: Any, error: BaseException | None) -> None:
        self.asks.remove(ask)
        self.outcomes.append((ask, answer, error))

    def _decided(self, ask: Ask) -> "_Change | Decision[D, Any]":
        """The decision with what follows from it, nothing of it taken yet."""
        if self.document is None and not ask.may_create:
            raise Refused(self.not_found, "There is nothing with this id.", 404)
        decision: Decision[D, Any] = ask.decide(self.document, self.at_hand)
        document = decision.document
        if not (decision.entries or decision.facts or decision.timers or decision.purges) and (
            document is self.document or document == self.document
        ):
            return decision
        if document.id != self.id:
            raise ValueError(f"a decision about {self.id} gave another document, {document.id}")
        if any(e.document_id != self.id for e in decision.entries):
            raise ValueError(f"a decision about {self.id} changed an entry of another document")
        if any(f.entity_id != self.id for f in decision.facts):
            raise ValueError(f"a decision about {self.id} made a fact about another entity")  # its id could be taken
        if any(p.id != self.id or owner_of(p.fact) != self.owner for p in decision.purges):
            raise ValueError(f"a decision about {self.id} purged facts about another entity, or of another service")
        if unread := [e.key for e in decision.entries if not self.at_hand.has(e.key)]:
            raise NotAtHand(keys=unread)
        revision = (self.document.revision if self.document else 0) + 1
        now = utcnow()
        out = [
            fact_message(f, owner=self.owner, revision=revision, n=n, time=now,
                         actor=decision.actor or ask.actor, traceparent=ask.traceparent)
            for n, f in enumerate(decision.facts)
        ]  # fmt: skip
        out += [
            timer_message(t, id=f"{self.owner}/{self.id}/{revision}/{n}", traceparent=ask.traceparent)
            for n, t in enumerate(decision.timers, start=len(out))
        ]
        out = [purge_message(p) for p in decision.purges] + out
        return _Change(document.model_copy(update={"revision": revision}), decision, out)

    def _take(self, change: "_Change") -> None:
        self.document = change.document
        self.out += change.out
        self.weight += sum(weight_of(m) for m in change.out)
        for entry in change.decision.entries:
            self.at_hand.put(entry)  # type: ignore[arg-type]
            self.changed.add(entry.key)


@dataclass(frozen=True)
class _Change:
    document: Any
    decision: Decision[Any, Any]
    out: list[OutMessage]

    @property
    def answer(self) -> Any:
        return self.decision.answer


def trimmed(saved: Saved[D], settled: int) -> Saved[D]:
    """Without the steps up to this revision, which are settled."""
    if not saved.steps or saved.steps[0].revision > settled:
        return saved
    return Saved(saved.document, tuple(s for s in saved.steps if s.revision > settled), saved.stamps)


__all__ = ["HEAVY", "Ask", "Step", "Working", "trimmed"]
