"""Words of the pages of surveys."""

from typing import Final

JA: Final[dict[str, str]] = {
    "kicker": "アンケート",
    "event": "対象のイベントを見る",
    "anonymous": "匿名のアンケートです。",
    "anonymous_means": "誰が何と答えたかは、リーダーにも管理者にもわかりません。"
    "結果は、5人以上が答えたときだけ、集計して公開されます。",
    "named": "記名のアンケートです。",
    "named_means": "回答は、あなたの回答として保存されます。",
    "theme": "テーマ {n}",
    "send": "回答を送る",
    "until": "{until}まで回答できます。",
    "once": "送ったあとで回答を変えることはできません。",
    "thanks": "ご回答ありがとうございました。",
    "closed": "このアンケートの受付は終了しました。",
    "not_invited": "このアンケートの対象ではありません。",
    "did_answered": "回答を受け付けました。",
}

EN: Final[dict[str, str]] = {
    "kicker": "Survey",
    "event": "See the event",
    "anonymous": "This survey is anonymous.",
    "anonymous_means": "Nobody can see who said what, not even leaders or stewards. "
    "Results are shown as totals, and only when at least five people have answered.",
    "named": "This survey is not anonymous.",
    "named_means": "Your answers are kept with your name.",
    "theme": "Theme {n}",
    "send": "Send my answers",
    "until": "You can answer until {until}.",
    "once": "Answers cannot be changed once they are sent.",
    "thanks": "Thank you for your answers.",
    "closed": "This survey is closed.",
    "not_invited": "You were not invited to this survey.",
    "did_answered": "Your answers were received.",
}
