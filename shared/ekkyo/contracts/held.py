"""What is held on a member: each service tells all that it stores about them, in the same form."""

from typing import Any, ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Id, Model, Question, may

Row = dict[str, Any]


class HeldSection(Model):
    """What is held of one kind: its name, and a row for each record, with the fields that say something."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"name": "follows", "rows": [{"theme": "Excel", "since": "2026-04-01T00:00:00Z"}]}
        }
    )
    name: str
    rows: list[Row]


class Held(Model):
    """What one service holds on a member. `next` continues where a long answer ends."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "sections": [{"name": "follows", "rows": [{"theme": "Excel"}]}],
                "withheld": [],
                "next": None,
            }
        }
    )
    member_id: Id
    sections: list[HeldSection]
    withheld: list[str] = []
    """Sections that are told to the member alone, and that this caller is not told."""
    next: int | None = None


class HeldQuestion(Question[Held]):
    """What one service holds on a member, as named records. Each service has a question of this kind."""

    may: ClassVar = may("self", "steward")
    member_id: Id
    after: int = Field(default=0, ge=0)
    """The `next` of the answer before; 0: from the beginning."""
