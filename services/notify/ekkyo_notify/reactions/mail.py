"""Mail that came in: answers from calendars, and what could not be delivered."""

from ekkyo.broker import Router, due
from ekkyo.decision.clock import utcnow

from ekkyo_notify import model
from ekkyo_notify.inbound.carrying import TakesIn
from ekkyo_notify.store import IncomingMail

router = Router()


@router.subscriber(**due(model.IncomingTimer))
async def carry_out(timer: model.IncomingTimer, mail_in: TakesIn) -> None:
    """Do what a member answered from their calendar, or mark the address of a mail that came back."""
    await mail_in.carry_out(timer.id)


@router.subscriber(**due(model.IncomingEndTimer))
async def let_mail_expire(timer: model.IncomingEndTimer, incoming: IncomingMail) -> None:
    """Drop what is kept of a mail that could not be carried out."""
    await incoming.change(timer.id, lambda mail: model.mail_done(mail, "expired", utcnow()))
