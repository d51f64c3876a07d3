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
        r"|(date|fecha|data)\b.*\b(fin|terminaci|rescis|desvincula|término)|(end|exit|last"
        r"|final) (day )?of (employment|work|contract|service)"
        r"|(employment|contract|service) end|ende der (beschäftigung|anstellung)|vertragsende|最終(出勤|勤務|在籍)日"
        r"|fecha.*(baja|cese|salida|egreso|despido)|cessazione|dimissioni|uit dienst|sorti(e)? le",
    ),
    ("left", r"退職者?|退社|離職|离职|퇴사|퇴직|\bleaver\b|\bterminated\b"),
    ("status", r"account ?enabled|有効フラグ|lifecycle status|position status"),
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
        r"(会社|社用|社内|企業|業務|勤務先|work|business|company|office|dienst|geschäft|beruf|firmen|profes"
        r"|corporat).*(mail|メール|correo|courriel)",
    ),
    (
        "manager_number",
        r"(上長|上司|管理者|manager|supervisor|vorgesetzt|responsable|\bjefe|主管|上级|上級|상사)"
        r".*(番号|コード|\bid\b|number|\bno\b|nummer|matricule|código|工号|工號|사번)"
        r"|(number|\bid\b|nummer|matricule|código|legajo).*(manager|supervisor|vorgesetzt|responsable|\bjefe)",
    ),
    (
        "number",
        r"^(社員|従業員|職員|スタッフ)(管理)?(番号|no|コード|id|cd)|^(员工|員工|职工|职员)(工号|工號|编号|编码|代码)"
        r"|^(user/)?(employee|staff|worker|associate|personnel)\b.*\b(id|no|number|code)$|^file number$"
        r"|^code (salarié|employé|collaborateur)|^código (de )?empleado|^pers\.?-?n",
    ),
    (
        "department",
        r"^(主|現|本務)?(所属|配属)(部門|部署|グループ|組織|課)(名|名称)?$|^home department|^department (name|desc)",
    ),
    ("other", r"ローマ字|英字|英語|旧姓|roman|maiden|geburtsname"),
)

VOCABULARY = Vocabulary(
    {"ja": ja.HEADINGS, "en": west.ENGLISH, "de": west.GERMAN, "fr": west.FRENCH, "es": west.SPANISH}
    | {"zh": zh_ko.CHINESE, "ko": zh_ko.KOREAN},
    PATTERNS,
)

__all__ = ["GENDER", "POST", "STATUS", "VOCABULARY"]
