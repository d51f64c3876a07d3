"""What the first season is made of: the community, its events, and what its members say."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from ekkyo.contracts.events import EventFormat
from ekkyo.contracts.members import Charter, LeaderAttribute, LeaderRule, Measure

COMMUNITY = "IT越境コミュニティ"
COLOUR = "#0f6b5c"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="14" fill="#0f6b5c"/>
<path d="M12 46 28 24 36 36 42 28 54 46Z" fill="#fff"/>
<circle cx="45" cy="18" r="6" fill="#ffd27a"/>
</svg>"""
"""Two hills, and what is beyond them."""
RULES = "1. 何を聞いてもよい。\n2. 笑わない。\n3. 教わったら、次は誰かに教える。\n4. 社外秘は持ち出さない。"
HELP_DESK = "help-desk"
"""The measure whose figures the help desk reports."""
ASKED = [431, 418, 425, 420, 409, 398]
"""The figures that it reports: questions in each of the months before the community was founded, oldest first."""


def charter(today: date) -> Charter:
    """What the community is for, and what it is measured by: a season of three months from today on."""
    measured: dict[str, Any] = {"period": "season", "starts_on": today, "until": today + timedelta(days=90)}
    return Charter(
        objective="情報システム部への同じ質問を1年で半分にする。",
        who="ITを仕事で使うすべての社員。まずは4人のリーダーから。",
        what="オンライン講座、もくもく会、部門をこえたランチ。",
        how="メンバーどうしで教え合い、アンケートの声で次を決める。",
        figures=["最初のシーズンで延べ250人以上の参加", "8部門以上が参加", "NPS 30以上", "同じ質問を半分に"],
        measures=[
            Measure(key="attendances", label="延べ参加者数", counted="attendances", target=250, baseline=0, **measured),
            Measure(
                key="departments", label="参加した部門の数", counted="departments", target=8, baseline=1, **measured
            ),
            Measure(key="nps", label="NPS", counted="nps", target=30, **measured),
            Measure(key="outputs", label="アウトプットの数", counted="outputs", target=10, baseline=0, **measured),
            Measure(
                key=HELP_DESK,
                label="ヘルプデスクへの質問",
                counted="reported",
                target=210,
                baseline=420,
                unit="件",
                period="month",
                direction="down",
            ),
        ],
    )


SPONSOR = ("山本 一郎", "kikaku@example.co.jp")
"""To whom the community reports every month: the head of corporate planning, who is no member."""
LEADERS = 4
CANDIDATES = 20
MIRRORED: dict[LeaderAttribute, int] = {"job_family": 2, "site": 2, "department": 1}
"""What the leaders mirror the company in, and how much each matters."""
LEADER_RULES = [
    LeaderRule(attribute="job_family", value="製造", at_least=1),
    LeaderRule(attribute="department", value="情報システム部", at_most=1),
]
"""Whoever makes things must be heard, and the IT department must not teach alone."""

Attendance = Literal["check_in", "teams", "zoom"]


@dataclass(frozen=True)
class Plan:
    """One event of the season. wanted: how many try to register; withdrawals: how many give their place back.

    A title with `{theme}` gets the theme that is suggested first, and is not taken yet, when its round is planned.
    """

    title: str
    context: str
    format: EventFormat
    capacity: int
    wanted: int
    withdrawals: int = 0
    place: str | None = None
    attendance: Attendance = "check_in"
    moved: bool = False
    by_timer: bool = False
    """Nobody concludes it: its end does."""
    suits: str = ""
    """The theme that this kind of event suits best: it gets it, if it is among those suggested first."""
    lottery: bool = False
    """Places are drawn by lot among all who registered until a time."""
    first_timers: int = 0
    """How many seats are kept for members who never came before."""
    approval: bool = False
    """A leader decides who gets a place, by what members answer who apply."""
    together: int = 0
    """How many of those who register do so as a group."""
    tables: int | None = None
    """How many people sit at a table, where a leader makes tables."""
    deadline: bool = False
    """Whoever withdraws does so too late, because in a demo that takes a minute every deadline is past."""


ROUNDS: list[list[Plan]] = [
    [
        Plan("はじめてのTeams会議術", "IT", "online", 40, 34),
        Plan("Excelピボット入門", "IT", "online", 20, 31, withdrawals=5),
        Plan("RPAもくもく会 #1", "もくもく会", "online", 25, 22, withdrawals=2),
        Plan(
            "部門をこえるランチ 大阪",
            "ランチ",
            "onsite",
            12,
            19,
            withdrawals=3,
            place="大阪本社 3階 食堂",
            tables=4,
            deadline=True,
        ),
        Plan("困りごと相談室", "IT", "online", 30, 18),
    ],
    [
        Plan("{theme}をやってみる会", "IT", "online", 24, 33, withdrawals=6),
        Plan("{theme}もくもく会", "もくもく会", "online", 30, 24, attendance="teams", suits="RPA"),
        Plan("{theme}でランチ", "ランチ", "online", 20, 18, attendance="zoom", suits="英語"),
        Plan("{theme}の読書会", "読書会", "online", 15, 20, withdrawals=2, moved=True),
        Plan("{theme} よろず話", "IT", "online", 30, 26, by_timer=True, suits="情報セキュリティ"),
    ],
    [
        Plan("{theme} 実践講座", "IT", "online", 25, 36, withdrawals=4, lottery=True),
        Plan("はじめての{theme}", "IT", "online", 24, 32, first_timers=14),
        Plan(
            "部門をこえるランチ 東京「{theme}」",
            "ランチ",
            "onsite",
            10,
            16,
            withdrawals=2,
            place="東京支社 2階 ラウンジ",
            together=3,
            tables=4,
        ),
        Plan("{theme} よろず相談", "IT", "online", 40, 24, by_timer=True, suits="情報セキュリティ"),
        Plan("{theme} 持ち寄り会", "発表", "online", 50, 36, approval=True),
    ],
]

FOLLOWERS = 10
"""Members who ask, before each round but the first, to be told when there is an event on a theme."""
THEMES = [
    "Excel",
    "ＥＸＣＥＬ",
    "生成AIの使い方",
    "生成ＡＩの使い方",
    "RPA",
    "Power BI",
    "Teamsの活用",
    "英語",
    "情報セキュリティ",
    "データ分析",
]
"""What members ask for; the same theme in several spellings, as people write."""
THEME_WEIGHTS = [9, 4, 12, 3, 7, 6, 5, 4, 3, 6]

COMMENTS = [
    "とても分かりやすかったです。",
    "もう少し実習の時間がほしいです。",
    "他部署の人と話せてよかった。",
    "次は自分も話してみたい。",
    "録画があると助かります。",
    "I could follow most of it. More in English, please.",
]
