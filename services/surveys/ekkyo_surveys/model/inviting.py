"""Whom a survey by hand invites where its members are not named one by one. Pure."""

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.surveys import MOST_INVITED, OpenSurvey

from ekkyo_surveys.model.comparing import FEWEST
from ekkyo_surveys.model.sampling import Members, drawn


def with_invited(cmd: OpenSurvey, members: Members | None) -> OpenSurvey:
    """The command with its members named: everybody, or a sample. members None: the survey is there already.

    Said again it names nobody, so that it has the effect that it had.
    """
    if cmd.whom == "named" or members is None:
        return cmd
    _must_fit(cmd)
    if cmd.whom == "everybody":
        if len(members.there) > MOST_INVITED:
            raise _wrong("whom", "too_long", f"Expected a community of at most {MOST_INVITED} members. Take a sample.")
        return cmd.model_copy(update={"invited": sorted(members.there)})
    sample = drawn(cmd.survey_id, members, cmd.sample or FEWEST)
    if not sample:
        rested = len(set(members.there) & members.rested)
        detail = (
            f"Expected at least {FEWEST} members who can be asked. Of {len(members.there)}, {rested} were asked in the "
            "last 30 days, and the results of others could be compared with those of another anonymous survey."
        )
        raise _wrong("whom", "too_few", detail)
    return cmd.model_copy(update={"invited": sample})


def _must_fit(cmd: OpenSurvey) -> None:
    if cmd.invited:
        raise _wrong("invited", "unexpected", "Expected no members: the service names them.")
    if cmd.whom == "sample" and cmd.sample is None:
        raise _wrong("sample", "missing", f"Expected how many members are asked, at least {FEWEST}.")


def _wrong(field: str, code: str, detail: str) -> Refused:
    errors = [FieldError(field=field, code=code, detail=detail)]
    return Refused("malformed", "This survey cannot be opened.", 400, errors)
