"""Words of the pages on which a steward says that two records are of one person."""

from typing import Any, Final

JA: Final[dict[str, Any]] = {
    "title": "同じ人の記録をまとめる",
    "open": "同じ人の別の記録をまとめる",
    "lead": "{name} さん({number})と同じ人の、もう一つの記録を探してください。まとめる前に、何が移るかを確認できます。",
    "search": "もう一つの記録",
    "preview": "確認する",
    "choose": "別の記録を選ぶ",
    "preview_title": "まとめるとどうなるか",
    "records": "記録",
    "kept": "残す記録",
    "absorbed": "まとめられる記録",
    "swap": "逆の記録を残す",
    "moves": "移るもの",
    "events": "これからのイベントの席",
    "both_events": "両方の記録に席があるイベント(良いほうの席が残り、もう一方は空きます)",
    "in_both": "(両方で参加)",
    "nothing": "ありません。",
    "attended": "参加回数は {n} 回になります。",
    "both_attended": "両方の記録で参加した {n} 回は、1回ずつ数えます。",
    "surveys": "アンケートへの参加も移ります。回答の内容には触れません。"
    "どちらかで回答したアンケートには、もう回答できません。",
    "current": "現在の社員番号、氏名、メールアドレス",
    "undo_hint": "1日以内なら取り消せます。番号、氏名、アドレスは以前のものとして残り、"
    "古いリンクやサインインも使えます。",
    "merge": "一つにまとめる",
    "merges": "まとめた記録",
    "merged_at": "{when} にまとめました。{until} まで取り消せます。",
    "undo": "取り消して二つに戻す",
    "former_numbers": "以前の社員番号",
    "former_names": "以前の氏名",
    "former_emails": "以前のメールアドレス",
}

EN: Final[dict[str, Any]] = {
    "title": "Merge records of the same person",
    "open": "Same person as another record",
    "lead": "Find the other record of {name} ({number}). You see what would move before anything is changed.",
    "search": "The other record",
    "preview": "Preview",
    "choose": "Choose another record",
    "preview_title": "What the merge would do",
    "records": "Record",
    "kept": "Kept",
    "absorbed": "Becomes part of it",
    "swap": "Keep the other record instead",
    "moves": "What moves",
    "events": "Places at events to come",
    "both_events": "Both have a place: the better one stays, the other becomes free",
    "in_both": "(both are members)",
    "nothing": "Nothing.",
    "attended": "{n} event attended in all.|{n} events attended in all.",
    "both_attended": "{n} event that both attended counts once.|{n} events that both attended count once each.",
    "surveys": "Participation in surveys moves too; answers are not touched. A survey that either record answered "
    "cannot be answered again.",
    "current": "The number, name and address of now",
    "undo_hint": "It can be undone for a day. The other number, name and address stay as former ones; "
    "old links and signing in keep working.",
    "merge": "Merge",
    "merges": "Merged records",
    "merged_at": "Merged {when}. It can be undone until {until}.",
    "undo": "Undo, and make them two again",
    "former_numbers": "Former numbers",
    "former_names": "Former names",
    "former_emails": "Former addresses",
}
