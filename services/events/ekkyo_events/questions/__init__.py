"""What the events service can be asked to tell."""

from ekkyo_events.questions import counts, events

routers = [events.router, counts.router]
