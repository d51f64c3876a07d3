"""The words of personnel systems: headings by language, and what the cells of some columns say."""

from ekkyo_common.personnel.words import ja, west, zh_ko
from ekkyo_common.personnel.words.values import GENDER, POST, STATUS
from ekkyo_common.tables import Vocabulary

PATTERNS = (
    (
        "left",
        r"(退職|退社|離職|离职|퇴사|퇴직).*(理由|事由|原因|사유)|(austritt|kündigung|ausscheid)s?\w*grund"
        r"|(terminat|leav|separat|resign)\w* (reason|type)|reason for (leaving|termination)"
        r"|motif.*(départ|sortie)|motivo.*(baja|salida|cese)",
    ),
    ("other", r"退職(金|手当|給付|年金|一時金)"),
    (
        "left_on",
        r"退職.*日|退社.*日|離職.*日|last (working )?day|austritt|ausgeschieden|ausscheiden|离职.*日|離職.*日"
        r"|퇴사|퇴직"
        r"|(terminat|leav|exit|resign|separat|inactiv|deactivat|offboard|retire).*\b(date|since|on|from)\b"
        r"|date.*(termination|leaving|exit|resignation|separation|retirement|sortie|départ|cessation)"
        r"|fecha.*(baja|cese|salida|egreso|despido)|cessazione|dimissioni|uit dienst|sorti(e)? le",
    ),
    ("left", r"退職者?|退社|離職|离职|퇴사|퇴직|\bleaver\b|\bterminated\b"),
    ("status", r"在籍|在職|employment status|worker status|在职|재직"),
    ("private_email", r"(mail|メール|correo|courriel).*(個人|私用|自宅|private|personal|home|privat|personnel)"),
    ("private_email", r"(個人|私用|自宅|携帯|private|personal|home|privat|personnel).*(mail|メール|correo|courriel)"),
    (
        "email",
        r"(mail|メール|correo|courriel).*(geschäft|beruf|firm|dienst|work|business|office|profes|trabajo|会社|業務)",
    ),
    ("number", r"^(employee|emp|staff|personnel|worker|person)\W*(#|№|n[o°º]\b)"),
    (
        "email",
        r"(会社|社用|業務|勤務先|work|business|company|office|dienst|geschäft|beruf|firmen|profes"
        r"|corporat).*(mail|メール|correo|courriel)",
    ),
    ("other", r"ローマ字|英字|英語|旧姓|roman|maiden|geburtsname"),
)

VOCABULARY = Vocabulary(
    {"ja": ja.HEADINGS, "en": west.ENGLISH, "de": west.GERMAN, "fr": west.FRENCH, "es": west.SPANISH}
    | {"zh": zh_ko.CHINESE, "ko": zh_ko.KOREAN},
    PATTERNS,
)

__all__ = ["GENDER", "POST", "STATUS", "VOCABULARY"]
