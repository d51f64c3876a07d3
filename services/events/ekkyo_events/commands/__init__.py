"""What the events service can be asked to do."""

from ekkyo_events.commands import events, outputs, series

routers = [events.router, series.router, outputs.router]
