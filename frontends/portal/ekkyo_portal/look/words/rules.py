"""Words of the pages about a community's rules over time."""

from typing import Final

JA: Final[dict[str, str]] = {
    "title": "ルールの履歴",
    "version": "第{n}版",
    "newest": "現在のルール",
    "since": "{day} から",
    "not_kept": "この版の文章は保存されていません。",
    "accepted": "ルールの同意状況",
    "none": "未同意",
    "people": "{n} 人",
    "show": "表示の切り替え",
    "all": "全員",
    "missing": "現在のルールに未同意",
    "nobody": "該当するメンバーはいません。",
}

EN: Final[dict[str, str]] = {
    "title": "Rules over time",
    "version": "Version {n}",
    "newest": "Current",
    "since": "Since {day}",
    "not_kept": "The text of this version was not kept.",
    "accepted": "Who accepted the rules",
    "none": "None accepted",
    "people": "{n} member|{n} members",
    "show": "Which members",
    "all": "Everyone",
    "missing": "Not the current version",
    "nobody": "There is nobody to show.",
}
