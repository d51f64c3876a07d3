"""Outputs: what came of events and communities, on the board where everybody finds it."""

import hashlib
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    AttachOutput,
    Board,
    DeclineOutput,
    OutputAttached,
    OutputDeclined,
    OutputDetails,
    OutputFact,
    OutputKind,
    OutputPage,
    OutputProposed,
    OutputRemoved,
    OutputRevised,
    OutputState,
    OutputStatus,
    ProposedOutputs,
    ReviseOutput,
)
from ekkyo.decision import Decision, Document

from ekkyo_events.model.documents import Event, Seat, not_found
from ekkyo_events.model.people import Person
from ekkyo_events.model.telling import during
from ekkyo_events.model.visibility import by_invitation, seen

PROPOSED_AT_ONCE: Final = 10
"""Outputs of one member that may wait for a leader at the same time."""


class Output(Document):
    """What somebody made, and where to find it."""

    community_id: str
    event_id: str | None = None
    event_title: str | None = None
    kind: OutputKind
    title: str
    url: str | None = None
    authors: list[str]
    status: OutputStatus
    proposed_by: str | None = None
    attached_at: datetime | None = None
    reason: str = ""
    made_as: str
    """A digest of the command that made it: distinguishes a retry from another command with the same id."""


Answer = Decision[Output, OutputState]


def told(
    output: Output, *, revision: int | None = None, but: Container[str] = (), records: Mapping[str, str] | None = None
) -> OutputState:
    """The output as facts and answers carry it. but: events that are not named.

    records: of authors whose record is part of another one by now, that one, by which answers name them.
    """
    fields = {name: getattr(output, name) for name in OutputState.model_fields if name not in ("output_id", "revision")}
    if output.event_id in but:
        fields |= {"event_id": None, "event_title": None}
    if records:
        fields["authors"] = list(dict.fromkeys(records.get(one, one) for one in output.authors))
        fields["proposed_by"] = records.get(output.proposed_by or "", output.proposed_by)
    return OutputState(**fields, output_id=output.id, revision=output.revision if revision is None else revision)


def attach(
    output: Output | None,
    cmd: AttachOutput,
    event: Event | None,
    *,
    seat: Seat | None = None,
    who: Caller,
    person: Person | None,
    waiting: int,
    now: datetime,
) -> Answer:
    """Put an output on the board; what a member made themselves waits for a leader.

    event: the one that it came of, whose title is told only where everybody may know it. seat: the caller's there.
    person: what is known of the caller. waiting: how many of theirs wait already.
    """
    digest = hashlib.sha256(cmd.model_dump_json().encode()).hexdigest()
    if output:
        if output.made_as != digest:
            raise Refused("output_taken", "Another output already has this id.")
        return Decision(output, told(output))
    leads = who.leads_all or cmd.community_id in who.led
    if not leads:
        _may_propose(cmd, who, person, waiting)
    _must_lead_somewhere(cmd.details)
    if cmd.event_id is not None and (event is None or event.status == "draft" or not seen(event, who, seat)):
        raise not_found()
    if event is not None and event.community_id != cmd.community_id:
        raise Refused("event_elsewhere", "This event belongs to another community.")
    new = Output(
        id=cmd.output_id,
        community_id=cmd.community_id,
        event_id=cmd.event_id,
        event_title=event.title if event and not by_invitation(event) else None,
        status="attached" if leads else "proposed",
        proposed_by=None if leads else who.sub,
        attached_at=now if leads else None,
        made_as=digest,
        **cmd.details.model_dump(),
    )
    return _changed(None, new, OutputAttached if leads else OutputProposed)


def confirm(output: Output, *, who: Caller, now: datetime) -> Answer:
    """Put a proposed output on the board."""
    who.must_lead(output.community_id)
    if output.status == "attached":
        return Decision(output, told(output))
    _must_wait(output)
    return _changed(output, output.model_copy(update={"status": "attached", "attached_at": now}), OutputAttached)


def decline(output: Output, cmd: DeclineOutput, *, who: Caller) -> Answer:
    """Decline a proposed output and say why."""
    who.must_lead(output.community_id)
    if output.status == "declined":
        return Decision(output, told(output))
    _must_wait(output)
    return _changed(output, output.model_copy(update={"status": "declined", "reason": cmd.reason}), OutputDeclined)


def revise(output: Output, cmd: ReviseOutput, *, who: Caller) -> Answer:
    """Correct what an output says."""
    who.must_lead(output.community_id)
    if output.status not in ("attached", "proposed"):
        raise Refused("output_gone", "This output was declined or removed. Add it again.")
    _must_lead_somewhere(cmd.details)
    after = output.model_copy(update=cmd.details.model_dump())
    if after == output:
        return Decision(output, told(output))
    gone = [author for author in output.authors if author not in after.authors]
    return _changed(output, after, OutputRevised, no_longer=gone)


def remove(output: Output, *, who: Caller, records: Collection[str] = ()) -> Answer:
    """Take an output off the board, or a proposal back. Members may remove what they made themselves.

    records: the ids of records that are part of the caller's.
    """
    if not _made_by(output, who, records):
        who.must_lead(output.community_id)
    if output.status == "removed":
        return Decision(output, told(output))
    return _changed(output, output.model_copy(update={"status": "removed"}), OutputRemoved, was=output.status)


def seen_by(output: Output | None, who: Caller, records: Collection[str] = ()) -> Output:
    """The output, if the caller may see it: what is not on the board is for leaders and for those who made it.

    records: the ids of records that are part of the caller's.
    """
    if output is None:
        raise Refused("output_not_found", "There is no output with this id.")
    theirs = _made_by(output, who, records)
    if output.status != "attached" and not (theirs or who.leads_all or output.community_id in who.led):
        raise Refused("output_not_found", "There is no output with this id.")
    return output


def on_board(ask: Board, records: Collection[str] = ()) -> dict[str, Any]:
    """Which outputs a board shows. records: the ids of records that are part of the author's."""
    return {
        "status": "attached",
        **({"community_id": ask.community_id} if ask.community_id else {}),
        **({"event_id": ask.event_id} if ask.event_id else {}),
        **({"authors": {"$in": [ask.author_id, *records]}} if ask.author_id else {}),
        **({"kind": ask.kind} if ask.kind else {}),
        **during("attached_at", ask.since, ask.until),
    }


def made_by(outputs: Iterable[Output]) -> set[str]:
    """Who made these, by the ids that they had then."""
    return {one for output in outputs for one in (*output.authors, output.proposed_by) if one}


def output_page(
    ask: Board | ProposedOutputs,
    found: Sequence[Output],
    *,
    but: Container[str] = (),
    records: Mapping[str, str] | None = None,
) -> OutputPage:
    """A page of outputs. found: one more than the page holds, if there are more. but, records: as `told` has them."""
    if isinstance(ask, Board) and ask.event_id in but:
        return OutputPage(outputs=[])
    page = found[: ask.limit]
    return OutputPage(
        outputs=[told(one, but=but, records=records) for one in page],
        next=page[-1].id if len(found) > ask.limit else None,
    )


def _made_by(output: Output, who: Caller, records: Collection[str]) -> bool:
    return not {who.sub, *records}.isdisjoint([*output.authors, *filter(None, [output.proposed_by])])


def _may_propose(cmd: AttachOutput, who: Caller, person: Person | None, waiting: int) -> None:
    if who.sub not in cmd.details.authors:
        raise Refused("not_allowed", "Only leaders may add what others made. Name yourself among the authors.", 403)
    if person is not None and not person.active:
        raise Refused("member_inactive", "A person who has left the company cannot add an output.")
    if person is None or cmd.community_id not in person.communities:
        raise Refused("not_a_member", "Only members of the community can add an output to it.")
    if waiting >= PROPOSED_AT_ONCE:
        raise Refused(
            "too_many_proposals",
            f"{waiting} outputs of yours wait for a leader. Add another one when they are confirmed.",
        )


def _must_lead_somewhere(details: OutputDetails) -> None:
    if details.url is None and details.kind != "talk_outside":
        raise Refused(
            "malformed",
            "An output needs the address where it can be found.",
            400,
            [FieldError(field="details.url", code="missing", detail="Give an address that begins with https://.")],
        )


def _must_wait(output: Output) -> None:
    if output.status != "proposed":
        raise Refused("output_not_proposed", f"This output is {output.status}. Only a proposed one can be decided on.")


def _changed(before: Output | None, after: Output, fact: type[OutputFact], **more: Any) -> Answer:
    state = told(after, revision=(before.revision if before else after.revision) + 1)
    return Decision(after, state, facts=[fact(output_id=after.id, output=state, **more)])
