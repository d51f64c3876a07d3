"""Words of the terms of an event's registration."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "参加登録の条件",
    "menu": "参加登録の条件",
    "times": "受付の期間",
    "opens_at": "受付開始",
    "opens_hint": "空欄にすると、公開と同時に受付が始まります。",
    "closes_at": "受付終了",
    "closes_hint": "空欄にすると、開始時刻まで受け付けます。",
    "withdraw_by": "取りやめの期限",
    "withdraw_hint": "期限のあとの取りやめは「直前の取りやめ」として数えます。取りやめること自体はできます。",
    "places": "席の数え方",
    "online_capacity": "オンラインの定員",
    "online_capacity_hint": "入力すると、イベントの定員({n})は会場だけの数になり、"
    "参加する方が会場かオンラインかを選びます。空欄にすると、どちらの参加も一つの定員に数えます。",
    "not_hybrid": "ハイブリッドのイベントだけに設定できます。",
    "not_together": "抽選といっしょには設定できません。",
    "below_confirmed": "すでに埋まっている席より少なくはできません。",
    "approval_legend": "参加の承認",
    "approval": "参加する人をリーダーが承認する",
    "approval_hint": "登録した方は「申し込み済み」になり、承認されるまで席はありません。"
    "開始までに決めなかった申し込みは、見送りになります。",
    "not_before_start": "イベントの開始より前の日時を入力してください。",
    "not_before_close": "受付終了より前の日時を入力してください。",
    "in_the_past": "これからの日時を入力してください。席のある方が、期限の前に知ることができるようにするためです。",
    "told": "席のある方、キャンセル待ちの方、申し込んだ方に、変更をお知らせします。",
    "over": "終わったイベントや中止したイベントの条件は変えられません。",
    "opens": "受付は {at} に始まります。",
    "closes": "受付は {at} までです。",
    "closed": "受付は {at} に終了しました。",
    "withdraw_until": "取りやめは {at} までにお願いします。それ以降は「直前の取りやめ」として数えます。",
    "withdraw_late": "取りやめの期限({at})を過ぎているため、「直前の取りやめ」として数えますが、参加できないときは、"
    "いまからでも取りやめてください。席を待っている方に回ります。",
    "register_late": "取りやめの期限({at})を過ぎています。いま登録してから取りやめると、"
    "「直前の取りやめ」として数えます。",
    "did_set": "参加登録の条件を保存しました。",
}
EN: Final[dict[str, str]] = {
    "title": "Terms of registration",
    "menu": "Terms of registration",
    "times": "When members can register",
    "opens_at": "Registration opens",
    "opens_hint": "Leave this empty to open registration when you publish the event.",
    "closes_at": "Registration closes",
    "closes_hint": "Leave this empty to keep registration open until the event starts.",
    "withdraw_by": "Withdraw by",
    "withdraw_hint": "Members can still withdraw after this time, but it counts as a late cancellation.",
    "places": "How seats are counted",
    "online_capacity": "Capacity online",
    "online_capacity_hint": "With a number here, the event's capacity ({n}) is that of the room alone, and members "
    "choose how they take part. Leave this empty to count everybody towards one capacity.",
    "not_hybrid": "This is only for hybrid events.",
    "not_together": "This cannot be combined with a lottery.",
    "below_confirmed": "This cannot be less than the seats that are taken.",
    "approval_legend": "Approval",
    "approval": "A leader approves who comes",
    "approval_hint": "Members who register have applied, and have no seat until a leader approves. "
    "Applications that nobody has decided when the event starts are declined.",
    "not_before_start": "Enter a time before the event starts.",
    "not_before_close": "Enter a time before registration closes.",
    "in_the_past": "Enter a time in the future, so that those with a seat hear of it before it is over.",
    "told": "Everybody who has a seat, waits for one or applied will get a message about the change.",
    "over": "The terms of an event that is over or cancelled cannot be changed.",
    "opens": "Registration opens on {at}.",
    "closes": "Registration closes on {at}.",
    "closed": "Registration closed on {at}.",
    "withdraw_until": "If you cannot come, please withdraw by {at}. After that it counts as a late cancellation.",
    "withdraw_late": "The time to withdraw ended on {at}, so withdrawing now counts as a late cancellation. "
    "If you cannot come, please withdraw even so: somebody else can have the seat.",
    "register_late": "The time to withdraw ended on {at}. If you register now and withdraw later, "
    "it counts as a late cancellation.",
    "did_set": "The terms of registration are saved.",
}
