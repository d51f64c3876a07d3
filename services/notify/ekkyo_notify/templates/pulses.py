"""What is said of a pulse that opened no survey."""

from typing import Any

from ekkyo.contracts.members import Locale
from ekkyo.words.text import one_line

from ekkyo_notify.model import Notice


def pulse_words(notice: Notice, locale: Locale) -> dict[str, Any]:
    """The pulse by name, and how many could be asked on the newest of its days; nothing where there is none."""
    pulse = notice.pulse
    if pulse is None or not pulse.rounds:
        return {}
    title, round = pulse.title.get(locale) or next(iter(pulse.title.values()), ""), pulse.rounds[0]
    retired = round.because == "template_retired"
    counts = {"members": round.members, "rested": round.rested, "left": round.members - round.rested}
    return {"pulse": {"title": one_line(title), "retired": retired, **counts}}
