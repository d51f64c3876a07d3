"""What stewards see: people, one person, imports, communities, what was sent."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    ChangeNumber,
    Community,
    CommunityListed,
    CommunityMoved,
    CommunityPage,
    CrossingReached,
    DeactivateMember,
    EraseMember,
    Erasure,
    FindMembers,
    FoundCommunity,
    GetErasure,
    GetJourney,
    GetMember,
    GrantRole,
    GrantSteward,
    Imported,
    ImportedRow,
    ImportMembers,
    Journey,
    ListCommunities,
    ListMerges,
    LooksLike,
    Member,
    MemberPage,
    Membership,
    Merge,
    MergeMembers,
    MergePreview,
    Merges,
    PreviewMerge,
    ReviseCharter,
    RevokeRole,
    RevokeSteward,
    UndoMerge,
)
from ekkyo.contracts.notify import (
    DeliveryPage,
    ListDeliveries,
    ListedDelivery,
    NotifyStatus,
    NotifyStatusAnswer,
)
from ekkyo_common.personnel import Became, Code
from ekkyo_common.personnel.words import VOCABULARY
from ekkyo_common.tables.told import ReasonCode, UnreadableCode
from ekkyo_portal.look import Look
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words import files as files_words
from ekkyo_portal.look.words import importing as importing_words
from ekkyo_portal.people import importing, views
from ekkyo_portal.people.importing import because

from tests.portal.making import LEADER, NOW, STEWARD, opened, text_of
from tests.portal.pictures import in_english

MARKUP = "<script>alert(1)</script>\"'&"


def member(member_id: str = "hanako", **changes: Any) -> Member:
    values = {
        "member_id": member_id,
        "number": "0012345",
        "name": "山田 花子",
        "email": "hanako@example.com",
        "department": "営業部",
        "channels": ["mail"],
        "locale": "ja",
        "timezone": "Asia/Tokyo",
        "communities": [Membership(community_id="it", joined_at=NOW)],
        "revision": 1,
    }
    return Member.model_validate(values | changes)


def community(**changes: Any) -> Community:
    charter = {
        "objective": "問い合わせを半分に",
        "who": "全員",
        "what": "勉強会",
        "how": "毎週",
        "figures": ["250"],
    }
    values = {"community_id": "it", "name": "IT の会", "rules": "何でも聞く", "charter": charter, "founded_at": NOW}
    return Community.model_validate({**values, "revision": 1, **changes})


def delivery(status: str = "failed", reason: str | None = "address_refused", **more: Any) -> ListedDelivery:
    values = {"topic": "event_published", "channel": "mail", "member_id": "hanako", "entity_id": "e1", "fact_id": "f"}
    times = {"planned_at": NOW, "done_at": NOW}
    return ListedDelivery.model_validate(
        {"delivery_id": "d1", **values, "status": status, "reason": reason, **times, **more}
    )


def merge_preview(asked: PreviewMerge) -> MergePreview:
    other = member(asked.absorbed_id, number="12345", name="山田 花", email="hana@example.com", communities=[])
    return MergePreview(
        kept=member(asked.kept_id),
        absorbed=other,
        after=member(),
        communities=[CommunityMoved(community_id="it", both=True)],
        crossings=[CrossingReached(crossing="taught", community_id="it", reached_at=NOW, proof="f")],
        attended=3,
        both_attended=["e1"],
    )


MERGE = Merge(merge_id="g1", kept_id="hanako", absorbed_id="hana", merged_at=NOW, undo_until=NOW)
LISTED = CommunityPage(communities=[CommunityListed(community=community(), members=3, leaders=["taro"])])
KNOWN: dict[type[Any], Any] = {
    FindMembers: MemberPage(members=[member()]),
    GetMember: member(),
    GetJourney: Journey(member_id="hanako", crossings=[], attended=0),
    ListDeliveries: DeliveryPage(deliveries=[delivery()]),
    ListCommunities: LISTED,
    ListMerges: Merges(merges=[]),
    PreviewMerge: lambda asked: merge_preview(asked),
    NotifyStatus: NotifyStatusAnswer(deliveries={"mail": {"sent": 1200, "failed": 1}}, contacts=1, channels=0),
}


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ("山田", {"name": "山田"}),
        ("0012345", {"numbers": ["0012345"]}),
        (" A-12 ", {"numbers": ["A-12"]}),
        ("hanako@example.com", {"emails": ["hanako@example.com"]}),
        ("Hanako", {"name": "Hanako"}),
        ("", {}),
    ],
)
def test_a_search_asks_by_what_was_typed(typed: str, asks: dict[str, Any]):
    found = views.search(typed, "", None, 50)
    assert found
    assert found.model_dump(exclude_none=True, exclude={"limit"}) == asks
    assert views.search(typed, "leaders", None, 50).role == "leader"  # type: ignore[union-attr]
    assert views.search(typed, "stewards", None, 50).steward is True  # type: ignore[union-attr]


async def test_people_are_found_and_a_search_that_cannot_be_finds_nobody():
    async with opened(KNOWN, STEWARD) as browser:
        page = await browser.get("/people?q=山田&show=leaders")
        assert 'href="/people/hanako"' in page.text
        assert 'value="山田"' in page.text
        assert "該当するメンバーはいません" in text_of(await browser.get("/people?q=@@"))
        browser.answering.replies[FindMembers] = Refused("no_answer", "", 503)
        assert "いまこの部分を表示できません" in text_of(await browser.get("/people"))


async def test_one_person_is_shown_with_all_that_is_known_and_without_what_is_away():
    async with opened({**KNOWN, GetMember: member(name=MARKUP, steward=True)}, STEWARD) as browser:
        page = await browser.get("/people/hanako")
        assert "<script>alert" not in page.text
        said = text_of(page)
        for part in ("0012345", "営業部", "IT の会", "アドレスが存在しません", "管理者から外す", "リーダーにする"):
            assert part in said
        assert said.count("いまこの部分を表示できません") == 1, "events are away"
        away = Refused("no_answer", "", 503)
        browser.answering.replies.update(dict.fromkeys((GetJourney, ListDeliveries, ListCommunities), away))
        said = text_of(await browser.get("/people/hanako"))
        assert said.count("いまこの部分を表示できません") == 3


async def test_two_records_of_one_person_are_found_previewed_merged_and_parted_again():
    replies = {**KNOWN, MergeMembers: MERGE, UndoMerge: MERGE, FindMembers: MemberPage(members=[member("hana")])}
    async with opened({**replies, ListMerges: Merges(merges=[MERGE])}, STEWARD) as browser:
        page = await browser.get("/people/hanako/merge?q=山田")
        assert 'href="/people/hanako/merge?with=hana"' in page.text
        page = await browser.get("/people/hanako/merge?with=hana")
        said = text_of(page)
        for part in (
            "山田 花",
            "hana@example.com",
            "IT の会 (両方で参加)",
            "3 回になります",
            "両方の記録で参加した 1 回",
        ):
            assert part in said
        assert "いまこの部分を表示できません" in said, "events are away"
        form = {"absorbed_id": "hana", "current": "absorbed", "merge_id": "g1"}
        for _ in range(2):
            done = await browser.post("/people/hanako/merge", form)
            assert done.headers["location"] == "/people/hanako?did=people.merged"
        first, second = browser.answering.sent(MergeMembers)
        assert first == second
        assert (first.kept_id, first.absorbed_id, first.current) == ("hanako", "hana", "absorbed")
        page = await browser.get("/people/hanako")
        assert "取り消して二つに戻す" in text_of(page)
        done = await browser.post("/people/hanako/merge/undo", {"absorbed_id": "hana"})
        assert done.headers["location"] == "/people/hanako?did=people.unmerged"
        assert [one.absorbed_id for one in browser.answering.sent(UndoMerge)] == ["hana"]
        assert (await browser.get("/people/hana")).headers["location"] == "/people/hanako", "the id leads there"
        same = await browser.get("/people/hanako/merge?with=hanako")
        assert same.headers["location"] == "/people/hanako/merge"
        browser.as_(LEADER)
        for path in ("/people/hanako/merge", "/people/hanako/merge?with=hana"):
            assert (await browser.get(path)).status_code == 403
        assert (await browser.post("/people/hanako/merge", form)).status_code == 403
        assert len(browser.answering.sent(MergeMembers)) == 2


async def test_a_person_gets_another_number_and_one_that_cannot_be_is_told_beside_its_field():
    async with opened({**KNOWN, ChangeNumber: member(number="900123")}, STEWARD) as browser:
        for _ in range(2):
            done = await browser.post("/people/hanako/number", {"number": " 900123 "})
            assert done.headers["location"] == "/people/hanako?did=people.renumbered"
        first, second = browser.answering.sent(ChangeNumber)
        assert first == second == ChangeNumber(member_id="hanako", number="900123")
        assert "社員番号を変えました" in text_of(await browser.get("/people/hanako?did=people.renumbered"))
        browser.answering.replies[ChangeNumber] = Refused("number_taken", "taken", 409)
        for typed, says in (
            ("900124", "ほかのメンバーが使っています"),
            ("９０ 0124", "32文字以内で"),
            ("", "32文字以内で"),
        ):
            page = await browser.post("/people/hanako/number", {"number": typed})
            assert (page.status_code, says in text_of(page)) == (400, True)
            assert f'value="{typed}"' in page.text
        page = await browser.as_(in_english(STEWARD)).post("/people/hanako/number", {"number": "900124"})
        assert "Another member has this number" in text_of(page)
        browser.answering.said.clear()
        refused = await browser.as_(LEADER).post("/people/hanako/number", {"number": "900125"})
        assert (refused.status_code, browser.answering.sent(ChangeNumber)) == (403, [])


def unclear(command: ImportMembers) -> Imported:
    like = [LooksLike(member_id="m7", number="0007", name="山田 花子", because="name")]
    said = {*command.others, *command.same}
    asks = {"outcome": "refused", "reason": "looks_like_member", "looks_like": like}
    rows = [{"number": p.number, **({"outcome": "registered"} if p.number in said else asks)} for p in command.profiles]
    return Imported.model_validate({"rows": rows})


async def test_a_row_that_looks_like_somebody_asks_who_it_is_and_the_answer_goes_with_the_import():
    found = MemberPage(members=[member("m7", number="0007")])
    async with opened({ImportMembers: unclear, FindMembers: found}, STEWARD) as browser:
        file = {"file": ("社員.csv", CSV.encode("cp932"), "text/csv")}
        page = await browser.http.post("/people-import", files=file, headers={"sec-fetch-site": "same-origin"})
        assert "同じ人: 0007 山田 花子(氏名と部署が同じです)" in text_of(page)
        form = {"name": "x", "import": "on", "who.0001": "same.0007"}
        form["kept"] = re.search(r'<textarea name="kept" hidden>(.*?)</textarea>', page.text)[1]  # type: ignore[index]
        await browser.post("/people-import", form)
        await browser.post("/people-import", form | {"who.0001": "other"})
        await browser.post("/people-import", form | {"who.0001": ""})
        told = [(c.ask, c.same, c.others) for c in browser.answering.sent(ImportMembers)][1:]
        assert told == [(True, {"0001": "m7"}, []), (True, {}, ["0001"]), (True, {}, [])]


async def test_roles_are_given_and_taken():
    roles = dict.fromkeys((GrantSteward, RevokeSteward, GrantRole, RevokeRole), member())
    async with opened(roles, STEWARD) as browser:
        await browser.post("/people/hanako/steward", {"wanted": "on"})
        await browser.post("/people/hanako/steward")
        await browser.post("/people/hanako/leader", {"community_id": "it", "wanted": "on"})
        done = await browser.post("/people/hanako/leader", {"community_id": "it"})
        assert done.headers["location"] == "/people/hanako?did=people.revoked"
        sent = [type(m) for m in browser.answering.said]
        assert sent == [GrantSteward, RevokeSteward, GrantRole, RevokeRole]


async def test_erasing_needs_the_number_and_shows_the_receipts():
    erasure = Erasure(member_id="hanako", erased_at=NOW, receipts={"events": NOW}, waits_for=["notify", "surveys"])
    async with opened(
        {**KNOWN, EraseMember: erasure, GetErasure: erasure, DeactivateMember: member()}, STEWARD
    ) as browser:
        assert "元に戻すことはできません" in text_of(await browser.get("/people/hanako/erase"))
        wrong = await browser.post("/people/hanako/erase", {"number": "12345"})
        assert wrong.status_code == 400
        assert 'value="12345"' in wrong.text
        assert not browser.answering.sent(EraseMember)
        done = await browser.post("/people/hanako/erase", {"number": "0012345"})
        browser.answering.replies[GetMember] = Refused("member_not_found", "", 404)
        again = await browser.post("/people/hanako/erase", {"number": "0012345"})
        assert done.headers["location"] == again.headers["location"]
        said = text_of(await browser.get(done.headers["location"]))
        assert said.count("処理中") == 3
        assert len(browser.answering.sent(EraseMember)) == 1


def taken(command: ImportMembers) -> Imported:
    return Imported(rows=[ImportedRow(number=p.number, member_id="x", outcome="registered") for p in command.profiles])


CSV = "社員番号,氏名,メールアドレス,部署\n0001,山田 花子,h@example.com,営業部\n0002,,t@example.com,<b>経理</b>\n"


async def test_an_import_is_previewed_row_by_row_and_then_done_with_the_same_file():
    async with opened({ImportMembers: taken, FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        same = {"sec-fetch-site": "same-origin"}
        file = {"file": ("社員.csv", CSV.encode("cp932"), "text/csv")}
        page = await browser.http.post("/people-import", files=file, headers=same)
        assert page.status_code == 200
        said = text_of(page)
        assert "新規登録" in said
        assert re.search(r"取り込めない行.* 3 氏名 必須の項目が空です", said)
        assert "<b>経理" not in page.text
        (command,) = browser.answering.sent(ImportMembers)
        assert command.dry_run
        form = dict(re.findall(r'name="(name|import)" value="([^"]*)"', page.text))
        form["kept"] = re.search(r'<textarea name="kept" hidden>(.*?)</textarea>', page.text)[1]  # type: ignore[index]
        done = await browser.post("/people-import", form)
        assert "取り込みの結果" in text_of(done)
        assert [c.dry_run for c in browser.answering.sent(ImportMembers)] == [True, False]


async def test_a_long_import_says_how_far_it_is(monkeypatch):
    """The second part of the file is answered once the page has said how far it is after the first."""
    told, render = asyncio.Event(), Look.render

    def rendered(look, template, *more, **words):
        if template == "people/step.html" and more[1]:
            told.set()
        return render(look, template, *more, **words)

    monkeypatch.setattr(importing, "EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(Look, "render", rendered)
    async with opened({ImportMembers: taken, FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        send = browser.answering.send

        async def slow(visitor, command, within):
            if browser.answering.sent(ImportMembers):
                await told.wait()
            return await send(visitor, command, within)

        monkeypatch.setattr(browser.answering, "send", slow)
        rows = "".join(f"{n:04},山田 {n},m{n}@example.com,営業部\n" for n in range(1, 251))
        file = {"file": ("x.csv", (CSV.splitlines()[0] + "\n" + rows).encode())}
        page = await browser.http.post("/people-import", files=file, headers={"sec-fetch-site": "same-origin"})
        said = text_of(page)
        assert "200 行まで処理しました…" in said
        assert said.index("200 行まで処理しました…") < said.index("新規登録")
        assert len(browser.answering.sent(ImportMembers)) == 2


async def test_how_a_file_was_read_is_said_in_the_readers_language():
    async with opened({ImportMembers: taken, FindMembers: MemberPage(members=[])}, STEWARD) as browser:
        same = {"sec-fetch-site": "same-origin"}
        file = {"file": ("社員.csv", CSV.encode("cp932"), "text/csv")}
        said = text_of(await browser.http.post("/people-import", files=file, headers=same))
        assert "文字コード: シフト JIS(Windows-31J) UTF-8 ではなく、この文字コードなら見出しを 4 個読み取れます" in said
        assert "区切り: コンマ この区切りで見出しを読み取れます" in said
        assert "見出し: 1 行目 社員番号 → 社員番号、氏名 → 氏名、メールアドレス → メールアドレス、部署 → 部署" in said
        no_table = {"file": ("社員.pdf", b"%PDF-1.7", "application/pdf")}
        said = text_of(await browser.http.post("/people-import", files=no_table, headers=same))
        assert "PDF です。Excel(.xlsx)か CSV で保存してください。" in said
        few = {"file": ("社員.csv", "社員番号,氏名\n1,山田".encode(), "text/csv")}
        said = text_of(await browser.http.post("/people-import", files=few, headers=same))
        assert "必要な列がありません: メールアドレス、部署。" in said
        browser.as_(in_english(STEWARD))
        said = text_of(await browser.http.post("/people-import", files=file, headers=same))
        assert "Encoding: Windows-31J It is not valid UTF-8, and 4 known headings can be read this way" in said
        assert "Headings: line 1 社員番号 → personnel number, 氏名 → name" in said
        said = text_of(await browser.http.post("/people-import", files=few, headers=same))
        assert "Columns are missing: mail address, department." in said


def test_all_that_is_said_of_a_file_has_words_in_both_languages():
    nouns = {meaning.noun for meaning in VOCABULARY._known.values()} - {"private_email", "other"}
    for locale in ("ja", "en"):
        words = files_words.JA if locale == "ja" else files_words.EN
        assert words["reasons"].keys() == set(get_args(ReasonCode))
        assert words["unreadable"].keys() == set(get_args(UnreadableCode))
        assert words["fields"].keys() == nouns
    assert all(text for part in ("decided", "reasons", "unreadable") for text in files_words.JA[part].values())


def test_every_reason_why_a_row_of_an_export_is_not_taken_has_words_in_both_languages():
    codes = {code for some in get_args(Code) for code in (get_args(some) or (some,))}
    told = (Path(__file__).parents[2] / "services/members/ekkyo_members/model/importing.py").read_text("utf-8")
    said = set(re.findall(r'efused\((?:profile, )?"([a-z_]+)"', told))
    assert {"number_taken", "email_taken", "member_erased"} <= said <= codes
    assert codes == {code for code, words in importing_words.JA["reasons"].items() if words}
    for code in codes:
        row = Became(2, "bad", code=code, reason="is on line 2 already")
        assert because(Reader("ja", "Asia/Tokyo", NOW), row) == importing_words.JA["reasons"][code]
        assert because(Reader("en", "Asia/Tokyo", NOW), row) == "is on line 2 already", "as exactly as it was said"


MANY_ROWS = "社員番号,氏名,メールアドレス,部署\n".encode() + b"\n" * 200_000


async def test_what_is_no_export_says_what_is_wrong_with_it_and_imports_nothing():
    async with opened({ImportMembers: taken}, STEWARD) as browser:
        same = {"sec-fetch-site": "same-origin"}
        for data in (
            b"",
            b"x",
            b"PK\x03\x04garbage",
            b"\x00" * 100,
            b"a,b\n1,2\n",
            MANY_ROWS,
            b"x" * (5 * 1024 * 1024 + 1),
        ):
            page = await browser.http.post("/people-import", files={"file": ("x.csv", data)}, headers=same)
            assert page.status_code == 400, data[:10]
            assert 'class="wrong"' in page.text
            assert ("200,000行まで" in page.text and "200,001行目" in page.text) == (data is MANY_ROWS)
        for kept in ("", "%%%", "eA"):
            assert (await browser.post("/people-import", {"kept": kept, "name": "x"})).status_code == 400
        too_large = b"x" * (8 * 1024 * 1024)
        page = await browser.http.post("/people-import", files={"file": ("x.csv", too_large)}, headers=same)
        assert page.status_code == 413
        assert browser.answering.said == []


async def test_an_import_that_stops_in_the_middle_says_how_to_go_on():
    refused = Refused("no_answer", "No answer came.", 503)
    async with opened({ImportMembers: refused}, STEWARD) as browser:
        file = {"file": ("x.csv", CSV.encode())}
        page = await browser.http.post("/people-import", files=file, headers={"sec-fetch-site": "same-origin"})
        assert "もう一度取り込めば" in text_of(page)
        assert page.text.rstrip().endswith("</html>")


async def test_a_community_is_founded_once_and_its_rules_change_only_when_they_do():
    async with opened({**KNOWN, FoundCommunity: community(), ReviseCharter: community()}, STEWARD) as browser:
        page = await browser.get("/people-communities/new")
        made = re.search(r'name="community_id" value="([^"]+)"', page.text)[1]  # type: ignore[index]
        texts = {"objective": "o", "who": "w", "what": "x", "how": "h", "rules": "何でも聞く", "figures": "a\n\n b \n"}
        form = {"community_id": made, "name": "新しい会", "locale": "ja", "timezone": "Asia/Tokyo", **texts}
        missing = await browser.post("/people-communities/new", {**form, "objective": " ", "timezone": "Mars/One"})
        assert missing.status_code == 400
        assert {"objective-wrong", "timezone-wrong"} <= set(re.findall(r'id="(\w+-wrong)"', missing.text))
        assert 'value="新しい会"' in missing.text
        assert made in missing.text
        assert (await browser.post("/people-communities/new", form)).status_code == 303
        (founded,) = browser.answering.sent(FoundCommunity)
        assert (founded.community_id, founded.charter.figures) == (made, ["a", "b"])
        await browser.post("/c/it/charter", texts)
        await browser.post("/c/it/charter", {**texts, "rules": "別のルール"})
        assert [r.rules for r in browser.answering.sent(ReviseCharter)] == [None, "別のルール"]
        browser.as_(LEADER)
        assert (await browser.get("/c/it/charter")).status_code == 200
        assert (await browser.get("/c/hr/charter")).status_code == 403
        assert (await browser.post("/c/hr/charter", texts)).status_code == 403
