"""What a refusal means, in words for the person who pressed the button. Codes are listed in docs/refusals.md."""

from typing import Final

from ekkyo.contracts.members import Locale

REFUSALS: Final[dict[Locale, dict[str, str]]] = {
    "ja": {
        "event_not_found": "このイベントは見つかりません。",
        "event_cancelled": "このイベントは中止になりました。",
        "event_concluded": "このイベントは終了しました。",
        "event_not_published": "このイベントはまだ公開されていません。",
        "event_not_started": "このイベントはまだ始まっていません。",
        "event_in_the_past": "開始日時が過ぎています。これからの日時にしてください。",
        "registration_closed": "受付は終了しました。",
        "capacity_below_confirmed": "定員を、参加が確定している人数より少なくすることはできません。",
        "place_missing": "会場を入力してください。会場で行うイベントには場所が必要です。",
        "url_missing": "参加用URLを入力するか、「後で知らせる」を選んでください。",
        "too_many_promotions": "一度に増やせる定員を超えています。少しずつ増やしてください。",
        "check_in_not_open": "受付はまだ始まっていません。",
        "no_seat": "参加が確定していません。受付でお知らせください。",
        "wrong_word": "合言葉が違います。会場の画面に表示されている今の合言葉を入力してください。",
        "too_many_tries": "合言葉の間違いが続きました。受付でお知らせいただくか、10分後にもう一度入力してください。",
        "member_inactive": "退職した方は対象にできません。",
        "member_not_found": "このメンバーは見つかりません。",
        "not_a_member": "このコミュニティのメンバーだけが対象です。",
        "community_not_found": "このコミュニティは見つかりません。",
        "rules_version_not_current": "ルールが更新されました。新しいルールを読んでから承認してください。",
        "survey_not_found": "このアンケートは見つかりません。",
        "not_invited": "このアンケートの対象ではありません。",
        "survey_closed": "このアンケートの受付は終了しました。",
        "last_steward": "最後の管理者です。先に別の人を管理者にしてください。",
        "not_allowed": "この操作ができるのは、担当のリーダーまたは管理者だけです。",
    },
    "en": {
        "event_not_found": "There is no such event.",
        "event_cancelled": "This event was cancelled.",
        "event_concluded": "This event is over.",
        "event_not_published": "This event is not published yet.",
        "event_not_started": "This event has not started yet.",
        "event_in_the_past": "This time has passed. Choose a time in the future.",
        "registration_closed": "Registration is closed.",
        "capacity_below_confirmed": "There cannot be fewer seats than people who already have one.",
        "place_missing": "Say where it is: an event on site needs a place.",
        "url_missing": "Say where to join, or choose to tell it later.",
        "too_many_promotions": "That is too many new seats at once. Raise the number in steps.",
        "check_in_not_open": "Check-in is not open yet.",
        "no_seat": "You have no seat here. Ask at the desk.",
        "wrong_word": "That is not the word. Enter the word that the screen at the event shows now.",
        "too_many_tries": "Too many wrong words. Ask at the desk, or try again in ten minutes.",
        "member_inactive": "This person has left the company.",
        "member_not_found": "There is no such member.",
        "not_a_member": "This is for members of the community.",
        "community_not_found": "There is no such community.",
        "rules_version_not_current": "The rules have changed. Read the new ones, then accept them.",
        "survey_not_found": "There is no such survey.",
        "not_invited": "You were not invited to this survey.",
        "survey_closed": "This survey is closed.",
        "last_steward": "This is the last steward. Make somebody else a steward first.",
        "not_allowed": "Only the community's leaders or stewards may do this.",
    },
}


def refusal(locale: Locale, code: str, detail: str) -> str:
    """What to tell: our words for the code, else the service's own text, which is English."""
    return REFUSALS[locale].get(code, detail)
