"""The words around a message, in both languages."""

from ekkyo.contracts.members import Locale

LABELS: dict[Locale, dict[str, str]] = {
    "ja": {
        "greeting": "{name} さん",
        "when": "日時",
        "other_time": "ほかの時間帯では",
        "was": "変更前の日時",
        "place": "場所",
        "join": "参加用URL",
        "format": "開催方法",
        "deadline": "回答期限",
        "about": "内容",
        "colon": ": ",
        "REQUEST": "カレンダーに登録できる招待を添付しています。",
        "CANCEL": "カレンダーの予定は、添付の取り消しで削除できます。",
        "footer": "{community}からのお知らせです。このメールは送信専用です。",
        "community": "コミュニティ",
    },
    "en": {
        "greeting": "Hello {name},",
        "when": "When",
        "other_time": "That is",
        "was": "Before",
        "place": "Where",
        "join": "Join at",
        "format": "How",
        "deadline": "Answer by",
        "about": "About",
        "colon": ": ",
        "REQUEST": "An invitation for your calendar is attached.",
        "CANCEL": "A cancellation for your calendar is attached.",
        "footer": "From {community}. Replies to this address are not read.",
        "community": "your community",
    },
}

SEAT_FIRST: dict[Locale, str] = {
    "ja": "(参加用URLは、参加が確定した方にお知らせします)",
    "en": " (those with a seat are told where to join)",
}

URL_FOLLOWS: dict[Locale, str] = {
    "ja": "(参加用URLは、後日お知らせします)",
    "en": " (where to join is told later)",
}
