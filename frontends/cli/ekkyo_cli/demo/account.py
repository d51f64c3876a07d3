"""What the demo prints of the season at its end, for somebody who sees it for the first time."""

from collections import Counter
from collections.abc import Iterator

from ekkyo.contracts.reports import Report
from ekkyo.words.numbers import count, signed

from ekkyo_cli.demo import measures


def figures(report: Report, mails: int, facts: int) -> Iterator[tuple[str, str]]:
    """Each figure with its name."""
    totals, surveys = report.totals, report.surveys
    score = "-" if surveys.nps is None else signed(surveys.nps)
    kinds = Counter(output.kind for output in report.outputs)
    yield "events", f"{sum(totals.events.values())} ({', '.join(f'{n} {f}' for f, n in totals.events.items())})"
    yield "attendances", f"{totals.attendances} by {totals.people} different people; {totals.returners} came again"
    yield "departments", f"{report.meetings.pairs} of {report.meetings.possible} pairs of them met"
    yield "waitlists", f"{totals.waitlisted} waited; {totals.promoted} of them got a seat later"
    yield "seats given back", f"{totals.withdrawn}, {totals.late_cancellations} of them after the deadline"
    yield "not approved", f"{totals.declined} applications"
    yield "no-shows", f"{totals.no_shows} had a seat and did not come"
    yield (
        "survey answers",
        f"{surveys.answered} of {surveys.invited} invited ({surveys.response_rate} %); NPS {score}",
    )
    yield "crossings", ", ".join(f"{n} {step.replace('_', ' ')}" for step, n in report.crossings.items())
    yield "outputs", ", ".join(f"{n} × {kind.replace('_', ' ')}" for kind, n in kinds.items())
    yield "messages", f"{mails:,} mails delivered; {facts:,} facts on the stream"


def loop(report: Report) -> Iterator[tuple[str, str]]:
    """The themes that were asked for and served."""
    for one in report.loop:
        if one.held:
            events = count("{n} event|{n} events", one.held)
            yield one.theme, f"{one.asked} asked for it → {events} → {one.came} came"


def parts(report: Report, mails: int, facts: int) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """All of it, in parts with a heading each."""
    yield "The season in figures", figures(report, mails, facts)
    yield "The charter's measures against their targets", measures.lines(report.measures)
    yield "What members asked for, and what came of it", loop(report)
