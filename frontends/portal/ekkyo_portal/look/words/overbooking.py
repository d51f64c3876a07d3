"""Words of the page about overbooking."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "参加の見込み",
    "lead": "参加が確定していても、当日来ない人がいます。これまでのイベントの記録から、席が足りなくなるおそれを"
    "小さく抑えながら、何人まで参加を確定できるかの目安を示します。",
    "nothing": "この目安で自動的に変わるものはありません。定員を増やす場合は、"
    "イベントの編集で「定員」を変更してください。",
    "seats": "実際の席数(会場に入れる人数)",
    "seats_hint": "今の定員は {capacity} 人です。席数より多く確定するために定員を増やしたあとは、"
    "会場の実際の席数を入力してください。",
    "show": "この席数で計算する",
    "kind": "「{format}」のイベント",
    "kind_about": "テーマが「{context}」で「{format}」のイベント",
    "said": "{kind}のうち、これまでの {events} 回では、席のあった {registrations} 人のうち "
    "{absent} 人が来ませんでした。"
    "来ない人の割合は約 {share}%({low}〜{high}% の間)と見込まれます。",
    "advised": "{seats} 席に対して、{advised} 人まで参加を確定できます。当日来るのは {low}〜{high} 人の見込みで、"
    "{seats} 人を超えるおそれは {risk} です。",
    "none_more": "{seats} 席に対しては、{seats} 人より多く確定しないことをおすすめします。"
    "1 人でも増やすと、席が足りなくなるおそれが {limit}% を超えます。",
    "confirmed": "確定する人数",
    "coming": "来る見込み",
    "come": "{low}〜{high} 人",
    "too_many": "{seats} 人超のおそれ",
    "never": "なし",
    "below": "1% 未満",
    "best": "目安",
    "now": "今の定員",
    "how": "どの範囲も、10 回のうち 9 回以上はその中に収まるという意味です。席が足りなくなるおそれが 5% 以下になる"
    "最大の人数を目安としています。席のないまま当日来た人は数えていません。",
    "none": "まだ目安を示せません。",
    "too_few_events": "{kind}で、参加が記録されたものが {needed} 回以上必要です。今は {n} 回です。",
    "too_few_registrations": "{kind}で、席のあった人が合わせて {needed} 人以上必要です。今は {n} 人です。",
    "edit": "定員を変更する",
}

EN: Final[dict[str, str]] = {
    "title": "How many will come?",
    "lead": "Some people who have a seat do not come. From your past events, this page estimates how many registrations"
    " you can confirm while it stays unlikely that there are too few seats.",
    "nothing": "Nothing changes by itself. To confirm more people, raise the number of seats where you edit the event.",
    "seats": "Seats there really are",
    "seats_hint": "The event has {capacity:# seat|# seats} in Ekkyo. If you raised that to overbook, enter how many "
    "the room has.",
    "show": "Show for this number",
    "kind": "format: {format}",
    "kind_about": "format: {format}, theme: {context}",
    "said": "At {events:# past event|# past events} like this ({kind}), {absent} of {registrations:# person|# people} "
    "with a seat did not come. That is about {share}% (between {low}% and {high}%).",
    "advised": "For {seats:# seat|# seats}, you can confirm {advised}. Between {low} and {high} people are likely to "
    "come, and the risk that more than {seats} come is {risk}.",
    "none_more": "For {seats:# seat|# seats}, do not confirm more than {seats}. With one more, the risk that there are "
    "too few seats would be above {limit}%.",
    "confirmed": "Confirmed",
    "coming": "Likely",
    "come": "{low} to {high}",
    "too_many": "Over {seats} come",
    "never": "none",
    "below": "under 1%",
    "best": "advised",
    "now": "now",
    "how": "The ranges hold in at least nine cases out of ten. The advised number is the highest with a risk of at most"
    " 5%. People who come without a seat are not counted.",
    "none": "There is no advice yet.",
    "too_few_events": "It takes at least {needed} past events like this ({kind}) where attendance was recorded."
    " So far there {n:is #|are #}.",
    "too_few_registrations": "It takes at least {needed} people with a seat at past events like this ({kind})."
    " So far there {n:is #|are #}.",
    "edit": "Change the number of seats",
}
