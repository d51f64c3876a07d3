"""What the notify service can be asked to tell."""

from ekkyo.broker import Router, asked
from ekkyo.contracts.notify import DeliveryPage, ListDeliveries, NotifyStatus, NotifyStatusAnswer
from ekkyo_notify.store import Connections, Contacts, Deliveries

router = Router()
