"""Leading: writing events, the desk, attendance, results."""

from ekkyo_portal.lead import life as life
from ekkyo_portal.lead import writing as writing
from ekkyo_portal.lead.room import room as room
