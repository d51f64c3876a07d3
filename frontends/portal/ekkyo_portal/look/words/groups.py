"""Words of registering together."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "まとめて登録する",
    "open": "同僚とまとめて登録する",
    "how": "あなたと同僚をまとめて登録します。全員分の席があれば全員の参加が確定し、足りなければ、"
    "そろって空くのを一緒に待ちます。",
    "emails": "同僚の会社のメールアドレス",
    "emails_hint": "1行に1人ずつ、{n}人まで。このコミュニティのメンバーだけを登録できます。"
    "あなたのアドレスは要りません。",
    "told": "登録した全員にメールでお知らせします。一人だけ取りやめることもできます。",
    "register": "まとめて登録する",
    "back": "イベントのページに戻る",
    "have": "すでにこのイベントに登録しています。同僚とまとめて登録し直すには、先に取りやめてください。",
    "closed": "いまは、まとめて登録できません。",
    "too_many_colleagues": "一度に登録できる人数を超えています。",
    "yourself": "あなたのアドレスは書かないでください。同僚のアドレスだけで登録できます。",
    "no_colleague": "次のアドレスのメンバーは、このコミュニティに見つかりません。",
    "group_cannot_register": "次の方は登録できません。すでに登録しているか、このイベントに参加できない方です。"
    "ご本人に確かめてください。",
    "group_too_large": "一度に登録できる人数を超えています。",
    "together": "{n}人でまとめて登録しています",
    "waits": "{n}人分の席がそろって空くと、全員の参加が確定し、お知らせが届きます。"
    "少ない人数の方が先になることがあります。",
    "free": "いま空いているのは {n} 席です。",
    "legend": "まとめての登録",
    "size": "一度に登録できる人数",
    "size_hint": "2から10までの数を入力すると、メンバーが同僚とまとめて登録できます。空欄にすると、"
    "一人ずつの登録だけになります。",
    "above_capacity": "イベントの定員より多くはできません。",
    "in_group": "{n}人のグループ",
    "did_applied": "全員でいっしょに抽選に申し込みました。全員が当たるか、全員が待つかのどちらかです。",
    "did_confirmed": "全員の参加が確定しました。",
    "did_waitlisted": "全員でキャンセル待ちに登録しました。席がそろって空くと、すぐにお知らせします。",
}

EN: Final[dict[str, str]] = {
    "title": "Register together",
    "open": "Register together with colleagues",
    "how": "This registers you and your colleagues together. If there are seats for all of you, you all get "
    "one; if not, "
    "you wait together until there are.",
    "emails": "Your colleagues' work addresses",
    "emails_hint": "One on each line, {n} at most. They must be members of this community. Leave your own address out.",
    "told": "All of you get a message about it. Each of you can withdraw alone.",
    "register": "Register us together",
    "back": "Back to the event",
    "have": "You are registered for this event already. To register together with colleagues, withdraw first.",
    "closed": "You cannot register together for this event now.",
    "too_many_colleagues": "These are more people than can register together.",
    "yourself": "Leave your own address out. You are part of the group anyway.",
    "no_colleague": "This community has no member with these addresses:",
    "group_cannot_register": "These colleagues cannot be registered: they may have a place already, or may not "
    "take part. "
    "Please ask them.",
    "group_too_large": "These are more people than can register together.",
    "together": "You are registered together, {n} of you",
    "waits": "As soon as {n} seats are free at once, all of you get them and a message. A smaller group may "
    "come first.",
    "free": "One seat is free now. |{n} seats are free now. ",
    "legend": "Registering together",
    "size": "Largest group",
    "size_hint": "With a number from 2 to 10, members can register together with colleagues. Leave this empty, "
    "and they "
    "register one by one.",
    "above_capacity": "This cannot be more than the event's capacity.",
    "in_group": "in a group of {n}",
    "did_applied": "You have entered the draw together: all of you get seats, or all wait.",
    "did_confirmed": "All of you have a seat.",
    "did_waitlisted": "All of you are on the waitlist. As soon as there are seats for all, we will send you a message.",
}
