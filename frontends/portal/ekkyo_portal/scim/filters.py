"""Filters on users as conditions of the members service's question, where they are equalities joined by `and`."""

from typing import Any, Final

from ekkyo.contracts.members import FindProvisioned
from pydantic import ValidationError
from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

FIELDS: Final = {
    "id": "member_ids",
    "username": "user_name",
    "externalid": "external_id",
    "displayname": "name",
    "emails": "email",
    "emails.value": "email",
    "active": "active",
    "employeenumber": "number",
    "department": "department",
}
"""The attributes that can be searched for, and where they stand in the question."""
SUPPORTED: Final = (
    "Filters compare id, userName, externalId, displayName, emails.value, active, employeeNumber or department "
    "with eq, joined by and."
)
LABELS: Final = ("emails.type", "emails.primary", "type", "primary")
"""Of the one address there is these say nothing."""


class _Nobody(Exception):
    """No member can meet these conditions."""


def is_a_question(node: FilterNode) -> bool:
    """Whether the members service is asked what a filter asks. What it cannot be asked, users are compared with."""
    try:
        _Conditions().visit(node)
    except _Nobody:
        return True
    except InvalidFilterException:
        return False
    return True


def asked(node: FilterNode | None, start: int, limit: int) -> FindProvisioned | None:
    """The question that a filter asks; None: nobody can meet it. Raises InvalidFilterException."""
    try:
        where = _Conditions().visit(node) if node else {}
        return FindProvisioned(**where, start=start, limit=limit)
    except (_Nobody, ValidationError):  # no member has a value that could not be one
        return None


def conditions(node: FilterNode) -> int:
    """How many conditions a filter has."""
    return _Counted().visit(node)


class _Counted(FilterVisitor[int]):
    def visit_comparison(self, node: Comparison) -> int:
        return 1

    def visit_present(self, node: Present) -> int:
        return 1

    def visit_not(self, node: Not) -> int:
        return self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> int:
        return sum(self.visit(term) for term in node.terms)

    def visit_value_path(self, node: ValuePath) -> int:
        return self.visit(node.val_filter)


class _Conditions(FilterVisitor[dict[str, Any]]):
    def visit_comparison(self, node: Comparison) -> dict[str, Any]:
        name = _name(node.attr_path)
        if name in LABELS:
            return {}
        if node.op != CompareOperator.eq or name not in FIELDS or node.value is None:
            raise InvalidFilterException(detail=SUPPORTED)
        field = FIELDS[name]
        return {field: [node.value] if field == "member_ids" else node.value}

    def visit_logical_expr(self, node: LogicalExpr) -> dict[str, Any]:
        if node.op != LogicalOperator.and_:
            raise InvalidFilterException(detail=SUPPORTED)
        met: dict[str, Any] = {}
        for term in node.terms:
            more = self.visit(term)
            if any(met.get(field, value) != value for field, value in more.items()):
                raise _Nobody
            met |= more
        return met

    def visit_value_path(self, node: ValuePath) -> dict[str, Any]:
        if _name(node.attr_path) != "emails":
            raise InvalidFilterException(detail=SUPPORTED)
        return _OfAnAddress().visit(node.val_filter)

    def visit_present(self, node: Any) -> dict[str, Any]:
        raise InvalidFilterException(detail=SUPPORTED)

    visit_not = visit_present


class _OfAnAddress(_Conditions):
    """Inside `emails[…]`, where `value` is the address."""

    def visit_comparison(self, node: Comparison) -> dict[str, Any]:
        if _name(node.attr_path) == "value" and node.op == CompareOperator.eq:
            return {"email": node.value}
        if _name(node.attr_path) in LABELS:
            return {}
        raise InvalidFilterException(detail=SUPPORTED)


def _name(path: AttrPath) -> str:
    return f"{path.attr}.{path.sub_attr}".lower() if path.sub_attr else path.attr.lower()
