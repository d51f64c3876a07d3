"""One day of a pulse: the survey that opens on it, for whom, or why none does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ekkyo.contracts.surveys import Form, PulseRound, SkippedBecause, survey_of_pulse
from ekkyo.decision import Decision, Entries, turn

from ekkyo_surveys.model.opening import invite
from ekkyo_surveys.model.pulses import Pulse
from ekkyo_surveys.model.sampling import Members, drawn, size
from ekkyo_surveys.model.survey import Part, Survey


@dataclass(frozen=True)
class Day:
    """A day of a pulse that has come, with what is known of the members then."""

    pulse: Pulse
    on: date
    members: Members
    form: Form | None
    """What it asks; None: its template is retired."""
    own_form: bool = False
    """Whether the leaders of the community wrote it."""

    @property
    def survey_id(self) -> str:
        return survey_of_pulse(self.pulse.id, self.on)

    @property
    def sample(self) -> Sequence[str]:
        """Whom it asks; nobody if there are too few."""
        plan = self.pulse.plan
        wanted = size(len(self.members.there), sample=plan.sample, share=plan.share)
        return drawn(self.survey_id, self.members, wanted) if self.form else []


def open_round(
    survey: Survey | None,
    parts: Entries[Part],
    day: Day,
    sample: Sequence[str],
    *,
    key: str | None,
    now: datetime,
    until: datetime,
) -> Decision[Survey, int]:
    """Open the survey of a day of a pulse, once; tells how many it invites.

    sample: whom, at least five. until: how long nobody else opens a survey for a sample.
    """
    if survey is not None:
        return Decision(survey, survey.invited)
    if now >= until:
        raise turn.busy()
    plan, form = day.pulse.plan, day.form
    assert form is not None, "a pulse whose template is retired opens nothing"
    survey = Survey(
        id=day.survey_id,
        community_id=day.pulse.community_id,
        pulse_id=day.pulse.id,
        title={locale: f"{title[:180]} ({day.on.isoformat()})" for locale, title in plan.title.items()},
        template=form.template,
        version=form.version,
        own_form=form if day.own_form else None,
        anonymous=plan.anonymous,
        opened_at=now,
        deadline=now + timedelta(days=plan.days),
    )
    opened = invite(survey, parts, sample, key=key, now=now)
    return Decision(
        opened.document,
        opened.answer.invited,
        entries=opened.entries,
        facts=opened.facts,
        timers=opened.timers,
    )


def round_of(day: Day, invited: int) -> PulseRound:
    """What became of a day. invited 0: no survey opened."""
    because: SkippedBecause | None = None
    if not invited:
        because = "too_few" if day.form else "template_retired"
    there = set(day.members.there)
    return PulseRound(
        day=day.on,
        survey_id=day.survey_id if invited else None,
        because=because,
        members=len(there),
        rested=len(there & day.members.rested),
        invited=invited,
    )
