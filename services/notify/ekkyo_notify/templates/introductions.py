"""Who the other one of an introduction is, for the two who both said yes."""

from ekkyo.contracts.members import Locale
from ekkyo.words.text import one_line

from ekkyo_notify.model import Contact
from ekkyo_notify.templates.labels import LABELS


def other_rows(other: Contact | None, locale: Locale) -> list[tuple[str, str]]:
    """Their name and address; nothing where there is no other."""
    if other is None:
        return []
    labels = LABELS[locale]
    return [(labels["name"], one_line(other.name)), (labels["address"], one_line(other.email))]
