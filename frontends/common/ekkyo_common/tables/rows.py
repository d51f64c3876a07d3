"""Rows that are not people: totals at the end, repeated headings."""

import re
from unicodedata import normalize

from ekkyo_common.tables.records import Record

_TOTAL = re.compile(
    r"(総?合計|小計|総?計|総数|件数|合計人数|参加者数|以上|(grand|sub)?total|sum|count|summe|gesamt|total|suma|总计|總計|合计|合計|합계|총계)"
    r"[:は]?\d*[名人件명]?"
)


def is_total(record: Record) -> bool:
    """Whether this is a line of totals: few cells, the first of which says so."""
    filled = record.filled
    return (
        bool(filled)
        and len(filled) <= 3
        and bool(_TOTAL.fullmatch(re.sub(r"\s", "", normalize("NFKC", filled[0])).lower()))
    )
