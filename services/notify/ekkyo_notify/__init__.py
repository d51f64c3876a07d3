"""Ekkyo's notify service: one message per member and channel, each delivery recorded."""
