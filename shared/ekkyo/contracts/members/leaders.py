"""Choosing a community's leaders so that together they mirror the company, or the community."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ekkyo.contracts.base import Id, Line, Model, Question, may
from ekkyo.contracts.members.journey import Crossing
from ekkyo.contracts.members.measure import Amount

__all__ = [
    "LEAST_FOR_SENSITIVE",
    "MOST_CANDIDATES",
    "LeaderAttribute",
    "LeaderRule",
    "Mirrored",
    "MirroredShare",
    "MirroredWithin",
    "OpenAttribute",
    "SensitiveAttribute",
    "SuggestLeaders",
    "SuggestedLeader",
    "SuggestedLeaders",
    "Swap",
    "WhatTheyDid",
]

OpenAttribute = Literal["job_family", "site", "department", "tenure"]
"""What the answer tells of people. tenure: `under_1`, `1_to_2`, `3_to_9` or `10_and_over` full years."""
SensitiveAttribute = Literal["age_band", "gender"]
"""What is weighed and never told of anybody. Age bands: under 30, 30 to 39, 40 to 49, 50 and over."""
LeaderAttribute = Literal["job_family", "site", "department", "tenure", "age_band", "gender"]

MOST_CANDIDATES: Final = 500
LEAST_FOR_SENSITIVE: Final = 20
"""Candidates among whom age and gender may be weighed."""
Weight = Annotated[int, Field(ge=1, le=100)]
Places = Annotated[int, Field(ge=0, le=20)]


class WhatTheyDid(Model):
    """What candidates must have done. All of it counts; what is not given does not matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    attended: int = Field(default=0, ge=0, le=10_000)
    """At least so many events."""
    contributions: int = Field(default=0, ge=0, le=10_000)
    """At least so many."""
    crossings: list[Crossing] = Field(default=[], max_length=4)
    """Each of these."""
    figure: Amount | None = None
    """A figure of at least this in `figures`."""


class LeaderRule(Model):
    """How many of the chosen must, or may, have a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    attribute: OpenAttribute
    value: Line | None
    """None: it is not known of them."""
    at_least: Places = 0
    at_most: Places = 20

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError("at_least must not exceed at_most")
        return self


class Swap(Model):
    """Somebody who could be chosen instead, and what it would cost."""

    member_id: Id
    cost: float
    """By how much the distance over what may be told would grow; negative: it would fall."""


class SuggestedLeader(Model):
    """One of the chosen."""

    member_id: Id
    values: dict[OpenAttribute, str | None]
    """Of the attributes that were weighed or have a rule. None: not known."""
    figure: Amount | None = None
    leads: bool
    """Whether they lead the community already."""
    swaps: list[Swap]
    """The cheapest first, at most 20; swaps that break a rule are left out."""


class MirroredShare(Model):
    """How many people have a value, and how many of the chosen."""

    value: str | None
    share: float
    """Of the people who are mirrored, from 0 to 1."""
    chosen: int


class Mirrored(Model):
    """How closely the chosen mirror one attribute."""

    attribute: OpenAttribute
    weight: Weight
    distance: float
    """Half the sum of the differences of shares: 0 is a mirror image, 1 has nothing in common."""
    shares: list[MirroredShare]
    """The largest first: at most 50, and those of the chosen."""


class MirroredWithin(Model):
    """Whether the chosen mirror a sensitive attribute. Told only of five or more chosen people."""

    attribute: SensitiveAttribute
    within: float | None
    """0.25: the distance is at most that. None: it is more, or not told."""


class SuggestedLeaders(Model):
    """A choice of leaders, how good it is, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "chosen": [
                    {
                        "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                        "values": {"site": "Osaka", "tenure": "3_to_9"},
                        "figure": 35,
                        "leads": False,
                        "swaps": [{"member_id": "0192f0c1-7a00-7000-8000-0000000000a2", "cost": 0.05}],
                    }
                ],
                "candidates": 20,
                "mirrored": 400,
                "distance": 0.2,
                "proven": True,
                "better_by": 0,
                "attributes": [
                    {
                        "attribute": "site",
                        "weight": 2,
                        "distance": 0.2,
                        "shares": [
                            {"value": "Osaka", "share": 0.8, "chosen": 1},
                            {"value": "Tokyo", "share": 0.2, "chosen": 0},
                        ],
                    }
                ],
            }
        }
    )

    chosen: list[SuggestedLeader]
    candidates: int
    mirrored: int
    """How many people are mirrored."""
    distance: float
    """The weighted mean over what may be told, from 0 to 1."""
    proven: bool
    """Whether no better choice exists. Otherwise it is the best that was found."""
    better_by: float
    """By how much another choice could be better at most; 0 where it is proven. Rounded up to tenths where a sensitive
    attribute is weighed."""
    attributes: list[Mirrored]
    sensitive: list[MirroredWithin] = []
    unknown: list[str] = []
    """Of the named candidates those that were not found among the active people."""


class SuggestLeaders(Question[SuggestedLeaders]):
    """Whom to make leaders of a community, so that together they mirror the company or the community.

    Candidates are named, or found by what they did, or both: then those named who did it. Without either, everybody
    who is mirrored is a candidate. Few candidates are compared
    completely; of many, the best choice that was found is told with how much better another one could be. The same
    question has the same answer as long as the people are the same. Ties are broken by figure, then by attendances.

    Leaders may ask about their own community and its members (`of` community). Only stewards and systems may weigh age
    or gender, with at least 20 candidates of whom at most half are chosen. Values that fewer than five candidates have
    count as one, and rules about them are not possible. The answer tells nothing about any person's age or gender.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.suggest_leaders"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "of": "company",
                "choose": 4,
                "did": {"attended": 3, "figure": 20},
                "figures": {"004711": 35, "hanako.yamada@example.co.jp": 21.5},
                "weights": {"job_family": 3, "site": 2, "tenure": 1},
                "rules": [{"attribute": "site", "value": "Osaka", "at_least": 1}],
            }
        }
    )
    community_id: Id
    of: Literal["company", "community"] = "company"
    """Who is mirrored, where candidates are looked for, and where what they did is counted."""
    choose: int = Field(ge=1, le=20)
    candidates: list[Line] | None = Field(default=None, min_length=1, max_length=MOST_CANDIDATES)
    """By member id, personnel number or mail address."""
    did: WhatTheyDid | None = None
    figures: dict[Line, Amount] = Field(default={}, max_length=5000)
    """Figures of members from elsewhere, such as how often they used a tool, by member id, personnel number or mail
    address. They are not kept."""
    weights: dict[LeaderAttribute, Weight] = Field(min_length=1)
    """What is mirrored, and how much each matters."""
    rules: list[LeaderRule] = Field(default=[], max_length=20)
