"""Events: what is coming, an event's page, taking part."""

from ekkyo_portal.events import answering as answering
from ekkyo_portal.events import grouping as grouping
from ekkyo_portal.events import here as here
from ekkyo_portal.events import lists as lists
from ekkyo_portal.events import series as series
from ekkyo_portal.events.routes import section as section
