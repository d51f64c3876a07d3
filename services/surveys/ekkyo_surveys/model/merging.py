"""Participation of two records of one person: what becomes of it when they become one, or two again. Pure.

Answers are not touched, but for whose they are in a survey that is not anonymous.
"""

from ekkyo.contracts.members import MemberMerged, MergeUndone
from ekkyo.contracts.surveys import ParticipationMoved
from ekkyo.decision import Decision, Document, Entries

from ekkyo_surveys.model.survey import Moved, Part, Survey, state

Merging = MemberMerged | MergeUndone


class Followed(Document):
    """The newest that was heard of a record's merges. Its id is the record's."""

    heard: int = 0
    merged_into: str | None = None


def followed(before: Followed | None, fact: Merging) -> Decision[Followed, None]:
    """Keep what was heard; what is older says nothing new."""
    known = before or Followed(id=fact.member_id)
    if not is_merging_news(before, fact):
        return Decision(known, None)
    into = fact.kept_id if isinstance(fact, MemberMerged) else None
    return Decision(known.model_copy(update={"heard": fact.meta.revision, "merged_into": into}), None)


def is_merging_news(known: Followed | None, fact: Merging) -> bool:
    """Whether this is newer than what was heard of this record."""
    return known is None or fact.meta.revision > known.heard


def move(survey: Survey, parts: Entries[Part], absorbed_id: str, kept_id: str) -> Decision[Survey, None]:
    """The participation of a record that became part of another one is that one's.

    Where both have answered, both answers were counted: nothing changes, and neither can answer again.
    """
    theirs, mine = parts.get(absorbed_id), parts.get(kept_id)
    if theirs is None or theirs.moved or theirs.member_id is None:
        return Decision(survey, None)
    before = mine if mine and mine.member_id and not mine.moved else None
    if before and before.answered and theirs.answered:
        return Decision(survey, None)
    lowered = before is not None
    takes_draft = not (before and (before.drafted or before.answered))
    one = (before or theirs).model_copy(
        update={
            "key": kept_id,
            "member_id": kept_id,
            "answered": theirs.answered or bool(before and before.answered),
            "copied": True if theirs.answered else (before.copied if before else None),
            **(_draft(theirs) if takes_draft else {}),
            **(_NO_DRAFT if theirs.answered else {}),
            "moved": None,
        }
    )
    moved = Moved(
        to=kept_id,
        was=theirs.model_dump(mode="json", include=_KEPT),
        kept=before.model_dump(mode="json", include=_KEPT) if before else None,
        lowered=lowered,
        drafted=lowered and takes_draft and bool(theirs.drafted),
    )
    gone = theirs.model_copy(update={"member_id": None, "draft": None, "drafted": None, "moved": moved})
    after = survey.model_copy(update={"invited": survey.invited - 1}) if lowered else survey
    boxes = _relabelled(survey, parts, absorbed_id, kept_id) if theirs.answered else []
    return Decision(after, None, entries=[one, gone, *boxes], facts=[_fact(after, kept_id, absorbed_id)])


def move_back(survey: Survey, parts: Entries[Part], absorbed_id: str) -> Decision[Survey, None]:
    """Both records take part for themselves again. An answer that was given since stays where the invitation is."""
    gone = parts.get(absorbed_id)
    if gone is None or gone.moved is None:
        return Decision(survey, None)
    said = gone.moved
    new = Part(document_id=survey.id, key=said.to, kind="participation")
    at = parts.get(said.to) or new
    answered, kept_answered = said.was["answered"], bool(said.kept and said.kept["answered"])
    since = at.answered and not answered and not kept_answered
    back = Part.model_validate({**gone.model_dump(exclude={"moved"}), **said.was})
    if said.kept:
        other = at.model_copy(update={"answered": kept_answered or since, "copied": None})
        if said.drafted:  # what one person wrote is not the other one's to read
            back, other = back.model_copy(update=_draft(at)), other.model_copy(update=_NO_DRAFT)
    else:
        back = back.model_copy(update={"answered": answered or since, **_draft(at)})
        other = new.model_copy(update={"withdrawn": True, "event_revision": at.event_revision})
    after = survey.model_copy(update={"invited": survey.invited + 1}) if said.lowered else survey
    boxes = _relabelled(survey, parts, said.to, absorbed_id) if back.answered else []
    return Decision(after, None, entries=[back, other, *boxes], facts=[_fact(after, absorbed_id, said.to)])


_NO_DRAFT = {"draft": None, "drafted": None}
_KEPT = {"member_id", "answered", "event_revision", "withdrawn"}


def _draft(part: Part) -> dict[str, object]:
    return {"draft": part.draft, "drafted": part.drafted} if part.drafted else {}


def _relabelled(survey: Survey, parts: Entries[Part], was: str, now: str) -> list[Part]:
    """The boxes in which somebody said something who is another record now. In an anonymous survey there is none."""
    if survey.anonymous:
        return []
    boxes = [box for box in parts.all(kind="box") if any(r.member_id == was for r in box.responses)]
    return [
        box.model_copy(
            update={
                "responses": sorted(
                    (r.model_copy(update={"member_id": now}) if r.member_id == was else r for r in box.responses),
                    key=lambda r: r.text,
                )
            }
        )
        for box in boxes
    ]


def _fact(after: Survey, member_id: str, from_member_id: str) -> ParticipationMoved:
    told = state(after, after=1)
    return ParticipationMoved(survey_id=after.id, survey=told, member_id=member_id, from_member_id=from_member_id)
