"""Introductions: asked for by one member, answered by another, and given only if both say yes.

How much one member asks is counted in a document of its own: so the limits hold whatever is asked at the same moment.
They are limits of time alone, because what may be asked next must not tell what others answered.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Instant
from ekkyo.decision import Decision, Document, Refused, Timer
from ekkyo.words.themes import Vocabulary, starting
from pydantic import BaseModel, Field

from ekkyo_members.model.member import Member, must_be_active
from ekkyo_members.model.teaching import is_about, known_as, teaches_to

ANSWERED_WITHIN: Final = timedelta(days=contract.INTRODUCTION_DAYS)
KEPT: Final = timedelta(days=90)
SEEN: Final = {"community_id", "topic", "message", "asked_at", "ends_at", "named"}


class IntroductionTimer(Timer):
    """An introduction is over, or is to be deleted."""

    subject: ClassVar[str] = "ekkyo.timer.members.introduction"


class Wish(BaseModel):
    """That a member asked somebody, known to them by a name in one community, for an introduction."""

    introduction_id: str
    teacher: str
    at: Instant


class Wishes(Document):
    """What one member asked for in the last 90 days. Its id is the member's."""

    wishes: list[Wish] = []


class Introduction(Document):
    """An introduction. Once it is forgotten, nothing is left of it but its id."""

    community_id: str = ""
    asked_by: str | None = None
    """None: they were erased, or it was deleted after 90 days."""
    teacher_id: str | None = None
    topic: str = Field(default="", repr=False)
    message: str = Field(default="", repr=False)
    named: bool = False
    asked_at: Instant
    ends_at: Instant
    accepted: bool | None = None
    taken_back: bool = False
    over: bool = False
    """Whether it was told that the time is over."""

    @property
    def given(self) -> bool:
        return self.accepted is True


@dataclass(frozen=True)
class Two:
    """The member who asks and the teacher, as they are now; None: not known, or not any more.

    words: the vocabulary of the community.
    """

    asker: Member | None
    teacher: Member | None
    words: Vocabulary = field(default_factory=starting)


def introduction_id(cmd: contract.RequestIntroduction) -> str:
    """The id of what a member asked for: nobody else's, whatever others call their requests."""
    return sha256(f"{cmd.member_id}/{cmd.request_id}".encode()).hexdigest()[:32]


def wish(kept: Wishes | None, cmd: contract.RequestIntroduction, two: Two, *, now: datetime) -> Decision[Wishes, None]:
    """Count what a member asks for, unless there is nobody to ask, or they ask too much."""
    kept = kept or Wishes(id=cmd.member_id)
    if any(one.introduction_id == introduction_id(cmd) for one in kept.wishes):
        return Decision(kept, None)
    if two.asker is None or two.asker.erased:
        raise Refused("member_not_found", "There is no member with this id.")
    must_be_active(two.asker)
    if cmd.community_id not in two.asker.communities:
        raise Refused("not_a_member", "Only members of this community can do this.")
    if two.teacher is None or not _can_be_asked(two.teacher, cmd, two.asker, two.words):
        raise Refused("teacher_not_found", "Nobody in this community whom you can see teaches this.")
    left = [one for one in kept.wishes if now < one.at + KEPT]
    if any(one.teacher == cmd.teacher for one in left):
        raise Refused("introduction_asked_before", "You asked this member in the last 90 days.")
    if sum(now < one.at + ANSWERED_WITHIN for one in left) >= contract.INTRODUCTIONS_AT_ONCE:
        raise Refused("too_many_introductions", "You asked for as many introductions as you can in 14 days.")
    one = Wish(introduction_id=introduction_id(cmd), teacher=cmd.teacher, at=now)
    return Decision(kept.model_copy(update={"wishes": [*left, one]}), None)


def _can_be_asked(teacher: Member, cmd: contract.RequestIntroduction, asker: Member, words: Vocabulary) -> bool:
    """Whether the asker sees in this community, under this name, that they teach the topic."""
    return (
        teaches_to(teacher, cmd.community_id, asker)
        and known_as(teacher, cmd.community_id) == cmd.teacher
        and any(is_about(said, cmd.topic, words) for said in (teacher.skills.teaches if teacher.skills else []))
    )


def request(
    kept: Introduction | None, cmd: contract.RequestIntroduction, teacher: Member | None, *, now: datetime
) -> Decision[Introduction, contract.Introduction]:
    """Ask a teacher for what was counted."""
    if kept is not None:
        if any(getattr(kept, name) != getattr(cmd, name) for name in ("community_id", "topic", "message", "named")):
            raise Refused("introduction_exists", "Another introduction was requested with this id.")
        return Decision(kept, as_asked(kept, teacher, now))
    if teacher is None:
        raise Refused("teacher_not_found", "Nobody in this community whom you can see teaches this.")
    made = Introduction(
        id=introduction_id(cmd),
        **cmd.model_dump(include={"community_id", "topic", "message", "named"}),
        asked_by=cmd.member_id,
        teacher_id=teacher.id,
        asked_at=now,
        ends_at=now + ANSWERED_WITHIN,
    )
    told = contract.IntroductionRequested(**_told(made), teacher_id=teacher.id)
    timer = IntroductionTimer(id=made.id).at(made.ends_at)
    return Decision(made, as_asked(made, teacher, now), facts=[told], timers=[timer])


def answer(
    kept: Introduction, cmd: contract.AnswerIntroduction, two: Two, records: Collection[str] = (), *, now: datetime
) -> Decision[Introduction, contract.Introduction]:
    """Say yes or no. Of a no there is no fact: nobody is to learn of it.

    records: the ids of the teacher, with those of records that are part of theirs.
    """
    if kept.teacher_id not in {cmd.member_id, *records} or two.teacher is None:
        raise introduction_not_found()
    if kept.accepted == cmd.accept:
        return Decision(kept, as_received(kept, two.asker, now))
    if kept.given:
        raise Refused("introduction_given", "You said yes, and both of you were told who the other is.")
    if not _open(kept, two.asker, now):
        raise Refused("introduction_over", "This introduction can no longer be answered.")
    must_be_active(two.teacher)
    if cmd.accept and kept.community_id not in two.teacher.communities:
        raise Refused("not_a_member", "Only members of this community can do this.")
    decided = kept.model_copy(update={"accepted": cmd.accept})
    facts = [contract.IntroductionGiven(**_told(decided), teacher_id=cmd.member_id)] if cmd.accept else []
    return Decision(decided, as_received(decided, two.asker, now), facts=facts)


def take_back(
    kept: Introduction,
    cmd: contract.TakeBackIntroduction,
    teacher: Member | None,
    records: Collection[str] = (),
    *,
    now: datetime,
) -> Decision[Introduction, contract.Introduction]:
    """Ask no more. What was given, or is over, stays as it is. records: the ids of the caller, also former ones."""
    if kept.asked_by not in {cmd.member_id, *records}:
        raise introduction_not_found()
    if kept.given or not _waits(kept, now):
        return Decision(kept, as_asked(kept, teacher, now))
    after = kept.model_copy(update={"taken_back": True})
    return Decision(after, as_asked(after, None, now))


def end(kept: Introduction, *, now: datetime) -> Decision[Introduction, None]:
    """Tell that the time is over, and after 90 days delete what was said."""
    if kept.asked_by is None or now < kept.ends_at:
        return Decision(kept, None)
    deleted = kept.asked_at + KEPT
    if now >= deleted:
        return Decision(_forgotten(kept), None)
    if kept.over:
        return Decision(kept, None)
    after = kept.model_copy(update={"over": True})
    told = [] if kept.given or kept.taken_back else [contract.IntroductionNotGiven(**_told(kept))]
    return Decision(after, None, facts=told, timers=[IntroductionTimer(id=kept.id).at(deleted)])


def without(kept: Introduction, member_id: str) -> Decision[Introduction, None]:
    """Forget an erased member: all that they asked for, and that it was they who were asked.

    Who asked them hears what they would hear otherwise, when the time is over.
    """
    if kept.asked_by == member_id:
        return Decision(_forgotten(kept), None)
    if kept.teacher_id == member_id:
        return Decision(kept.model_copy(update={"teacher_id": None}), None)
    return Decision(kept, None)


def no_wishes(kept: Wishes) -> Decision[Wishes, None]:
    """Forget what an erased member asked for."""
    return Decision(kept.model_copy(update={"wishes": []}) if kept.wishes else kept, None)


def as_asked(kept: Introduction, teacher: Member | None, now: datetime) -> contract.Introduction:
    """As whoever asked sees it: nothing tells a no from no answer, and the teacher's name only when it is given."""
    if kept.given or kept.taken_back:
        status: contract.IntroductionStatus = "given" if kept.given else "taken_back"
    else:
        status = "asked" if _waits(kept, now) else "not_this_time"
    return _seen(kept, status, teacher if kept.given else None, address=True)


def as_received(kept: Introduction, asker: Member | None, now: datetime) -> contract.Introduction:
    """As the teacher sees it; what is over has no message any more."""
    if kept.given or kept.taken_back:
        status: contract.IntroductionStatus = "given" if kept.given else "taken_back"
    elif not _open(kept, asker, now):
        status = "not_this_time"
    else:
        status = "asked" if kept.accepted is None else "declined"
    shown = asker if kept.given or (kept.named and status in ("asked", "declined")) else None
    seen = _seen(kept, status, shown, address=kept.given)
    return seen if status in ("asked", "declined", "given") else seen.model_copy(update={"message": ""})


def listed(
    mine: Collection[str], found: Iterable[Introduction], known: dict[str, Member], now: datetime
) -> contract.Introductions:
    """What a member asked for, and what they were asked, newest first. mine: their ids, also of absorbed records."""
    newest = sorted(found, key=lambda one: one.asked_at, reverse=True)
    return contract.Introductions(
        asked=[as_asked(one, known.get(one.teacher_id or ""), now) for one in newest if one.asked_by in mine],
        received=[as_received(one, known.get(one.asked_by or ""), now) for one in newest if one.teacher_id in mine],
    )


def introduction_not_found() -> Refused:
    """What is said of an introduction that is not the caller's, or does not exist."""
    return Refused("introduction_not_found", "There is no introduction with this id.")


def _waits(kept: Introduction, now: datetime) -> bool:
    """Whether whoever asked still waits. They are not to learn of a no before the time is over."""
    return not (kept.taken_back or kept.over) and now < kept.ends_at


def _open(kept: Introduction, asker: Member | None, now: datetime) -> bool:
    """Whether it can be answered: whoever asked is still there."""
    there = asker is not None and asker.active and kept.community_id in asker.communities
    return there and _waits(kept, now)


def _forgotten(kept: Introduction) -> Introduction:
    return Introduction(
        id=kept.id, revision=kept.revision, asked_at=kept.asked_at, ends_at=kept.ends_at, taken_back=True, over=True
    )


def _seen(
    kept: Introduction, status: contract.IntroductionStatus, other: Member | None, *, address: bool
) -> contract.Introduction:
    there = other if other is not None and other.active and not other.erased else None
    return contract.Introduction(
        introduction_id=kept.id,
        **kept.model_dump(include=SEEN),
        status=status,
        name=there.name if there else None,
        email=there.address if there and address else None,
    )


def _told(kept: Introduction) -> dict[str, Any]:
    return {
        "introduction_id": kept.id,
        "community_id": kept.community_id,
        "asked_by": kept.asked_by,
        "ends_at": kept.ends_at,
    }
