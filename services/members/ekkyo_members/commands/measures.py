"""What the members service can be asked to do with the measures of a charter."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract

from ekkyo_members import model
from ekkyo_members.store import Communities

router = Router()


@router.subscriber(**asked(contract.ReportMeasure))
async def report_measure(cmd: contract.ReportMeasure, communities: Communities) -> contract.MeasureReports:
    """Take a figure of one of a community's measures."""
    return await communities.change(
        cmd.community_id,
        lambda c, parts: model.report_measure(c, parts, cmd),
        entries=[model.reported_key(cmd.measure, cmd.on)],
    )
