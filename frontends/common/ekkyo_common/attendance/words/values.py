"""What the cells of some columns say: whether somebody came, a yes or a no, joining or leaving."""

import re
from typing import Literal

from ekkyo_common.attendance.words.patterns import JOINED, LEFT
from ekkyo_common.tables.names import plain, without_code

Status = Literal["attended", "absent", "cancelled", "not_confirmed", "registered", "unsaid"]

STATUS: dict[str, str] = {
    "attended": "attended | attendees | participants | 参加者 | 出席者 | teilnehmer | anwesende | asistentes"
    " | 参会者 | 참가자 | present | joined | checked in | check-in | showed up | ○ | ◯ | 〇 | ◎ | ● | ✓ | ✔ | ☑"
    " | 出席 | 出 | 参加 | 参加済み"
    " | 参加済 | 参加した | 出席済み | 出席済 | 来場 | 来場済み | 受付済み | 受付済 | チェックイン済み"
    " | チェックイン | 参加あり | 遅刻 | 早退 | late | left early | arrived late | in meeting | in the meeting"
    " | in session | online | onsite | on site"
    " | in person | remote"
    " | オンライン参加 | オンライン出席 | オンライン | 現地参加 | 会場参加 | 来場参加 | リモート参加 | 代理出席"
    " | 代理"
    " | attended online | attended in person | verspätet | online teilgenommen | vor Ort | a assisté | assisté"
    " | a été présent | en retard | ha asistido | ha participado | asistente | 迟到 | 遲到 | 早退 | 조퇴 | 출석함"
    " | anwesend | teilgenommen | erschienen | présent | présente | a participé | asistió | presente | participó"
    " | 已签到 | 已簽到 | 签到 | 到场 | 已参加 | 已參加 | 已出席 | 参加 | 參加 | 到 | 참석 | 출석 | 참가 | 참석함"
    " | 참가함 | 지각",
    "absent": "absent | absentees | no-shows | abwesende | absents | ausentes | 欠席された方 | 欠席の方"
    " | 参加しない | 参加しません | 参加できません | 出席しない | 出席しません | 欠席します"
    " | 欠席する | 欠席予定 | did not attend | didn't attend | not attended | no show | no-show | missed"
    " | not present"
    " | × | ✕ | ✗ | ☐ | 欠席 | 未出席 | not attending | will not attend | didn't show | excused | unexcused"
    " | 公欠 | 病欠"
    " | 事前欠席 | 欠席連絡あり | 無断欠席 | 不在 | 欠席者 | unentschuldigt | fehlt | fehlend | krank"
    " | nimmt nicht teil"
    " | n'a pas assisté | absent excusé | non présent | no participó | no asistirá | no se presentó | assente"
    " | non presente | afwezig | 旷课 | 缺課 | 未到 | 미참가 | 노쇼"
    " | 不参加 | 無断欠席 | 未参加 | 参加なし | 参加せず | 未受付 | 未チェックイン | 出席なし | 欠 | abwesend"
    " | nicht teilgenommen | gefehlt"
    " | nicht erschienen | entschuldigt | absente | excusé | excusée | n'a pas participé | no asistió | ausente"
    " | faltó"
    " | 缺席 | 未签到 | 未簽到 | 未参加 | 未參加 | 未出席 | 缺勤 | 请假 | 請假 | 불참 | 결석 | 미참석 | 미출석",
    "cancelled": "cancelled | キャンセル者 | 辞退者 | canceled | withdrawn | withdrew | declined | refunded"
    " | deleted | removed | revoked"
    " | annullato | annullata | geannuleerd | cancelado por el asistente | zurückgezogen | erstattet | remboursé"
    " | reembolsado | 返金済み | 返金済 | 返金 | 환불 | キャンセル | キャンセル済み"
    " | キャンセル済 | 取消 | 取り消し | 取消し"
    " | 辞退 | 参加取消 | 参加キャンセル | abgesagt | storniert | abgemeldet | annulé | annulée | refusé | décliné"
    " | désisté"
    " | cancelado"
    " | cancelada | anulado | rechazado | 已取消 | 已退出 | 취소 | 취소됨 | 거절",
    "not_confirmed": "pending | waitlisted | waitlist | waiting list | on waitlist | invited | tentative"
    " | no response | maybe | denied"
    " | rejected | not approved | 保留 | 未定 | 未回答 | 補欠 | キャンセル待ち | 抽選待ち | 落選 | 招待中"
    " | 承認待ち | 却下 | 検討中 | △"
    " | ausstehend | warteliste | abgelehnt | vorbehaltlich | en attente | liste d'attente | pendiente"
    " | lista de espera | 待定 | 候补 | 候補"
    " | 待审核 | 待審核 | 未回复 | 未回覆 | 已拒绝 | 已拒絕 | 대기 | 보류 | 미응답 | 대기 중 | 거부됨",
    "registered": "registered | 参加する | 参加します | 出席する | 出席します | 参加予定です | i will attend"
    " | ja, ich komme | approved | accepted | confirmed | going | attending | will attend | rsvp yes | paid"
    " | purchased | sold | ticket sold | reserved | 販売済 | 販売済み | 購入済 | 購入済み | 支払済 | 支払済み"
    " | 決済済"
    " | 決済済み | 入金済 | 入金済み | 予約済 | 申込済 | 申込済み | 申し込み済み"
    " | 登録済み | 登録済 | 承認済み | 承認"
    " | 参加予定 | 出席予定 | 当選 | 予約済み | 参加希望 | angemeldet | genehmigt | zugesagt | bestätigt | inscrit"
    " | inscrite"
    " | approuvé | confirmé"
    " | accepté | inscrito | inscrita | aprobado | confirmado | aceptado | 已注册 | 已批准 | 已报名 | 已註冊"
    " | 已報名 | 已核准"
    " | 已接受 | 등록 | 등록됨"
    " | 승인 | 승인됨 | 참석 예정 | 신청 완료",
}
FLAG: dict[str, str] = {
    "yes": "yes | y | true | 1 | はい | 有 | あり | 済 | ○ | ◯ | 〇 | ● | ✓ | ✔ | ☑ | ja | j | wahr | oui | o | vrai"
    " | sí | si | s | verdadero | 是"
    " | 有 | 예 | 네 | 있음 | 참",
    "no": "no | n | false | 0 | いいえ | 無 | なし | 未 | × | ✕ | ✗ | ☐ | nein | falsch | non | faux | falso | 否"
    " | 无 | 無"
    " | 不 | 아니요 | 아니오 | 없음 | 거짓",
}
ACTION: dict[str, str] = {
    "joined": "joined | joined before | 参加 | 参加済み | 参加しました | 以前に参加済み | 入室 | 入室済み"
    " | beigetreten"
    " | zuvor beigetreten | teilgenommen"
    " | a rejoint | rejoint | unido | se unió | se ha unido | 已加入 | 加入 | 已进入 | 之前已加入 | 参加了"
    " | 참가함 | 참가 | 참여함 | 참여"
    " | 입장 | 입장함"
    " | 참가됨 | 조인됨 | 참석함",
    "left": "left | 退出 | 退出済み | 退出しました | 退室 | 退室済み | verlassen | hat verlassen | a quitté"
    " | quitté | parti"
    " | sorti | abandonó | salió"
    " | se fue | ha salido | 已离开 | 离开 | 已離開 | 離開 | 已退出 | 나감 | 나갔음 | 퇴장 | 퇴장함 | 퇴실 | 나가기",
}
_NOTHING = {"", "-", "--", "–", "—", "―", "n/a", "na", "ー", "なし", "null", "none", "未設定", "無し"}


_BEFORE = re.compile(
    r"\bbefore\b|\bearlier\b|以前に|前に|\b(?:zuvor|vorher|bereits)\b|\bavant\b|\bantes\b|之前|이전에|미리", re.I
)
_BETWEEN = re.compile(r"[・/／,、，;；+＋&＆]|\b(?:and|und|et|y)\b", re.I)


_TITLE = re.compile(
    r"[(（][^()（）]*[)）]$|[\[\]【】()（）<>＜＞■□◆●▼・*#:：]|(?:の方)?(?:一覧|リスト|名簿)|\b(?:list|liste)\b", re.I
)


def _table(words: dict[str, str]) -> dict[str, str]:
    return {_key(word): meaning for meaning, all_words in words.items() for word in all_words.split("|")}


def _key(cell: str) -> str:
    return plain(cell).casefold().replace(" ", "").rstrip(".!。")


_STATUS, _FLAG, _ACTION = _table(STATUS), _table(FLAG), _table(ACTION)


def says_nothing(cell: str) -> bool:
    """Whether a cell is empty or holds what stands for nothing."""
    return plain(cell).casefold() in _NOTHING


def flag(cell: str) -> bool | None:
    """A yes or a no; None: neither."""
    found = _FLAG.get(_key(cell))
    return None if found is None else found == "yes"


def attendance_status(cell: str) -> str | None:
    """What a column about attendance says; None: it is not understood."""
    if plain(cell).casefold() in _NOTHING - {"なし", "無し"}:
        return "unsaid"
    if found := said_outright(cell):
        return found
    said = flag(cell)
    return None if said is None else "attended" if said else "absent"


def said_outright(cell: str) -> str | None:
    """What a cell says in words of somebody's attendance, whatever its column; a yes or no says nothing."""
    if found := _STATUS.get(_key(cell)) or _STATUS.get(_key(without_code(plain(cell)))):
        return found
    parts = [_STATUS.get(_key(part)) for part in _BETWEEN.split(cell)]
    return parts[0] if len(parts) > 1 and parts[0] and len(set(parts)) == 1 else None


def title_says(text: str) -> str | None:
    """What a title above rows says of all of them, as 【欠席者】; None: nothing."""
    return said_outright(_TITLE.sub(" ", text).strip())


def registration_status(cell: str) -> str | None:
    """What a column about registration says: that somebody means to come is not that they came."""
    found = attendance_status(cell)
    return {"attended": "registered", "absent": "cancelled"}.get(found or "", found)


def action(cell: str) -> str | None:
    """`joined` or `left`; None: it is neither."""
    text = _BEFORE.sub(" ", plain(cell)).casefold()
    if found := _ACTION.get(_key(cell)) or _ACTION.get(_key(text)):
        return found
    if re.search(LEFT, text):
        return "left"
    return "joined" if re.search(JOINED, text) or re.search("参加|參加|참가|참여|unid[oa]", text) else None
