"""Who can teach what in a community: found by topic and place, named only where a member chose so."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Id, Model, Question, may
from ekkyo.contracts.members.skills import Skill


class Teacher(Model):
    """A member who can teach something, as far as the caller may see."""

    teacher: Id
    """Identifies them in this community to whoever asks for an introduction. It is not the member's id, differs from
    community to community, and ends when they show no longer what they can teach."""
    teaches: list[str]
    skills: list[str] = []
    near: str | None = None
    name: str | None = None
    """None: they are not named to the caller."""


class Taught(Model):
    """A topic that members can teach. Spellings and synonyms are counted together."""

    topic: str
    teachers: int


class Teachers(Model):
    """Teachers in an order that tells nothing about them; `next` continues where this page ends."""

    teachers: list[Teacher]
    topics: list[Taught] = []
    """Without `topic`: what can be taught at all, most teachers first, at most 100."""
    next: str | None = None


class FindTeachers(Question[Teachers]):
    """Who in a community can teach a topic, near a place.

    Only members of the community may ask, and stewards and systems, who see what is shown to everyone. It finds active
    members of the community whose `teaches` the caller may see, and the place only of those who show it. The caller is
    left out. Spellings are compared without width, case, kana, spaces and hyphens, and words by the starter vocabulary
    of themes: エクセル finds “Excel pivot tables”.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.teachers"
    may: ClassVar = may("member")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"community_id": "0192f0c1-7a00-7000-8000-000000000001", "topic": "Excel", "near": "Osaka"}
        }
    )
    community_id: Id
    topic: Skill | None = None
    near: Skill | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=100)
