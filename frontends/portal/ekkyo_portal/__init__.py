"""The portal: the door for people, and for systems without NATS. It owns no data."""
