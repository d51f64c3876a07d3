"""`ekkyo leaders suggest`: what is asked, what is told, and that nothing is granted without being asked for."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.members import (
    Deputising,
    FindMembers,
    GetCommunity,
    GrantRole,
    JoinCommunity,
    MemberPage,
    Membership,
    RevokeRole,
    SuggestLeaders,
)
from ekkyo_cli import output
from ekkyo_cli.commands import leaders
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.portal.test_leaders_page import KNOWN
from tests.portal.test_people_pages import member


class Asked:
    """Whom the command line talks to."""

    page = MemberPage(members=[member("hanako", communities=[])])

    def __init__(self) -> None:
        self.said: list[Any] = []

    async def ask(self, message: Any) -> Any:
        self.said.append(message)
        if isinstance(message, FindMembers):
            return self.page
        return KNOWN[type(message)]

    send = ask


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    it = Asked()

    answered_by(monkeypatch, it, leaders, roles=())
    return it


def test_a_suggestion_is_told_and_granted_only_if_asked_for(asked: Asked, tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    file.write_text("email,runs\na@example.com,12\n")
    wish = ["leaders", "suggest", "it", "--weight", "site=2", "--figures", str(file), "--figure", "10"]
    told = CliRunner().invoke(app, [*wish, "--at-least", "site=Osaka: HQ:1"])
    assert told.exit_code == 0, told.output
    assert "Chosen from 20 candidates" in told.output
    (question,) = [one for one in asked.said if isinstance(one, SuggestLeaders)]
    assert (question.figures, question.did.figure) == ({"a@example.com": 12}, 10)
    assert [(r.attribute, r.value, r.at_least) for r in question.rules] == [("site", "Osaka: HQ", 1)]
    assert not any(isinstance(one, GrantRole) for one in asked.said)
    granted = CliRunner().invoke(app, [*wish, "--grant", "--json"])
    assert json.loads(granted.output)["granted"] is True
    assert [type(one) for one in asked.said[-2:]] == [JoinCommunity, GrantRole]
    assert CliRunner().invoke(app, ["leaders", "suggest", "it", "--weight", "shoes=2"]).exit_code == 2


def test_a_leader_is_made_until_a_day_and_unmade(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KNOWN, RevokeRole, member("hanako", communities=[]))
    place = Membership(community_id="it", role="leader", role_until=date(2027, 3, 31), joined_at="2026-05-01T00:00:00Z")
    monkeypatch.setitem(KNOWN, GrantRole, member("hanako", communities=[place]))
    made = CliRunner().invoke(app, ["leaders", "add", "000001", "it", "--until", "2027-03-31", "--json"])
    assert json.loads(made.output) == {"member_id": "hanako", "leader": True, "until": "2027-03-31"}
    assert asked.said[-1] == GrantRole(member_id="hanako", community_id="it", until=date(2027, 3, 31))
    told = json.loads(CliRunner().invoke(app, ["leaders", "remove", "000001", "it", "--json"]).output)
    assert told == {"member_id": "hanako", "leader": False, "until": None}
    assert CliRunner().invoke(app, ["leaders", "add", "000001", "it", "--until", "soon"]).exit_code == 2


def test_leaders_are_listed_with_their_ends_and_whose_deputies_they_are(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KNOWN, GetCommunity, None)
    said = {"community_id": "it", "role": "leader", "joined_at": "2026-05-01T00:00:00Z"}
    deputising = Deputising(leader_id="hanako", since=date(2026, 6, 1))
    leading = member("hanako", communities=[Membership(**said, role_until=date(2027, 3, 31))])
    standing_in = member("taro", communities=[Membership(**said, deputising=deputising)])
    found = MemberPage(members=[leading, standing_in])
    monkeypatch.setattr(Asked, "page", found, raising=False)
    told = CliRunner().invoke(app, ["leaders", "list", "it"]).output
    assert "2027-03-31" in told
    assert f"deputy of {leading.name}" in told
    rows = json.loads(CliRunner().invoke(app, ["leaders", "list", "it", "--json"]).output)
    assert [(one["member_id"], one["until"], one["deputy_of"]) for one in rows] == [
        ("hanako", "2027-03-31", None),
        ("taro", None, "hanako"),
    ]
    monkeypatch.setattr(Asked, "page", MemberPage(members=[]), raising=False)
    assert "ekkyo leaders add NUMBER it" in CliRunner().invoke(app, ["leaders", "list", "it"]).output


def test_a_reason_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    output.reset()
    wrong = FieldError(field="until", code="in_the_past", detail="must be 2026-04-01 or later")
    output.problem(Refused("malformed", "until must be 2026-04-01 or later.", 400, [wrong]))
    assert capsys.readouterr().err.count("must be 2026-04-01 or later") == 1
