"""The words of meeting tools and lists: headings by language, and what the cells of some columns say."""

from ekkyo_common.attendance.words import de, en, es, fr, ja, ko, zh
from ekkyo_common.attendance.words.patterns import PATTERNS
from ekkyo_common.attendance.words.values import ACTION, FLAG, STATUS
from ekkyo_common.tables import Vocabulary

VOCABULARY = Vocabulary(
    {"ja": ja.HEADINGS, "en": en.HEADINGS, "de": de.HEADINGS, "fr": fr.HEADINGS, "es": es.HEADINGS}
    | {"zh": zh.HEADINGS, "ko": ko.HEADINGS},
    PATTERNS,
)

__all__ = ["ACTION", "FLAG", "STATUS", "VOCABULARY"]
