"""From what people asked for to who came, by theme. Pure."""

from collections.abc import Mapping, Sequence

from ekkyo.contracts.reports import ThemeServed
from ekkyo.words.themes import Vocabulary, is_on, same, vocabulary_of

from ekkyo_common.report.records import Records


def loop_of(records: Records, came: Mapping[str, Sequence[str]], most: int) -> list[ThemeServed]:
    """The themes most asked for, then those that events were drafted from. came: who came, by event."""
    words = vocabulary_of(records.vocabulary)
    themes = [one.theme for one in records.themes[:most]]
    for event in sorted(records.events, key=lambda one: (one.starts_at, one.event_id)):
        theme = event.from_theme.theme if event.from_theme else None
        if theme and not any(same(theme, one, words) for one in themes):
            themes.append(theme)
    return [_served(theme, records, came, words) for theme in themes]


def _served(theme: str, records: Records, came: Mapping[str, Sequence[str]], words: Vocabulary) -> ThemeServed:
    asked = next((one.votes for one in records.themes if same(theme, one.theme, words)), 0)
    held = [event.event_id for event in records.events if is_on(event, theme, words)]
    return ThemeServed(theme=theme, asked=asked, held=len(held), came=sum(len(came.get(one, ())) for one in held))
