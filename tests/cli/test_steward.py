"""`ekkyo steward`: the first steward of an installation, and who all are."""

from json import dumps

from tests.cli.running import Stack

LEFT = {"number": "LEFT", "name": "A", "email": "left@example.co.jp", "department": "人事部"}


def test_stewards_are_made_and_unmade_each_once_but_for_the_last(season: Stack) -> None:
    assert season.ekkyo("steward", "add", "SEASON-7").code == 0
    for changed in (True, False):
        made = season.ekkyo("steward", "add", "P6@example.co.jp", "--json").json
        assert made == {"member_id": "p6", "steward": True, "changed": changed}
    assert [one["member_id"] for one in season.ekkyo("steward", "list", "--json").json] == ["p6", "p7"]
    assert "SEASON-6" in season.ekkyo("steward", "list").out
    for said in ("is no longer a steward", "is not a steward"):
        assert said in season.ekkyo("steward", "remove", "p6").out
    last = season.ekkyo("steward", "remove", "SEASON-7", "--json")
    assert (last.code, last.json["code"]) == (1, "last_steward")
    assert "Make someone else a steward" in last.json["detail"]


def test_nobody_becomes_a_steward_who_is_unknown_or_has_left(season: Stack) -> None:
    unknown = season.ekkyo("steward", "add", "nobody@example.co.jp", "--json")
    assert (unknown.code, unknown.json["code"]) == (1, "member_not_found")
    assert "ekkyo members import" in unknown.json["detail"]
    assert season.ekkyo("call", "members.register", "--json", dumps({"member_id": "left", "profile": LEFT})).code == 0
    assert season.ekkyo("members", "deactivate", "left", "--yes").code == 0
    left = season.ekkyo("steward", "add", "LEFT", "--json")
    assert (left.code, left.json["code"]) == (1, "member_inactive")


def test_the_operators_key_suffices_and_a_limited_one_does_not(season: Stack) -> None:
    key, portals = (str(season.folder.path / "secrets" / f"{name}.json") for name in ("signing-key", "portal-key"))
    stale = {"EKKYO_TOKEN": "stale"}
    assert season.ekkyo("steward", "add", "SEASON-7", env=stale).code == 1
    assert season.ekkyo("steward", "add", "SEASON-7", "--key", key, env=stale).code == 0
    limited = season.ekkyo("steward", "add", "SEASON-7", "--key", portals)
    assert (limited.code, "may not grant one of its roles" in limited.err) == (2, True)
    nothing = season.home / "nothing.json"
    nothing.write_text("[]")
    assert season.ekkyo("steward", "add", "SEASON-7", "--key", str(nothing)).code == 2
