"""Refusals of the services as SCIM errors (RFC 7644, 3.12)."""

from ekkyo.contracts.base import Refused
from pydantic import ValidationError
from scim2_models import Error, InvalidValueException, PreconditionFailedException, SCIMException, UniquenessException

ATTRIBUTES = {
    "user_name": "userName",
    "external_id": "externalId",
    "name": "displayName",
    "email": "emails.value",
    "number": "employeeNumber",
}
"""What the fields of our messages are called in SCIM."""
EXPECTED = {
    "emails.value": "give one mail address",
    "employeeNumber": "give the personnel number: letters, digits, - and _, at most 32",
}
NUMBER_MISSING = (
    "employeeNumber is missing: map the personnel number to it (Entra ID: employeeId, Okta: user.employeeNumber)."
)
TAKEN = {"email_taken": "emails.value", "number_taken": "employeeNumber", "user_name_taken": "userName"}


def scim_error(why: Refused) -> SCIMException:
    """A refusal as the directory is told of it."""
    if why.code in TAKEN:
        return UniquenessException(detail=f"Another person already has this {TAKEN[why.code]}.")
    if why.code == "revision_differs":
        return PreconditionFailedException()
    return with_status(why.status, f"{why.code}: {why.detail}")


def with_status(status: int, detail: str) -> SCIMException:
    """An error that has no keyword in SCIM."""
    return SCIMException.from_error(Error(status=status, detail=detail))


def invalid(error: ValidationError) -> SCIMException:
    """A value that cannot be taken: its attribute, and what was expected, without the value itself."""
    field = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
    name = ATTRIBUTES.get(field, field)
    expected = EXPECTED.get(name, "give one line of at most 200 characters")
    return InvalidValueException(detail=f"{name} cannot be taken: {expected}.")
