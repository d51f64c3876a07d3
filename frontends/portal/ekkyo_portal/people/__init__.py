"""What stewards see: people, imports, communities, and what was sent."""

from ekkyo_portal.people import communities as communities
from ekkyo_portal.people import importing as importing
from ekkyo_portal.people import looks as looks
from ekkyo_portal.people import sent as sent
from ekkyo_portal.people.routes import room as room
