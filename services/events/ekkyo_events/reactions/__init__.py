"""What the events service does when a timer is due, and on hearing of members."""

from ekkyo_events.reactions import people, series, timers

routers = [timers.router, series.router, people.router]
