"""Publishing to JetStream over a connection: retried until it is confirmed, with the same ids."""

from ekkyo.publishing.publishing import ATTEMPT, WITHIN, NotPublished, publish

__all__ = ["ATTEMPT", "WITHIN", "NotPublished", "publish"]
