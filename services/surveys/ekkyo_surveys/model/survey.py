"""Surveys, who took part, and the ballot boxes. Pure.

A response is never kept beside the one who gave it: that a member took part is a flag that was there since they
were invited, and what they said lies in a ballot box among what others said, sorted by its own text. In an anonymous
survey it is sealed too. When that closes, the boxes are opened, counted and emptied. See docs/decisions/anonymity.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from ekkyo.contracts.base import Instant, Model
from ekkyo.contracts.surveys import (
    Form,
    Results,
    ResultsAnswer,
    SurveyClosed,
    SurveyState,
    SurveyStatus,
    ThemesRanked,
    survey_of_event,
)
from ekkyo.decision import Caller, Decision, Document, Entries, Entry, Refused, Timer
from ekkyo.words.themes import Vocabulary, starting
from pydantic import Field

from ekkyo_surveys import answers, forms, results, sealing
from ekkyo_surveys.model.comparing import tells_of_few
from ekkyo_surveys.model.rankings import mentions, ranking

PEOPLE_PER_BOX = 20
MOST_BOXES = 64
CLOCKS_DIFFER = timedelta(minutes=1)
"""A timer may fire this much before the deadline by our own clock."""


def _unset(value: object) -> bool:
    """Whether there is nothing to keep."""
    return value is None


class Response(Model):
    """What one person said. No id, no time, no number: two that say the same are the same.

    `member_id` is there in surveys that are not anonymous, and in those alone.
    """

    said: dict[str, answers.Value]
    member_id: str | None = None

    @property
    def text(self) -> str:
        """What responses are sorted by, so that their order in a box tells nothing of the order they came in."""
        return self.model_dump_json()


class Moved(Model):
    """That a participation moved to another record of the same person. was, kept: what both had before.

    lowered: whether one of two invitations ended by it.
    """

    to: str
    was: dict[str, Any]
    kept: dict[str, Any] | None = None
    lowered: bool = False
    drafted: bool = False
    """Whether it had a draft, which moved to one that had none."""


class Part(Entry):
    """Either a participation, whose key is the member's id, or a ballot box, whose key no member can have."""

    unlinkable: ClassVar[bool] = True
    kind: Literal["participation", "box"]
    member_id: str | None = None
    """None: a box, or the participation of somebody who was erased."""
    answered: bool = False
    event_revision: int | None = Field(default=None, exclude_if=_unset)
    """After an event: its revision when this member was last found to have attended, or not to."""
    withdrawn: bool | None = Field(default=None, exclude_if=_unset)
    """Whether the invitation was withdrawn, since they did not attend after all. They may be invited again."""
    moved: Moved | None = Field(default=None, exclude_if=_unset)
    """Where this participation is now, as its record is part of another one: this is none any more."""
    copied: bool | None = Field(default=None, exclude_if=_unset)
    """Whether it is another record of the same person that answered: who took part counts once."""
    responses: list[Response] = []
    sealed: list[str] = []
    """Of an anonymous survey: what was said, each sealed to the survey's key."""
    draft: dict[str, answers.Value] | None = Field(default=None, exclude_if=_unset)
    """Of a survey that is not anonymous: answers that are not finished. Gone once they are given, or it closes."""
    drafted: bool | None = Field(default=None, exclude_if=_unset)
    """Whether there is a draft."""


class Survey(Document):
    """A survey. Once it is closed it holds what came of it; of an anonymous one nothing else is left."""

    community_id: str
    event_id: str | None = None
    title: dict[str, str]
    template: str
    version: int
    anonymous: bool
    sealed: bool = False
    """Whether a key was made for it. False: it is not anonymous, or nobody has answered since answers are sealed."""
    status: SurveyStatus = "open"
    opened_at: Instant
    deadline: Instant
    invited: int = 0
    answered: int = 0
    boxes: int = 1
    results: Results | None = None
    comments: list[str] = []
    """Of surveys that were closed before texts were kept by question."""
    texts: dict[str, list[str]] = {}
    own_form: Form | None = Field(default=None, exclude_if=_unset)
    """The questions, where the template is not a built-in one."""
    drafts: bool | None = Field(default=None, exclude_if=_unset)
    """Whether anybody ever saved a draft."""
    pulse_id: str | None = Field(default=None, exclude_if=_unset)
    """The pulse that opened it."""
    reminded: bool | None = Field(default=None, exclude_if=_unset)
    """Whether half of its time is over, and who had not answered then was reminded."""

    @property
    def is_after_event(self) -> bool:
        """Whether it opened by itself, for those who attended."""
        return self.event_id is not None and self.id == survey_of_event(self.event_id)

    @property
    def form(self) -> Form:
        return self.own_form or forms.form(self.template, self.version)


class NeedsKey(Exception):
    """This cannot be decided without the survey's public key. new: it has none yet, so one may be made."""

    def __init__(self, *, new: bool) -> None:
        super().__init__("a key is needed")
        self.new = new


def key_lost() -> Refused:
    """The answer when an open survey has lost its key."""
    text = "This survey was restored from a backup, and backups do not contain keys. Close it and open another survey."
    return Refused("survey_key_lost", text)


@dataclass(frozen=True)
class Chance:
    """The random numbers that an answer needs: which box it falls into, and what it is sealed with, 32 bytes."""

    draw: int
    ephemeral: bytes


class CloseTimer(Timer):
    """A survey's deadline."""

    subject: ClassVar[str] = "ekkyo.timer.surveys.close"


def state(survey: Survey, *, after: int = 0) -> SurveyState:
    """A survey as it is told; within a decision it is told as of the next revision (`after=1`)."""
    return SurveyState.model_validate(
        {**survey.model_dump(), "survey_id": survey.id, "revision": survey.revision + after}
    )


def box_key(number: int) -> str:
    """A key that no member's id can be."""
    return f"box~{number:02}"


def close(
    survey: Survey,
    parts: Entries[Part],
    *,
    key: str | None,
    who: Caller,
    words: Vocabulary | None = None,
    told: Sequence[Collection[str]] = (),
) -> Decision[Survey, SurveyState]:
    """Take no more answers, and count the boxes. Those of an anonymous survey are emptied for good.

    key: the secret key that opens what is sealed. words: the community's vocabulary of themes. told: who answered the
    surveys that it is compared with.
    """
    who.must_lead(survey.community_id)
    return _close(survey, parts, key, words, told)


def close_when_due(
    survey: Survey,
    parts: Entries[Part],
    *,
    key: str | None,
    now: datetime,
    words: Vocabulary | None = None,
    told: Sequence[Collection[str]] = (),
) -> Decision[Survey, SurveyState]:
    """Close at the deadline; a timer that fires before it is set again."""
    if survey.status == "open" and survey.deadline - now > CLOCKS_DIFFER:
        return Decision(survey, state(survey), timers=[CloseTimer(id=survey.id).at(survey.deadline)])
    return _close(survey, parts, key, words, told)


def results_of(
    survey: Survey | None, boxes: Iterable[Part], *, who: Caller, words: Vocabulary | None = None
) -> ResultsAnswer:
    """What a survey says: once closed for good; before, only of one that is not anonymous, from its boxes.

    words: the vocabulary of its community, by which its themes are counted.
    """
    if survey is None:
        raise Refused("survey_not_found", "There is no survey with this id.")
    who.must_lead(survey.community_id)
    if survey.results:
        comments = comments_of(survey)
        themes = ranking([survey.results], words or starting())
        return ResultsAnswer(
            survey=state(survey), results=survey.results, comments=comments, texts=survey.texts, themes=themes
        )
    if survey.anonymous:
        raise Refused("survey_still_open", "The results of an anonymous survey are available only after it closes.")
    found, texts = counted(survey, boxes, key=None)
    comments, themes = results.comments(survey.form, texts), ranking([found], words or starting())
    return ResultsAnswer(survey=state(survey), results=found, comments=comments, texts=texts, themes=themes)


def comments_of(survey: Survey) -> list[str]:
    """The free texts of a closed survey that may be told."""
    return survey.comments or results.comments(survey.form, survey.texts)


def counted(
    survey: Survey, boxes: Iterable[Part], *, key: str | None, words: Vocabulary | None = None
) -> tuple[Results, dict[str, list[str]]]:
    """What the boxes say: the results, and the texts by question. What the key does not open counts as unreadable."""
    boxes = list(boxes)
    read = [sealing.opened(sealed, key) for box in boxes for sealed in box.sealed]
    said = [response.said for box in boxes for response in box.responses] + [one for one in read if one is not None]
    opened = survey.opened_at.date()
    found = results.results(
        survey.form,
        said,
        survey_id=survey.id,
        event_id=survey.event_id,
        invited=survey.invited,
        anonymous=survey.anonymous,
        opened=opened,
        words=words,
    )
    texts = {} if found.suppressed else results.texts(survey.form, said, anonymous=survey.anonymous, opened=opened)
    more = {"unreadable": read.count(None), "mentions": mentions(results.comments(survey.form, texts), words)}
    return found.model_copy(update=more), texts


def _close(
    survey: Survey,
    parts: Entries[Part],
    key: str | None,
    words: Vocabulary | None,
    others: Sequence[Collection[str]],
) -> Decision[Survey, SurveyState]:
    if survey.status == "closed":
        return Decision(survey, state(survey))
    boxes = parts.all(kind="box")
    found, texts = counted(survey, boxes, key=key, words=words)
    parts_of_all = parts.all(kind="participation") if others else []
    answered = [part.key for part in parts_of_all if part.answered and not part.copied]
    if not found.suppressed and others and tells_of_few([answered, *others]):
        counts = found.model_dump(include={"survey_id", "event_id", "invited", "answered", "unreadable", "minimum"})
        found, texts = Results(**counts, suppressed=True, compared=True), {}
    after = survey.model_copy(update={"status": "closed", "results": found, "texts": texts})
    told = {"survey_id": survey.id, "survey": state(after, after=1)}
    drafts = parts.all(kind="participation", drafted=True) if survey.drafts else []
    gone = [part.model_copy(update={"draft": None, "drafted": None}) for part in drafts]
    emptied = [box.model_copy(update={"responses": [], "sealed": []}) for box in boxes] if survey.anonymous else []
    closed = SurveyClosed(**told, results=found)
    ranked = ThemesRanked(**told, community_id=survey.community_id, themes=found.themes, mentions=found.mentions)
    return Decision(
        after,
        state(after, after=1),
        entries=[*emptied, *gone],
        facts=[closed] if found.suppressed else [closed, ranked],
        timers=[CloseTimer.cancel(survey.id)],
    )
