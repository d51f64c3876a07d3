"""Rows of an export that look like a second record of somebody: asked about, unless the file names both."""

from typing import Any

from ekkyo.contracts.members import FindMembers, Imported, ImportedRow, ImportMembers, LooksLike, Member, MemberPage
from ekkyo_common.personnel import read_personnel, take

HEAD = "社員番号,氏名,メールアドレス,部署\n"
KNOWN = LooksLike(member_id="m7", number="0007", name="森 葵", because="name")


class Members:
    """The members service, which knows 森 葵 (0007)."""

    def __init__(self) -> None:
        self.sent: list[ImportMembers] = []

    async def send(self, command: ImportMembers, **_: Any) -> Imported:
        self.sent.append(command)
        return Imported(rows=[self._row(command, p.number, p.name) for p in command.profiles])

    def _row(self, command: ImportMembers, number: str, name: str) -> ImportedRow:
        if number == KNOWN.number:
            return ImportedRow(number=number, outcome="unchanged")
        if name != KNOWN.name or number in command.others or number in command.same:
            return ImportedRow(number=number, outcome="registered")
        return ImportedRow(number=number, outcome="refused", reason="looks_like_member", looks_like=[KNOWN])

    async def ask(self, question: FindMembers, **_: Any) -> MemberPage:
        member = Member.model_construct(member_id="m7", number="0007")
        return MemberPage.model_construct(members=[member] if "0007" in (question.numbers or []) else [])


def rows(*lines: str) -> Any:
    return read_personnel((HEAD + "".join(f"{line}\n" for line in lines)).encode())


async def test_a_row_is_asked_about_and_taken_as_what_it_is_said_to_be() -> None:
    members: Any = Members()
    taken = await take(members, rows("900007,森 葵,a@example.com,総務部", "8,林 葵,b@example.com,総務部"), dry_run=True)
    [asked] = [row for row in taken.rows if row.outcome == "asked"]
    assert (asked.line, asked.code, [one.number for one in asked.looks_like]) == (2, "looks_like_member", ["0007"])
    assert "looks like 0007 (森 葵): the same name and department" in asked.reason
    assert (taken.count("asked"), taken.count("registered")) == (1, 1)
    for said in ({"same": {"900007": "0007"}}, {"others": ["900007"]}):
        assert (await take(members, rows("900007,森 葵,a@example.com,総務部"), dry_run=False, **said)).taken == 1
    assert (members.sent[-2].same, members.sent[-1].others) == ({"900007": "m7"}, ["900007"])


async def test_two_namesakes_in_one_file_are_two_people() -> None:
    members: Any = Members()
    taken = await take(
        members, rows("0007,森 葵,a@example.com,総務部", "0009,森 葵,b@example.com,総務部"), dry_run=False
    )
    assert [row.outcome for row in taken.rows] == ["unchanged", "registered"]
