"""What every service speaks NATS through: services need Router, asked, told, due, Who, NotYet; the shell the rest."""

from ekkyo.broker.broker import Broker, NotProvisioned, make_broker
from ekkyo.broker.defence import Limits, NotYet, Retries
from ekkyo.broker.heard import Heard
from ekkyo.broker.keys import KeyStore
from ekkyo.broker.outbox import JetStreamOutbox
from ekkyo.broker.past import Past
from ekkyo.broker.routes import Reaction, Router, Who, asked, due, told
from ekkyo.broker.streams import STREAMS, SURVEY_KEYS, consumer_configs

__all__ = [
    "STREAMS",
    "SURVEY_KEYS",
    "Broker",
    "Heard",
    "JetStreamOutbox",
    "KeyStore",
    "Limits",
    "NotProvisioned",
    "NotYet",
    "Past",
    "Reaction",
    "Retries",
    "Router",
    "Who",
    "asked",
    "consumer_configs",
    "due",
    "make_broker",
    "told",
]
