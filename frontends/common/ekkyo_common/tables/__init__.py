"""One reader of tables for every import: bytes in; records with line numbers, headings, and evidence out.

What a kind of table means by its headings is told by its `Vocabulary`; personnel and attendance each have one.
"""

from ekkyo_common.tables.headings import Column, Headings, find_headings, one_row
from ekkyo_common.tables.records import Record
from ekkyo_common.tables.table import Table, open_table
from ekkyo_common.tables.told import Evidence, Reason, Remark, RemarkCode, UnreadableTable
from ekkyo_common.tables.vocabulary import Vocabulary

__all__ = [
    "Column",
    "Evidence",
    "Headings",
    "Reason",
    "Record",
    "Remark",
    "RemarkCode",
    "Table",
    "UnreadableTable",
    "Vocabulary",
    "find_headings",
    "one_row",
    "open_table",
]
