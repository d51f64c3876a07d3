"""Hosts of events, leaders and their deputies, and members who have not accepted their community's rules."""

from ekkyo.broker import Router, told
from ekkyo.contracts.events import HostNamed, HostRemoved
from ekkyo.contracts.members import DeputyNamed, DeputyRemoved, RoleGranted, RoleRevoked, RulesDue

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post

router = Router()


@router.subscriber(**told(HostNamed, HostRemoved, by="notify", name="tell_host", start="new"))
async def tell_host(fact: HostNamed | HostRemoved, post: Post) -> None:
    """Tell a member that they host an event, or do no more."""
    if notice := model.host_notice(fact):
        await post.tell(notice, [model.Recipient(member_id=fact.member_id)], leave_out_unknown=True)


@router.subscriber(
    **told(RoleGranted, RoleRevoked, DeputyNamed, DeputyRemoved, by="notify", name="tell_role", start="new")
)
async def tell_role(fact: RoleGranted | RoleRevoked | DeputyNamed | DeputyRemoved, post: Post) -> None:
    """Tell a member that they lead a community, or stand in for a leader, and what they may do; or that it is over."""
    if notice := model.role_notice(fact):
        await post.tell(notice, [model.Recipient(member_id=fact.member_id)], leave_out_unknown=True)


@router.subscriber(**told(RulesDue, by="notify", name="tell_rules", start="new"))
async def tell_rules(fact: RulesDue, post: Post) -> None:
    """Remind a member to accept the newest rules of a community."""
    await post.tell(model.rules_notice(fact), [model.Recipient(member_id=fact.member_id)], leave_out_unknown=True)
