"""What the cells of some columns say: whether somebody is employed, which of several posts a row is, a gender."""

import re
from typing import Literal

from ekkyo_common.tables.names import plain, without_code

Employed = Literal["active", "left", "either"]

STATUS = {
    "either": "正社員 | 契約社員 | 派遣社員 | 嘱託社員 | 嘱託 | パート | アルバイト | full-time | full time"
    " | part-time"
    " | part time | permanent | temporary | fixed term | regular | intern | contractor | vollzeit | teilzeit"
    " | befristet | unbefristet | temps plein | temps partiel | cdi | cdd | tiempo completo | tiempo parcial"
    " | 全职 | 正式员工 | 정규직 | 계약직",
    "active": "active | employed | current | aktiv | beschäftigt | actif | active | présent | présente"
    " | congé parental | congé maternité | arrêt maladie | en poste | en activité"
    " | activo | activa | alta | baja médica | baja por enfermedad | 在籍 | 在籍中 | 在職"
    " | 在職中 | 現職 | 在勤 | 就業中 | 勤務中 | 出向 | 出向中 | 休職 | 休職中 | 休業 | 休業中 | 育休 | 育休中"
    " | 育児休業 | 産休 | 産休中 | 介護休業"
    " | 再雇用 | 試用 | 試用期間 | 内定 | 在籍者 | 在職者 | 現職者 | 在籍社員 | 退職予定 | 退職予定者 | 出向者"
    " | 休職者 | 育児休業中 | 介護休業中 | on leave"
    " | on notice | notice period | serving notice | onboarding | pre-hire | hired | garden leave | sabbatical"
    " | leave of absence | leave | parental leave | maternity leave"
    " | probation | suspended"
    " | beurlaubt | ruhend | in elternzeit | mutterschutz | elternzeit | en congé | congé | de permiso"
    " | excedencia | 在职 | 试用 | 试用期 | 正式 | 試用期"
    " | 留职停薪 | 留職停薪 | 休假"
    " | 재직 | 재직중 | 휴직 | 휴직중 | 수습",
    "left": "left | terminated | inactive | resigned | retired | deceased | former | dismissed | ausgeschieden"
    " | former employee | former employees | leavers | leaver | ex-employees | withdrawn | separated | exited"
    " | offboarded | quit | laid off | left the company"
    " | not employed"
    " | no longer employed | ausgetreten | inaktiv | ehemalig | ehemalige | ausgeschiedene | ausgetretene"
    " | ehemaliger | im ruhestand"
    " | ruhestand | rente"
    " | in rente | pensioniert | entlassen"
    " | verstorben | parti | sorti | inactif | démissionné | licencié | retraité | décédé | baja"
    " | baja voluntaria | baja definitiva | inactivo"
    " | cesado | cesada | jubilado | jubilada | despedido | despedida | retirado | cessato | dimesso | uit dienst"
    " | démissionnaire | quitté | a quitté | retraitée | licenciée | inactive"
    " | 退職 | 退職した | 依願退職 | 自己都合退職 | 会社都合退職 | 早期退職 | 退職扱い | 退任 | 退職済"
    " | 退職済み | 退職者 | 退社 | 退社済 | 離職 | 定年退職 | 定年 | 解雇 | 死亡 | 死亡退職 | 除籍"
    " | 転籍 | 転籍済 | 契約満了"
    " | 离职员工 | 離職員工 | 离职 | 已离职 | 離職 | 已離職 | 退休 | 辞职 | 辭職 | 解聘 | 퇴사 | 퇴직 | 퇴사자"
    " | 퇴직자 | 정년퇴직",
}
POST = {
    "main": "本務 | 主務 | 本 | 主 | 正 | 主たる | primary | main | haupt | hauptbeschäftigung | haupttätigkeit"
    " | principal | principale | 主职"
    " | 主職 | 본직 | 본무 | 주무",
    "also": "兼務 | 兼任 | 兼 | 副 | 従 | 兼務発令 | secondary | concurrent | additional | neben | nebentätigkeit"
    " | secondaire | secundario | 兼职"
    " | 兼職 | 겸직 | 겸무",
}
GENDER = {
    "female": "女 | 女性 | 女子 | f | female | woman | 2 | w | weiblich | femme | féminin | mujer | femenino | 여"
    " | 여성 | 여자",
    "male": "男 | 男性 | 男子 | m | male | man | 1 | männlich | homme | masculin | hombre | masculino | 남 | 남성"
    " | 남자",
    "other": "その他 | x | other | o | 9 | d | divers | autre | otro | 其他 | 기타",
    "": "不明 | 未回答 | 回答しない | 無回答 | unknown | undisclosed | - | 0 | keine angabe | non précisé"
    " | no indicado | 未知 | 미응답",
}
"""As they are written; the digits are those of ISO 5218 and JIS X 0303."""
LANGUAGE = {
    "ja": "ja | jp | jpn | ja-jp | ja_jp | japanese | 日本語 | 日语 | 日語 | japanisch | japonais | japonés | 일본어",
    "en": "en | eng | en-us | en_us | en-gb | en_gb | english | 英語 | 英语 | englisch | anglais | inglés | 영어",
}
_YES = {
    "yes",
    "y",
    "true",
    "1",
    "はい",
    "○",
    "◯",
    "〇",
    "●",
    "有",
    "あり",
    "済",
    "ja",
    "oui",
    "sí",
    "si",
    "是",
    "예",
    "x",
}
_NO = {"no", "n", "false", "0", "いいえ", "×", "無", "なし", "nein", "non", "否", "아니요", "未"}
NOTHING = {
    "",
    "-",
    "--",
    "―",
    "ー",
    "—",
    "–",
    "n/a",
    "na",
    "なし",
    "無し",
    "無",
    "none",
    "null",
    "未設定",
    "未登録",
    "#n/a",
    "keine",
    "aucun",
    "ninguno",
    "无",
}


def _table(words: dict[str, str]) -> dict[str, str]:
    return {_key(word): meaning for meaning, all_words in words.items() for word in all_words.split("|")}


def _key(cell: str) -> str:
    return plain(cell).casefold().replace(" ", "")


_STATUS, _POST, _GENDER, _LANGUAGE = _table(STATUS), _table(POST), _table(GENDER), _table(LANGUAGE)


def _find(table: dict[str, str], cell: str) -> str | None:
    """What a word means, with the code that a system has for it before or after it, or without."""
    found = table.get(_key(cell))
    return table.get(_key(without_code(plain(cell)))) if found is None else found


def nothing(cell: str) -> bool:
    """Whether a cell is empty or holds what stands for nothing."""
    return plain(cell).casefold() in NOTHING


def yes(cell: str) -> bool | None:
    """A yes or a no; None: neither."""
    key = _key(cell)
    return True if key in _YES else False if key in _NO or nothing(cell) else None


def employed(cell: str) -> str | None:
    """`active` or `left`; `either` for a kind of contract, which says neither; None: it is not understood."""
    return _find(_STATUS, cell)


def title_says(text: str) -> str | None:
    """`active` or `left`, of a title above rows such as 【退職者一覧】; None: it says neither."""
    words = re.sub(
        r"[(（][^()（）]*[)）]$|[\[\]【】()（）<>＜＞■□◆●○▼・*#:：]|(?:の方)?(?:一覧|リスト|名簿)|\b(?:list|liste)\b",
        " ",
        text,
    )
    said = employed(words.strip())
    return said if said in ("active", "left") else None


def post(cell: str) -> str | None:
    """`main` or `also`, of a row that is one of several posts of somebody; None: it does not say."""
    return _find(_POST, cell)


def gender(cell: str) -> str | None:
    """A gender, empty for one that is not told; None: it is not understood."""
    return _find(_GENDER, cell)


def language(cell: str) -> str | None:
    """A language that members can be told things in; None: it is another one, or not understood."""
    return _LANGUAGE.get(_key(cell))
