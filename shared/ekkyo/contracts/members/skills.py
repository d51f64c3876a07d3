"""What members say of themselves: what they know, can teach and would like to learn, and who may see which part."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Id, Model, Question, may
from ekkyo.contracts.fields import ShortLine
from ekkyo.contracts.members.member import MemberFact

Audience = Literal["nobody", "communities", "everyone"]
"""Who may see something: nobody else, the members of one's own communities, or everyone."""
Skill = ShortLine
"""What somebody can do or wants to learn, in their own words: one line of at most 60 characters."""
Named = Annotated[list[Skill], Field(max_length=30)]


class Shown(Model):
    """Who may see which part of what a member says of themselves. Leaders and stewards see no more than others."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    skills: Audience = "communities"
    teaches: Audience = "communities"
    interests: Audience = "nobody"
    near: Audience = "nobody"
    name: Audience = "nobody"
    """Who learns whose skills these are. To others they are those of a member who is not named."""


class Skills(Model):
    """What a member says of themselves. Of two spellings of one skill in a list, the first one is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    skills: Named = []
    """What they know."""
    teaches: Named = []
    """What they can teach."""
    interests: Named = []
    """What they would like to learn."""
    near: Skill | None = None
    """Where one can meet them: an office or a town, in their own words."""
    shown: Shown = Shown()


class SkillsSeen(Model):
    """What somebody may see of a member's skills. Parts that they may not see are empty."""

    member_id: Id
    skills: list[str] = []
    teaches: list[str] = []
    interests: list[str] = []
    near: str | None = None
    shown: Shown | None = None
    """Who may see which part; only the member learns it."""


class DescribeSkills(Command[SkillsSeen]):
    """Say what one knows, can teach and would like to learn, and who may see it. It replaces what was said before."""

    subject: ClassVar[str] = "ekkyo.cmd.members.describe_skills"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "skills": {
                    "skills": ["Excel", "Power BI"],
                    "teaches": ["Excel pivot tables"],
                    "interests": ["Python"],
                    "near": "Osaka",
                    "shown": {"teaches": "everyone", "near": "communities"},
                },
            }
        }
    )
    member_id: Id
    skills: Skills


class GetSkills(Question[SkillsSeen]):
    """What the caller may see of a member's skills.

    Members see all of their own. Of others, the caller sees the parts that are shown to them, if the name is too:
    else the answer is empty, as it is for a member who is not active, left, or does not exist.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.skills"
    may: ClassVar = may("member")
    member_id: Id


class SkillsChanged(MemberFact):
    """What a member shows of their skills changed. The facts that told it before are purged.

    It tells what is shown to the members of their communities or to everyone, and nothing that is shown to nobody.
    """

    subject: ClassVar[str] = "ekkyo.fact.members.skills_changed"
    skills: Skills
