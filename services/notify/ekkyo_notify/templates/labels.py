"""The words around a message, in both languages."""

from ekkyo.contracts.members import Locale
from ekkyo.contracts.notify import Topic

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
        "withdraw_at": "参加できなくなったときは、こちらのページで取りやめてください: {page}",
        "product": "越境 Ekkyo",
        "code": "確認コード",
        "sign_in": "サインインする",
        "sign_in_footer": "サインインのためにお送りしたメールです。このメールは送信専用です。",
        "unsubscribe": "この種類のお知らせを止める",
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
        "withdraw_at": "If you cannot come, please give up your seat here: {page}",
        "product": "Ekkyo",
        "code": "Code",
        "sign_in": "Sign in",
        "sign_in_footer": "This mail was sent because somebody asked to sign in. Replies to it are not read.",
        "unsubscribe": "Stop messages of this kind",
    },
}

ACTIONS: dict[Locale, dict[Topic, str]] = {
    "ja": {
        "event_published": "イベントを見る・申し込む",
        "registration_confirmed": "イベントのページを開く",
        "registration_waitlisted": "順番待ちの状況を見る",
        "registration_promoted": "イベントのページを開く",
        "registration_withdrawn": "イベントのページを開く",
        "event_revised": "変更後の内容を見る",
        "event_rescheduled": "新しい日時を確認する",
        "event_cancelled": "イベントのページを開く",
        "event_reminder": "イベントのページを開く",
        "survey_opened": "アンケートに答える",
    },
    "en": {
        "event_published": "See the event and register",
        "registration_confirmed": "Open the event's page",
        "registration_waitlisted": "See my place on the waitlist",
        "registration_promoted": "Open the event's page",
        "registration_withdrawn": "Open the event's page",
        "event_revised": "See what changed",
        "event_rescheduled": "See the new time",
        "event_cancelled": "Open the event's page",
        "event_reminder": "Open the event's page",
        "survey_opened": "Answer the survey",
    },
}
"""What the button of a message says."""

SEAT_FIRST: dict[Locale, str] = {
    "ja": "(参加用URLは、参加が確定した方にお知らせします)",
    "en": " (those with a seat are told where to join)",
}

URL_FOLLOWS: dict[Locale, str] = {
    "ja": "(参加用URLは、後日お知らせします)",
    "en": " (where to join is told later)",
}
