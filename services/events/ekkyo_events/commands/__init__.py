"""What the events service can be asked to do."""

from ekkyo_events.commands import answers, events, outputs, series

routers = [events.router, answers.router, series.router, outputs.router]
