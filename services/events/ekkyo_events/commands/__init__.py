"""What the events service can be asked to do."""

from ekkyo_events.commands import answers, approval, events, hosts, invitations, outputs, series

routers = [
    events.router,
    hosts.router,
    answers.router,
    approval.router,
    invitations.router,
    series.router,
    outputs.router,
]
