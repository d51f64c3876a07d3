"""The terms of an event's registration, as facts and answers carry them."""

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Instant, Model
from ekkyo.contracts.events.lottery import Lottery, WantedLottery
from ekkyo.contracts.events.quotas import Quotas, WantedQuotas


def unset(value: object) -> bool:
    """Whether this field is empty: then it is left out, on the wire and in the database."""
    return value is None


def nothing(value: object) -> bool:
    """Whether this is zero, false or empty: then it is left out, on the wire and in the database."""
    return not value


class Terms(Model):
    """The terms of an event's registration. What they do not say is as at any event.

    When an event is moved, `closes_at`, `withdraw_by` and the release of quotas move by as much as its start.
    `opens_at` stays, unless registration would then open after it closes: then it moves too. After a published event
    was moved, `withdraw_by` is at least a day ahead, but not after the new start: whoever cannot come at the new time
    has time to say so.
    """

    opens_at: Instant | None = Field(default=None, exclude_if=unset)
    """When members can register. None: from the publication. Leaders and stewards can register somebody before it."""
    closes_at: Instant | None = Field(default=None, exclude_if=unset)
    """When registration ends. None: when the event starts. Leaders and stewards can register somebody after it, and
    members on the waitlist are still promoted."""
    withdraw_by: Instant | None = Field(default=None, exclude_if=unset)
    """A seat that is given back after this time is a late cancellation, by the member or a leader. None: no withdrawal
    is late. Members who leave the company or, where only members may come, the community are never late."""
    lottery: Lottery | None = Field(default=None, exclude_if=unset)
    """Places are drawn by lot. None: first come, first served. After the publication, a lottery cannot be added or
    removed, nor its draw moved to an earlier time. When a published event is moved, the time of the draw stays."""
    invited_only: bool = Field(default=False, exclude_if=nothing)
    """Whether only invited members (`events.invite`) see the event and can register. Members with a place at it, the
    leaders of the community, stewards and systems see it too."""

    online_capacity: int | None = Field(default=None, ge=1, le=20_000, exclude_if=unset)
    """How many can take part online in a hybrid event. Its `capacity` is then that of the room alone, and members
    choose with `attend`. None: everybody counts towards `capacity`."""
    group_size: int | None = Field(default=None, ge=2, le=10, exclude_if=unset)
    """How many members can register together at most (`events.register_group`). None: nobody can."""

    approval: bool = Field(default=False, exclude_if=nothing)
    """Whether a leader decides who gets a place: members who register have applied until then. Whom a leader of the
    community or a steward registers needs no approval, they themselves included. It cannot be switched off while
    applications wait."""

    quotas: Quotas | None = Field(default=None, exclude_if=unset)
    """Seats that are kept for some until a time. With a lottery, only for first-timers: the list of entrants says who
    counts, and nobody's department is published. Then they cannot be changed between the publication and the draw, but
    for their release. None: every seat is for everybody."""


class WantedTerms(Terms):
    """The terms as leaders set them."""

    model_config = ConfigDict(extra="forbid")
    lottery: WantedLottery | None = Field(default=None, exclude_if=unset)
    quotas: WantedQuotas | None = Field(default=None, exclude_if=unset)
