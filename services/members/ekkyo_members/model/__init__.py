"""What the members service knows, and how it decides. Pure: no I/O, no clock, no randomness, no await."""

from ekkyo_members.model.community import Community, found, revise_charter
from ekkyo_members.model.importing import Found, new_member_id, outcomes, refused, take_over
from ekkyo_members.model.journey import (
    Step,
    attended,
    attended_key,
    contribution_key,
    journey,
    record_contribution,
    taught,
)
from ekkyo_members.model.member import Member, change_profile, may_find, may_see, register, set_preferences
from ekkyo_members.model.membership import accept_rules, grant_role, join, leave, revoke_role

__all__ = [
    "Community",
    "Found",
    "Member",
    "Step",
    "accept_rules",
    "attended",
    "attended_key",
    "change_profile",
    "contribution_key",
    "found",
    "grant_role",
    "join",
    "journey",
    "leave",
    "may_find",
    "may_see",
    "new_member_id",
    "outcomes",
    "record_contribution",
    "refused",
    "register",
    "revise_charter",
    "revoke_role",
    "set_preferences",
    "take_over",
    "taught",
]
