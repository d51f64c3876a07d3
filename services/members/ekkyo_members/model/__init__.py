"""What the members service knows, and how it decides. Pure: no I/O, no clock, no randomness, no await."""

from ekkyo_members.model.community import Community, found, revise_charter
from ekkyo_members.model.importing import Found, new_member_id, outcomes, take_over
from ekkyo_members.model.journey import Step, attended, journey, record_contribution, taught
from ekkyo_members.model.member import Member, change_profile, may_see, register, set_preferences
from ekkyo_members.model.membership import accept_rules, grant_role, join, leave, revoke_role

__all__ = [
    "Community",
    "Found",
    "Member",
    "Step",
    "accept_rules",
    "attended",
    "change_profile",
    "found",
    "grant_role",
    "join",
    "journey",
    "leave",
    "may_see",
    "new_member_id",
    "outcomes",
    "record_contribution",
    "register",
    "revise_charter",
    "revoke_role",
    "set_preferences",
    "take_over",
    "taught",
]
