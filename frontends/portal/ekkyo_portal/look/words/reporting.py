"""Words of the page on which a report is chosen."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "活動レポート",
    "lead": "コミュニティの成果を、グラフつきの1ページにまとめます。"
    "開いたレポートは、ブラウザーの印刷で A4 の PDF に保存できます。",
    "community": "コミュニティ全体",
    "period": "期間",
    "period_hint": "期間を選ぶと、一つ前の同じ長さの期間と並べて表示します。",
    "all": "創設から今日まで",
    "seasons": "憲章の期間",
    "quarters": "四半期",
    "months": "月",
    "years": "年",
    "days": "日付で指定する",
    "days_hint": "開始日と終了日を入力すると、上の期間よりこちらが優先されます。",
    "from": "開始日",
    "to": "終了日",
    "open": "開く",
    "download": "ダウンロードする",
    "department_title": "部署別レポート",
    "department_lead": "部署の責任者に渡すためのレポートです。終わった四半期について、その部署の参加状況だけを"
    "載せます。5人未満の人数と、ほかの部署の数値と合わせると5人未満の人数が計算できる数値は載せません。",
    "department": "部署",
    "department_hint": "所属のとおりに入力してください。候補から選べます。",
    "quarter": "四半期",
    "none_over": "終わった四半期がまだないため、部署別レポートは作成できません。",
    "no_period": "期間の書き方を確認してください。",
    "wrong_order": "終了日は開始日以降にしてください。",
    "department_not_found": "この部署の人は、コミュニティに参加したことがありません。",
    "quarter_expected": "部署別レポートは四半期ごとに作成します。",
    "quarter_not_over": "この四半期はまだ終わっていません。",
}

EN: Final[dict[str, str]] = {
    "title": "Impact report",
    "lead": "What came of the community, on one page with charts. Open it and print it from the browser to get a PDF "
    "on A4.",
    "community": "The whole community",
    "period": "Period",
    "period_hint": "A period is shown beside the one of the same length before it.",
    "all": "From the beginning until today",
    "seasons": "Seasons of the charter",
    "quarters": "Quarters",
    "months": "Months",
    "years": "Years",
    "days": "Or from one day to another",
    "days_hint": "With both days, the period above does not count.",
    "from": "First day",
    "to": "Last day",
    "open": "Open",
    "download": "Download",
    "department_title": "Department report",
    "department_lead": "For the head of a department: how its people took part, for a quarter that is over. Figures "
    "about fewer than five people are left out. So are those from which one could be computed, also together with the "
    "reports of other departments.",
    "department": "Department",
    "department_hint": "As it is written in profiles. Choose from the list or type it.",
    "quarter": "Quarter",
    "none_over": "No quarter is over yet since the community was founded, so there is no department report yet.",
    "no_period": "This is not a period.",
    "wrong_order": "The last day must not be before the first.",
    "department_not_found": "Nobody of this department has been part of the community.",
    "quarter_expected": "Department reports are made for a quarter.",
    "quarter_not_over": "This quarter is not over yet.",
}
