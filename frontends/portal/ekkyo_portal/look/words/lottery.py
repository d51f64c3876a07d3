"""Words of lotteries: events whose places are drawn by lot."""

from typing import Final

JA: Final[dict[str, str]] = {
    "legend": "抽選",
    "draws_at": "抽選の日時",
    "draws_hint": "入力すると、先着順ではなく、この日時までに申し込んだ方の中から抽選で席を決めます。"
    "公開したあとで、抽選にしたり、抽選をやめたりすることはできません。",
    "later_hint": "公開したあとは、遅くすることだけができます。",
    "over_hint": "抽選の日時を過ぎたので、もう変えられません。",
    "published": "抽選にするかどうかは、公開する前に決めます。",
    "not_before_start": "イベントの開始より前の日時を入力してください。",
    "not_after_open": "受付開始よりあとの日時を入力してください。",
    "only_later": "お知らせした日時より早くすることはできません。抽選の日時を過ぎたあとは、変えられません。",
    "fixed": "公開したあとで、抽選にしたり、抽選をやめたりすることはできません。",
    "enter": "抽選に申し込む",
    "seats": "抽選で {seats} 席・{n} 人が申し込み",
    "draws": "席は {at} に抽選で決めます。それまでに申し込んだ方が対象で、申し込みの順番は関係ありません。",
    "in_draw": "抽選は {at} です。結果はお知らせします。",
    "drawing": "抽選の時間になりました。まもなく結果が出ます。",
    "waits": "先に抽選をします。残った席は、抽選の日時よりあとに登録した方に、登録の順に回り、お知らせが届きます。",
    "held": "申し込んだ {n} 組の中から抽選しました。",
    "not_held": "抽選は行われませんでした。",
    "check": "抽選が正しく行われたことを確かめる",
    "check_later": "抽選を確かめる方法",
    "how": "抽選の種(シード)のハッシュ値は公開のときに、申し込みの一覧のハッシュ値は種を明かす前に、公表されます。"
    "だから、結果に合わせてどちらかを選ぶことはできません。"
    "一覧と順番は Ekkyo のファクトにあり、だれでも計算し直せます。",
    "seed_sha256": "種のSHA-256",
    "entrants_sha256": "一覧のSHA-256",
    "seed": "種",
    "command": "計算し直すコマンド",
}
EN: Final[dict[str, str]] = {
    "legend": "Lottery",
    "draws_at": "Time of the draw",
    "draws_hint": "If you enter a time, seats are drawn by lot among all who register before it, instead of "
    "first come, first served. You cannot add or remove a lottery after the event is published.",
    "later_hint": "Now that the event is published, you can only choose a later time.",
    "over_hint": "The time of the draw has passed, so it cannot be changed any more.",
    "published": "A lottery can only be set before the event is published.",
    "not_before_start": "Enter a time before the event starts.",
    "not_after_open": "Enter a time after registration opens.",
    "only_later": "It cannot be earlier than announced, and it cannot be changed once the time of the draw has passed.",
    "fixed": "You cannot add or remove a lottery after the event is published.",
    "enter": "Enter the draw",
    "seats": "{seats:# seat|# seats} drawn by lot, {n} applied",
    "draws": "Seats are drawn by lot on {at}, among all who register before. When you register makes no difference.",
    "in_draw": "The draw is on {at}. You will get a message with the result.",
    "drawing": "It is time for the draw. The result will be here in a moment.",
    "waits": "The draw comes first. Then those who registered after it get the seats that are left, in the order in "
    "which they registered, and a message.",
    "held": "Seats were drawn by lot. Entries in the draw: {n}.",
    "not_held": "The draw was not held.",
    "check": "Check that the draw was fair",
    "check_later": "How the draw can be checked",
    "how": "The hash of the draw's seed is published with the event, and the hash of the list of entrants before the "
    "seed. So neither can be chosen to suit the other. The list and the order are in Ekkyo's facts, and anybody can "
    "compute the draw again.",
    "seed_sha256": "SHA-256 of the seed",
    "entrants_sha256": "SHA-256 of the list",
    "seed": "Seed",
    "command": "Command that computes it again",
}
