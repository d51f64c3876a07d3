"""A personnel export of any size, as personnel systems write them: Windows-31J, Japanese headings.

python -m bench.personnel FILE [ROWS] writes one; the same number of rows gives the same file.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from unicodedata import normalize

HEADINGS = "社員番号,氏名,氏名カナ,メールアドレス,部署,職種,勤務地,生年月日,性別,入社日,上長社員番号"
FAMILY = (
    "佐藤/サトウ/sato 鈴木/スズキ/suzuki 高橋/タカハシ/takahashi 田中/タナカ/tanaka 伊藤/イトウ/ito"
    " 渡辺/ワタナベ/watanabe 山本/ヤマモト/yamamoto 中村/ナカムラ/nakamura 小林/コバヤシ/kobayashi 加藤/カトウ/kato"
    " 吉田/ヨシダ/yoshida 山田/ヤマダ/yamada 佐々木/ササキ/sasaki 髙木/タカギ/takagi 藤田/フジタ/fujita"
    " 後藤/ゴトウ/goto 石井/イシイ/ishii 﨑山/サキヤマ/sakiyama 坂本/サカモト/sakamoto 五十嵐/イガラシ/igarashi"
)
GIVEN = (
    "翔太/ショウタ/shota/男 蓮/レン/ren/男 大輝/ダイキ/daiki/男 直樹/ナオキ/naoki/男 健一/ケンイチ/kenichi/男"
    " 拓也/タクヤ/takuya/男 真由美/マユミ/mayumi/女 陽菜/ヒナ/hina/女 さくら/サクラ/sakura/女 美咲/ミサキ/misaki/女"
    " 花子/ハナコ/hanako/女 恵/メグミ/megumi/女"
)
DEPARTMENTS = (
    "営業本部 第一営業部",
    "営業本部 第二営業部",
    "製造部",
    "品質保証部",
    "研究開発本部",
    "情報システム部",
    "人事部",
    "経理部",
    "法務部",
    "広報部",
    "購買部",
    "物流部",
)
JOBS = ("営業", "製造", "保守", "研究", "開発", "企画", "事務")
SITES = ("東京本社", "大阪本社", "福岡支店", "名古屋支店", "札幌支店", "つくば研究所")
ERAS = (("令和", 2019), ("平成", 1989), ("昭和", 1926))
HALF_KANA = {ord(normalize("NFKC", chr(half))): half for half in range(0xFF66, 0xFF9E)} | {
    0x3099: 0xFF9E,
    0x309A: 0xFF9F,
}
FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def lines(rows: int) -> Iterator[str]:
    """The headings, and so many people; each fiftieth row is written as exports from several systems are."""
    chance = random.Random(rows)
    families = [part.split("/") for part in FAMILY.split()]
    givens = [part.split("/") for part in GIVEN.split()]
    yield HEADINGS
    for n in range(1, rows + 1):
        (family, family_kana, family_latin), (given, given_kana, given_latin, gender) = (
            chance.choice(families),
            chance.choice(givens),
        )
        born = date(1960, 1, 1) + timedelta(days=chance.randrange(15_000))
        hired = born.replace(day=1) + timedelta(days=22 * 365 + chance.randrange(2_000))
        number, kana = f"{n:06}", f"{family_kana} {given_kana}"
        email, born_text = f"{given_latin}.{family_latin}{n}@example.co.jp", f"{born.year}/{born.month}/{born.day}"
        match n % 50:
            case 10:
                number = number.translate(FULL_DIGITS)
            case 20:
                email = f" {email.upper()} "
            case 30:
                born_text = _in_era(born)
            case 40:
                kana = normalize("NFD", kana).translate(HALF_KANA)
        manager = f"{chance.randrange(1, n):06}" if n > 1 and chance.random() < 0.9 else ""
        yield ",".join(
            (
                number,
                f"{family} {given}",
                kana,
                email,
                chance.choice(DEPARTMENTS),
                chance.choice(JOBS),
                chance.choice(SITES),
                born_text,
                gender,
                f"{hired.year}/{hired.month}/{hired.day}",
                manager,
            )
        )


def write(file: Path, rows: int) -> None:
    """Write the export."""
    with file.open("w", encoding="cp932", newline="") as out:
        out.writelines(f"{line}\r\n" for line in lines(rows))


def _in_era(day: date) -> str:
    era, first = next((era, first) for era, first in ERAS if day.year > first)
    return f"{era}{day.year - first + 1}年{day.month}月{day.day}日"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
