"""The parts of an installation: NATS permissions, logins, and the servers that come as wheels."""
