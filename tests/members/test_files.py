"""Personnel files taken over by the members service: leavers, swapped addresses, what a preview says."""

from datetime import date
from pathlib import Path
from typing import Any

from ekkyo.contracts import members as contract
from ekkyo_common.personnel import Taken, read_personnel, take

FIELD = Path(__file__).parents[1] / "common" / "field" / "personnel"
TODAY = date(2026, 11, 26)
HEADINGS = "社員番号,氏名,メールアドレス,部署"


async def taken(steward: Any, data: bytes, **options: Any) -> Taken:
    return await take(steward, read_personnel(data, today=TODAY), **{"dry_run": False} | options)


async def field(steward: Any, name: str, **options: Any) -> list[tuple[str, str]]:
    told = await taken(steward, (FIELD / f"{name}.csv").read_bytes(), **options)
    return [(row.number, row.outcome) for row in told.rows]


async def test_addresses_are_swapped_and_who_left_stays_until_the_import_is_told(steward: Any) -> None:
    async def known() -> dict[str, tuple[str, bool]]:
        return {m.number: (m.email, m.active) for m in (await steward.ask(contract.FindMembers())).members}

    assert await field(steward, "addresses-before") == [("000301", "registered"), ("000302", "registered")]
    assert await field(steward, "addresses-swapped", dry_run=True) == [("000301", "changed"), ("000302", "changed")]
    assert await field(steward, "addresses-swapped") == [("000301", "changed"), ("000302", "changed")]
    assert await known() == {
        "000301": ("sho.sasaki@example.co.jp", True),
        "000302": ("ai.sasaki@example.co.jp", True),
    }
    expected = [("000302", "left"), ("000303", "registered"), ("000304", "left")]
    assert await field(steward, "with-leavers", dry_run=True) == expected
    assert await field(steward, "with-leavers") == expected
    assert {number: active for number, (_, active) in (await known()).items()} == dict.fromkeys(
        ("000301", "000302", "000303"), True
    )
    told = [("000302", "deactivated"), ("000303", "unchanged"), ("000304", "left")]
    assert await field(steward, "with-leavers", deactivate_leavers=True, dry_run=True) == told
    assert (await known())["000302"][1], "a preview writes nothing"
    assert await field(steward, "with-leavers", deactivate_leavers=True) == told
    assert not (await known())["000302"][1]
    assert "000304" not in await known()


async def test_addresses_are_swapped_over_any_distance_in_a_file(steward: Any) -> None:
    numbers = range(250)
    rows = [f"{n:06},越境 花子,m{n}@example.co.jp,人事部" for n in numbers]
    await taken(steward, "\n".join([HEADINGS, *rows]).encode())
    swapped = [f"{n:06},越境 花子,m{249 - n}@example.co.jp,人事部" for n in numbers]
    told = await taken(steward, "\n".join([HEADINGS, *swapped]).encode())
    assert (told.count("changed"), told.bad) == (250, [])


async def test_every_row_of_a_file_is_told_with_what_becomes_of_it(steward: Any) -> None:
    await taken(steward, f"{HEADINGS}\n000001,越境 花子,h@example.co.jp,人事部\n".encode())
    rows = [
        "000002,越境 太郎,t@example.co.jp,人事部",
        "1,越境 花子,h@example.co.jp,人事部",
        "000003,,s@example.co.jp,人事部",
        "",
        "合計,3",
    ]
    told = await taken(steward, "\n".join([HEADINGS, *rows]).encode(), dry_run=True)
    assert [(r.line, r.outcome, r.code) for r in told.rows] == [
        (2, "registered", ""),
        (3, "bad", "email_taken"),
        (4, "bad", "missing"),
        (5, "skipped", "empty"),
        (6, "skipped", "total"),
    ]
    assert "did you mean 000001?" in told.rows[1].reason
    assert len((await steward.ask(contract.FindMembers())).members) == 1
