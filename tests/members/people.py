"""People and communities for the tests of the members service."""

from base64 import b64encode
from datetime import UTC, date, datetime
from typing import Any

from ekkyo.contracts import members as contract
from ekkyo_members import model

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
GRANTING = model.Granting("s1", NOW, "Asia/Tokyo")
"""A steward, at noon on the first of April in Tokyo."""
CHARTER = contract.Charter(
    objective="Halve the questions to the IT desk in a year.",
    who="Everyone who uses IT at work.",
    what="Talks, co-working hours, lunches.",
    how="Members teach each other.",
    figures=["250 attendances"],
    measures=[
        contract.Measure(key="came", label="Attendances", counted="attendances", target=250),
        contract.Measure(
            key="questions",
            label="Questions to the IT desk",
            counted="reported",
            target=200,
            baseline=400,
            period="month",
            direction="down",
        ),
    ],
)

LOGO = b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" r="4"/></svg>').decode()
"""A logo as it is uploaded."""


def profile(n: int = 1, **other: Any) -> contract.Profile:
    """The n-th person's profile."""
    known: dict[str, Any] = {
        "number": f"{n:06}",
        "name": f"越境 花子{n}",
        "name_kana": "エッキョウ ハナコ",
        "email": f"hanako{n}@example.co.jp",
        "department": "情報システム部",
        "job_family": "バックオフィス",
        "site": "大阪本社",
        "birth_date": date(1987, 6, 5),
        "gender": "female",
        "hired_on": date(2010, 4, 1),
        "manager_number": "000099",
    }
    return contract.Profile(**known | other)


def founding(community_id: str = "c1", **other: Any) -> contract.FoundCommunity:
    """The command that founds the community of the tests."""
    known: dict[str, Any] = {"name": "IT Users", "rules": "Ask anything.", "charter": CHARTER}
    return contract.FoundCommunity(community_id=community_id, **known | other)


def registering(member_id: str = "m1", n: int = 1, **other: Any) -> contract.RegisterMember:
    """The command that registers the n-th person."""
    return contract.RegisterMember(member_id=member_id, profile=profile(n), **other)


def member(member_id: str = "m1", n: int = 1, *, communities: tuple[str, ...] = (), revision: int = 1) -> model.Member:
    """A member as the database has them, in these communities."""
    known = model.register(None, registering(member_id, n)).document
    places = [contract.Membership(community_id=c, joined_at=NOW) for c in communities]
    return known.model_copy(update={"memberships": places, "revision": revision})


def community(community_id: str = "c1", **other: Any) -> model.Community:
    """A community as the database has it."""
    return model.found(None, founding(community_id), now=NOW).document.model_copy(update={"revision": 1, **other})
