"""What the events service can be asked to tell."""

from ekkyo_events.questions import counts, events, holding, hosts, outputs

routers = [events.router, counts.router, hosts.router, outputs.router, holding.router]
