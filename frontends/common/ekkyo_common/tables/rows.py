"""Rows that are not people: totals and averages at the end, lines drawn with dashes."""

import re

from ekkyo_common.tables.names import plain
from ekkyo_common.tables.records import Record

_WORDS = (
    "総?合計|小計|総?計|総数|件数|合計人数|参加者数|出席者数|平均|以上"
    "|(grand|sub)? ?total|sum|count|average|(total )?(number of )?(participants|attendees)"
    "|(gesamt|zwischen|teil)?summe|gesamt(zahl|ergebnis|anzahl)?|anzahl|durchschnitt|mittelwert|teilnehmer gesamt"
    "|(sous-)?total( général)?|somme|moyenne|total general|suma( total)?|promedio"
    "|总计|總計|合计|小计|小計|总数|總數|平均值?|합계|총계|소계|평균|총인원"
)
_COUNTED = (
    "[名人件명]|participants?|attendees?|persons?|people|employees?|teilnehme(r|nde)|personen|mitarbeiter(innen)?"
    "|personnes|personas|participantes"
)
_TOTAL = re.compile(rf"(?:{_WORDS})\s*(?:[:は]?\s*[\d.,]*\s*(?:{_COUNTED})?)")
_RULE = re.compile(r"[-=_:─━—–\s]*")


def is_total(record: Record) -> bool:
    """Whether this is a line of totals or averages: few cells, the first of which says so."""
    filled = record.filled
    if not filled or len(filled) > 3:
        return False
    first = plain(filled[0]).casefold()
    return bool(_TOTAL.fullmatch(first) or _TOTAL.fullmatch(first.replace(" ", "")))


def is_rule(record: Record) -> bool:
    """Whether this is a line drawn between headings and rows, as in `|---|---|`."""
    filled = record.filled
    return len(filled) > 1 and all(len(cell) > 1 and _RULE.fullmatch(cell) for cell in filled)
