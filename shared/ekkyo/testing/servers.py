"""Where the tests' servers come from."""

from ekkyo.embedded import LOOPBACK, MongoServer, NatsServer, NotStarted, free_port, script, start_mongo, start_nats

__all__ = ["LOOPBACK", "MongoServer", "NatsServer", "NotStarted", "free_port", "script", "start_mongo", "start_nats"]
