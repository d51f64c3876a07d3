"""Reports to sponsors: who they are, who is asked to release a report, and to whom it is sent."""

from ekkyo.broker import Router, told
from ekkyo.contracts.members import ReportDue, ReportReminderDue, SponsorAdded, SponsorRemoved
from ekkyo.contracts.notify import ReportReleased, report_id
from ekkyo.decision.clock import utcnow

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post
from ekkyo_notify.store import Deliveries, RefusedAddresses, Releases, Sponsors

router = Router()


@router.subscriber(**told(SponsorAdded, by="notify", name="sponsors", start="beginning"))
async def know_sponsor(fact: SponsorAdded, sponsors: Sponsors) -> None:
    """Remember how to reach a sponsor."""
    await sponsors.put(fact.sponsor_id, fact.meta.revision, model.KnownSponsor.of(fact))


@router.subscriber(**told(SponsorRemoved, by="notify", name="forget_sponsor", start="beginning"))
async def forget_sponsor(
    fact: SponsorRemoved, sponsors: Sponsors, refused: RefusedAddresses, deliveries: Deliveries
) -> None:
    """Forget who a sponsor was, and drop what was still to be sent to them."""
    await sponsors.forget(fact.sponsor_id, fact.meta.revision)
    await refused.forget(fact.sponsor_id, fact.meta.revision)
    for planned in await deliveries.find({"sponsor_id": fact.sponsor_id, "status": "planned"}, limit=0):
        await deliveries.change(planned.id, lambda d: model.dropped(d, reason="sponsor_removed", now=utcnow()))


@router.subscriber(**told(ReportDue, ReportReminderDue, by="notify", name="tell_report_due", start="new"))
async def tell_report_due(fact: ReportDue | ReportReminderDue, releases: Releases, post: Post) -> None:
    """Ask the leaders of a community to look at a report and release it, unless one of them did so."""
    if await releases.get(report_id(fact.community_id, fact.month)) is None:
        await post.tell_leaders(model.due_notice(fact))


@router.subscriber(**told(ReportReleased, by="notify", name="tell_sponsors", start="new"))
async def tell_sponsors(fact: ReportReleased, post: Post) -> None:
    """Send a report to the sponsors to whom it was released."""
    await post.tell_sponsors(model.release_notice(fact), fact.sponsors)
