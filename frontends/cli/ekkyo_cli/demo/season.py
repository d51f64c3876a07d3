"""What the first season is made of: the community, its events, and what its members say."""

from dataclasses import dataclass
from typing import Literal

from ekkyo.contracts.events import EventFormat
from ekkyo.contracts.members import Charter

COMMUNITY = "IT越境コミュニティ"
COLOUR = "#0f6b5c"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="14" fill="#0f6b5c"/>
<path d="M12 46 28 24 36 36 42 28 54 46Z" fill="#fff"/>
<circle cx="45" cy="18" r="6" fill="#ffd27a"/>
</svg>"""
"""Two hills, and what is beyond them."""
RULES = "1. 何を聞いてもよい。\n2. 笑わない。\n3. 教わったら、次は誰かに教える。\n4. 社外秘は持ち出さない。"
CHARTER = Charter(
    objective="情報システム部への同じ質問を1年で半分にする。",
    who="ITを仕事で使うすべての社員。まずは4人のリーダーから。",
    what="オンライン講座、もくもく会、部門をこえたランチ。",
    how="メンバーどうしで教え合い、アンケートの声で次を決める。",
    figures=["最初のシーズンで延べ250人以上の参加", "5部門以上が出会う", "NPS 30以上"],
)

Attendance = Literal["check_in", "teams", "zoom"]


@dataclass(frozen=True)
class Plan:
    """One event of the season. wanted: how many try to register; withdrawals: how many give their place back."""

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
    from_theme: bool = False
    """Its title becomes the theme most asked for so far."""
    lottery: bool = False
    """Places are drawn by lot among all who registered until a time."""
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
        Plan("{theme}", "IT", "online", 24, 33, withdrawals=6, from_theme=True),
        Plan("RPAもくもく会 #3", "もくもく会", "online", 30, 24, attendance="teams"),
        Plan("英語でランチ", "英語", "online", 20, 18, attendance="zoom"),
        Plan("読書会『ライト、ついてますか』", "読書会", "online", 15, 20, withdrawals=2, moved=True),
        Plan("スマホで現場写真を共有する", "IT", "online", 30, 26, by_timer=True),
    ],
    [
        Plan("{theme}", "IT", "online", 25, 36, withdrawals=4, from_theme=True, lottery=True),
        Plan("Power Automateではじめる自動化", "IT", "online", 30, 29),
        Plan(
            "部門をこえるランチ 東京",
            "ランチ",
            "onsite",
            10,
            16,
            withdrawals=2,
            place="東京支社 2階 ラウンジ",
            together=3,
            tables=4,
        ),
        Plan("情報セキュリティ よろず話", "IT", "online", 40, 24, by_timer=True),
        Plan("シーズンのふりかえりと次の計画", "ふりかえり", "online", 50, 30),
    ],
]

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
