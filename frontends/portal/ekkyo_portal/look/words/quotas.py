"""Words of quotas: seats that are kept for first-timers or for departments until a time."""

from typing import Final

JA: Final[dict[str, str]] = {
    "legend": "席の確保",
    "hint": "初めて参加する方や、決まった部署の方のために席を確保できます。確保した席のうち残ったものは、"
    "開放の日時に、キャンセル待ちの長い方から順に回ります。",
    "hint_lottery": "抽選のときは、初めて参加する方の席だけを確保できます。公開後は、抽選まで数を変えられません。",
    "first_timers": "初めて参加する方の席数",
    "first_timers_hint": "このコミュニティのイベントに参加したことがない方の席です。",
    "seats": "部署の席数({n})",
    "departments": "対象の部署({n})",
    "departments_hint": "プロフィールにある部署名のとおりに、読点(、)かコンマで区切って入力してください。"
    "行を増やすには、いったん保存してください。",
    "released_at": "開放の日時",
    "released_hint": "この日時までは、確保した席をほかの方には回しません。",
    "for_whom": "席数と部署の両方を入力してください。",
    "twice": "同じ部署は一度だけ入力してください。",
    "above_capacity": "確保する席は、合わせて定員以下、1,000席以下にしてください。",
    "department_drawn": "抽選と、部署のための席の確保は、いっしょには設定できません。"
    "抽選の一覧から、だれがどの部署かがわかってしまうためです。",
    "not_after_draw": "抽選よりあとの日時を入力してください。",
    "fixed_draw": "抽選の前には変えられません。公開のときにお知らせしたためです。",
    "new": "初めて参加する方",
    "of": "{names}の方",
    "kept": "{at} まで確保している席: {each}。",
    "each": "{whom} {seats} 席",
    "yours": "あなたも対象です。",
    "waits": "いま空いている {n} 席は、{at} まで{whom}のために確保しています。"
    "ほかの席が空くか、この日時に席が残っていると、順番に席が回ります。",
    "some_kept": "(確保中)",
    "both": "、",
    "either": "・",
}
EN: Final[dict[str, str]] = {
    "legend": "Kept seats",
    "hint": "You can keep seats for first-timers or for some departments. Those that nobody has taken by the time of "
    "release go to whoever has waited longest.",
    "hint_lottery": "With a lottery, seats can be kept for first-timers only. "
    "After the publication, their number is fixed until the draw.",
    "first_timers": "Seats for first-timers",
    "first_timers_hint": "For members who have never attended an event of this community.",
    "seats": "Seats for departments ({n})",
    "departments": "For which departments ({n})",
    "departments_hint": "As in members' profiles, separated by commas. To get another row, save the page.",
    "released_at": "Released at",
    "released_hint": "Until this time, kept seats go to nobody else.",
    "for_whom": "Enter both a number of seats and a department.",
    "twice": "Enter each department once.",
    "above_capacity": "Keep no more seats than the event has, and 1,000 at most.",
    "department_drawn": "Seats drawn by lot cannot be kept for departments: "
    "the list of entrants would publish who belongs to which department.",
    "not_after_draw": "Enter a time after the draw.",
    "fixed_draw": "This cannot be changed before the draw: members were told with the publication.",
    "new": "first-timers",
    "of": "members of {names}",
    "kept": "Seats are kept until {at}: {each}.",
    "each": "{seats} for {whom}",
    "yours": "You are one of them.",
    "waits": "1 seat is free, but kept for {whom} until {at}. You get a seat when another one becomes free, or when "
    "this one is left at that time and it is your turn.|"
    "{n} seats are free, but kept for {whom} until {at}. You get a seat when another one becomes free, "
    "or when some of these are left at that time and it is your turn.",
    "some_kept": ", all kept for some",
    "both": " and ",
    "either": " or ",
}
