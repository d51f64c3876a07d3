"""What is told about a file that is imported, in the reader's language: how it was read, or why it cannot be."""

from collections.abc import Sequence

from ekkyo.words.text import one_line
from ekkyo_common.tables import Evidence, Reason, UnreadableTable

from ekkyo_portal.look.reader import Reader

LONGEST = 400
"""Characters of what is told at once."""


def read_as(reader: Reader, evidence: Sequence[Evidence]) -> list[tuple[str, str]]:
    """Each thing that was decided for the whole file, and by what."""
    return [_decided(reader, one) for one in evidence]


def unreadable(reader: Reader, why: UnreadableTable) -> str:
    """Why a file cannot be read."""
    words = reader.words.files
    if why.code == "columns_missing":
        found, *missing = why.names
        fields = reader.words.people.and_then.join(words.fields.get(one, one) for one in missing)
        return one_line(words.unreadable[why.code].format(fields=fields, found=found), LONGEST)
    if words.unreadable[why.code]:
        return str(words.unreadable[why.code]).format(*why.names)
    return one_line(str(why), LONGEST)


def _decided(reader: Reader, it: Evidence) -> tuple[str, str]:
    words = reader.words.files
    what = words.evidence.get(it.what, it.what)
    first, rest = it.reasons[:1], it.reasons[1:]
    if first and first[0][0] in ("line", "means"):  # these say what was decided, not why
        return f"{what}: {_said(reader, first[0])}", one_line(_all(reader, rest), LONGEST)
    decided = words.decided.get(it.decided) or it.decided
    return f"{what}: {one_line(decided, LONGEST)}", one_line(_all(reader, it.reasons) or _sentence(it.because), LONGEST)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _all(reader: Reader, reasons: Sequence[Reason]) -> str:
    said = [_said(reader, one) for one in reasons]
    between = reader.words.people.and_then if reasons and reasons[0][0] == "means" else reader.words.files.besides
    return between.join(said) if all(said) else ""


def _said(reader: Reader, reason: Reason) -> str:
    code, *named = reason
    fields = reader.words.files.fields
    if code == "means":
        named[1] = fields.get(named[1], named[1])
    text: str = reader.words.files.reasons[code]
    return text.format(*named)
