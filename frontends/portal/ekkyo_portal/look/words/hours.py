"""Words of learning hours."""

from typing import Final

from ekkyo_common.hours import HEADS

JA: Final[dict[str, str]] = {
    **HEADS["ja"],
    "title": "学習時間",
    "lead": "イベントに参加していた時間の合計です。参加レポートに時間がある場合はその時間(記録)、"
    "ない場合は、受付から終了まで、受付もしていない場合は開催時間の全体とみなしています(推定)。",
    "year": "年",
    "show": "表示する",
    "by_department": "部署別",
    "apart": "5人未満の人数が分かってしまう部署は、ほかの部署とまとめて表示しています。",
    "none": "この年に終了したイベントの参加者はいません。",
    "files": "ファイル",
    "files_lead": "研修部門などに渡すための表です。メンバー別の表には、社員番号と名前が入ります。"
    "取り扱いに注意してください。",
    "of_members": "メンバー別",
    "of_departments": "部署別",
}

EN: Final[dict[str, str]] = {
    **HEADS["en"],
    "title": "Learning hours",
    "lead": "How long people were at events. Where an attendance report says it, that counts (measured). Otherwise it"
    " is from check-in to the end or, without a check-in, the whole event (estimated).",
    "year": "Year",
    "show": "Show",
    "by_department": "By department",
    "apart": "Departments are shown together where figures of each would tell about fewer than five people.",
    "none": "Nobody came to an event that was concluded in this year.",
    "files": "Files",
    "files_lead": "Tables for a training department. Those of members hold personnel numbers and names:"
    " handle with care.",
    "of_members": "Members",
    "of_departments": "Departments",
}
