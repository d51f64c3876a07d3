"""What the season must show at its end: every figure again from the facts alone, and nobody told anything twice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import notify as n
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact
from pydantic import BaseModel

Telling = tuple[str, str]
"""The id of the fact that is told, and the member, or the sponsor, who is told it by mail."""


def tellings(facts: Iterable[Fact]) -> set[Telling]:
    """Every mail that these facts call for, in the order of the stream."""
    members: dict[str, m.MemberState] = {}
    found: set[Telling] = set()
    for fact in facts:
        if isinstance(fact, m.MemberFact):
            members[fact.member_id] = fact.member
        if isinstance(fact, n.ReportReleased):
            found |= {(fact.meta.id, sponsor_id) for sponsor_id in fact.sponsors}
        found |= {
            (fact.meta.id, who) for who in _told(fact, members) if who in members and "mail" in members[who].channels
        }
    return found


def _told(fact: Fact, members: dict[str, m.MemberState]) -> Iterable[str]:
    match fact:
        case e.EventFact() if fact.series_change:  # told by the series, once
            return []
        case e.EventPublished() | e.SeriesPlanned():
            community = (fact.event if isinstance(fact, e.EventPublished) else fact.series).community_id
            return [i for i, who in members.items() if any(c.community_id == community for c in who.communities)]
        case m.RoleGranted() if not fact.deputy_of:
            return [fact.member_id]
        case e.EventRevised():
            return {*fact.confirmed, *fact.waitlisted, *fact.applied, *fact.invited} - {*fact.promoted}
        case e.EventRescheduled() | e.EventCancelled():
            return {*fact.confirmed, *fact.waitlisted, *fact.applied, *fact.invited}
        case e.SeriesChanged():
            return [one.member_id for one in fact.people]
        case e.SeriesRegistered() | e.SeriesWithdrawn():
            return [fact.member_id]
        case e.EventReminderDue():
            return fact.confirmed
        case e.OutputAttached():
            return {*fact.output.authors} - {fact.meta.actor}
        case e.OutputProposed():
            return [i for i, who in members.items() if _leads(who, fact.output.community_id)]
        case s.SurveyOpened():
            return fact.invited
        case e.RegistrationApplied() if _first_to_wait(fact):
            return [fact.member_id, *(i for i, who in members.items() if _leads(who, fact.event.community_id))]
        case (
            e.RegistrationApplied()
            | e.RegistrationConfirmed()
            | e.RegistrationWaitlisted()
            | e.RegistrationPromoted()
            | e.RegistrationWithdrawn()
            | e.RegistrationDeclined()
        ):
            return [fact.member_id]
        case _:
            return []


def followers_first(facts: Iterable[Fact]) -> tuple[int, list[str]]:
    """How many mails told followers of a theme of an event on it, and the events at which others were told before."""
    mails = [fact.delivery for fact in facts if isinstance(fact, n.Delivered) and fact.delivery.channel == "mail"]
    others: dict[str, datetime] = {}
    for mail in mails:
        if mail.topic == "event_published" and mail.done_at:
            others[mail.entity_id] = min(mail.done_at, others.get(mail.entity_id, mail.done_at))
    first = [(mail.entity_id, mail.done_at) for mail in mails if mail.topic == "event_wanted"]
    return len(first), sorted({event for event, at in first if at and event in others and at > others[event]})


def mails_twice(mailbox: Path) -> list[str]:
    """The delivery ids that stand on more than one mail in the mailbox."""
    heads = BytesHeaderParser(policy=policy.default)  # what comes below the head is ten kilobytes of each mail
    seen = Counter(str(heads.parsebytes(file.read_bytes())["X-Ekkyo-Delivery"]) for file in mailbox.rglob("*.eml"))
    return sorted(delivery for delivery, times in seen.items() if times > 1)


def mails(mailbox: Path) -> int:
    return sum(1 for _ in mailbox.rglob("*.eml"))


def differences(told: BaseModel, counted: BaseModel) -> Iterator[str]:
    """Where two reports differ, figure by figure: `totals.no_shows: the services say 7, the facts 8`."""
    yield from _differ("", told.model_dump(mode="json"), counted.model_dump(mode="json"))


def _differ(path: str, told: object, counted: object) -> Iterator[str]:
    if isinstance(told, dict) and isinstance(counted, dict):
        for key in sorted(told.keys() | counted.keys()):
            yield from _differ(f"{path}.{key}".lstrip("."), told.get(key), counted.get(key))
    elif isinstance(told, list) and isinstance(counted, list) and len(told) == len(counted):
        for number, (a, b) in enumerate(zip(told, counted, strict=True)):
            yield from _differ(f"{path}[{number}]", a, b)
    elif told != counted:
        yield f"{path}: the services say {told!r}, the facts {counted!r}"


def _first_to_wait(fact: e.RegistrationApplied) -> bool:
    """Whether leaders are asked to decide: they are for the first application that waits."""
    return fact.event.terms is not None and fact.event.terms.approval and fact.event.applied == 1


def _leads(member: m.MemberState, community_id: str) -> bool:
    return any(c.community_id == community_id and c.role == "leader" for c in member.communities)
