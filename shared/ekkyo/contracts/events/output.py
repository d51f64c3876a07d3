"""Outputs: results of an event or of a community, such as an article, slides or a talk outside the company."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from ekkyo.contracts.base import (
    Command,
    Fact,
    Id,
    Instant,
    Line,
    Model,
    Question,
    Text,
    Url,
    may,
)

OutputKind = Literal["article", "slides", "recording", "code", "photos", "talk_outside"]
"""What it is. `talk_outside`: a talk that carried it outside the company."""
OutputStatus = Literal["proposed", "attached", "declined", "removed"]
"""`proposed`: a leader has to confirm it. Only what is `attached` is on the board."""


def _each_once(authors: list[str]) -> list[str]:
    return list(dict.fromkeys(authors))


Authors = Annotated[list[Id], Field(min_length=1, max_length=50), AfterValidator(_each_once)]
"""The members who made it, each once."""


class OutputDetails(Model):
    """What an output is, as people write it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: OutputKind
    title: Line
    url: Url | None = None
    """Where it can be found. Required, except for a talk outside the company."""
    authors: Authors


class OutputState(Model):
    """An output as facts and answers carry it."""

    output_id: Id
    community_id: Id
    event_id: Id | None = None
    """The event that it resulted from; none: it belongs to the community as a whole."""
    event_title: str | None = None
    """The event's title when the output was attached."""
    kind: OutputKind
    title: str
    url: str | None = None
    authors: list[Id]
    status: OutputStatus
    proposed_by: Id | None = None
    """The member who proposed it; none: a leader attached it."""
    attached_at: Instant | None = None
    reason: str = ""
    """Why it was declined."""
    revision: int = 0


# Commands


class AttachOutput(Command[OutputState]):
    """Put an output on the board of a community.

    Leaders attach what anybody made. Other members propose what they made themselves, and a leader confirms it.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.attach_output"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    output_id: Id
    community_id: Id
    member_id: Id | None = None
    """The member who proposes it, one of its authors; none: a leader of the community attaches it."""
    event_id: Id | None = None
    """An event of this community that was published."""
    details: OutputDetails


class ReviseOutput(Command[OutputState]):
    """Correct an output that is on the board or proposed. A removed author loses the contribution."""

    subject: ClassVar[str] = "ekkyo.cmd.events.revise_output"
    may: ClassVar = may("leader", "steward", "system")
    output_id: Id
    details: OutputDetails


class ConfirmOutput(Command[OutputState]):
    """Put an output that a member proposed on the board."""

    subject: ClassVar[str] = "ekkyo.cmd.events.confirm_output"
    may: ClassVar = may("leader", "steward", "system")
    output_id: Id


class DeclineOutput(Command[OutputState]):
    """Decline an output that a member proposed, with a reason for them."""

    subject: ClassVar[str] = "ekkyo.cmd.events.decline_output"
    may: ClassVar = may("leader", "steward", "system")
    output_id: Id
    reason: Text = Field(min_length=1)


class RemoveOutput(Command[OutputState]):
    """Remove an output from the board, or withdraw a proposal.

    Its authors lose the contribution. This cannot be undone.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.remove_output"
    may: ClassVar = may("self", "leader", "steward", "system")
    output_id: Id
    member_id: Id | None = None
    """The member who made it or proposed it; none: a leader of the community removes it."""


# Questions


class GetOutput(Question[OutputState]):
    """One output. If it is not on the board, only leaders, its authors and the member who proposed it can see it."""

    subject: ClassVar[str] = "ekkyo.ask.events.output"
    may: ClassVar = may("member")
    output_id: Id


class OutputPage(Model):
    """Outputs, newest first; `next` continues where this page ends."""

    outputs: list[OutputState]
    next: str | None = None


class Board(Question[OutputPage]):
    """The outputs on the board, newest first. All filters must match."""

    subject: ClassVar[str] = "ekkyo.ask.events.board"
    may: ClassVar = may("member")
    community_id: Id | None = None
    event_id: Id | None = None
    author_id: Id | None = None
    kind: OutputKind | None = None
    since: Instant | None = None
    """Attached at this time or later."""
    until: Instant | None = None
    """Attached before this time."""
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ProposedOutputs(Question[OutputPage]):
    """The outputs of a community that a leader has to confirm, oldest first."""

    subject: ClassVar[str] = "ekkyo.ask.events.proposed_outputs"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


# Facts


class OutputFact(Fact):
    """What all facts about an output carry: the output after the change."""

    about: ClassVar[str] = "output_id"
    output_id: Id
    output: OutputState


class OutputProposed(OutputFact):
    """A member proposed an output; a leader has to confirm it."""

    subject: ClassVar[str] = "ekkyo.fact.events.output_proposed"


class OutputAttached(OutputFact):
    """An output is on the board: a leader attached it, or confirmed what a member proposed."""

    subject: ClassVar[str] = "ekkyo.fact.events.output_attached"


class OutputRevised(OutputFact):
    """An output was corrected."""

    subject: ClassVar[str] = "ekkyo.fact.events.output_revised"
    no_longer: list[Id] = []
    """Its authors before the correction."""


class OutputDeclined(OutputFact):
    """A leader declined an output that a member proposed."""

    subject: ClassVar[str] = "ekkyo.fact.events.output_declined"


class OutputRemoved(OutputFact):
    """An output was removed from the board, or a proposal was withdrawn."""

    subject: ClassVar[str] = "ekkyo.fact.events.output_removed"
    was: OutputStatus
