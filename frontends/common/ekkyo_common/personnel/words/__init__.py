"""The words of personnel systems: headings by language, and what the cells of some columns say."""

from ekkyo_common.personnel.words import ja, west, zh_ko
from ekkyo_common.personnel.words.values import GENDER, POST, STATUS
from ekkyo_common.tables import Vocabulary

PATTERNS = (
    (
        "left_on",
        r"退職.*日|退社.*日|離職.*日|terminat.*date|(leaving|exit|resign|separation).*date|last (working )?day|austritt"
        r"|离职.*日|離職.*日|퇴사|퇴직",
    ),
    ("status", r"在籍|在職|employment status|worker status|在职|재직"),
    ("private_email", r"(個人|私用|自宅|携帯|private|personal|home|privat|personnel).*(mail|メール|correo|courriel)"),
    (
        "email",
        r"(会社|社用|業務|勤務先|work|business|company|office|dienst|profes|corporat).*(mail|メール|correo|courriel)",
    ),
    ("other", r"ローマ字|英字|英語|旧姓|roman|maiden|geburtsname"),
)

VOCABULARY = Vocabulary(
    {"ja": ja.HEADINGS, "en": west.ENGLISH, "de": west.GERMAN, "fr": west.FRENCH, "es": west.SPANISH}
    | {"zh": zh_ko.CHINESE, "ko": zh_ko.KOREAN},
    PATTERNS,
)

__all__ = ["GENDER", "POST", "STATUS", "VOCABULARY"]
