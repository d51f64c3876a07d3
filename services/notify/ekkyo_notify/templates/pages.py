"""The first page of a report, as a mail shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstPage:
    """Texts alone, ready to be shown.

    month, before: what the columns are called; before is empty where there is none. rows: what is counted, in the
    month, and in the one before. events: the day, the title, who came. themes: with their votes. measures: the name,
    the figure, the target, and whether or when it is met.
    """

    month: str
    before: str
    objective: str
    rows: list[tuple[str, str, str]]
    events: list[tuple[str, str, str]]
    more_events: str
    themes: list[tuple[str, str]]
    measures: list[tuple[str, str, str, str]]
