"""What stewards see: people, imports, communities, what was sent, and what waits."""

from ekkyo_portal.people import communities as communities
from ekkyo_portal.people import importing as importing
from ekkyo_portal.people import leaders as leaders
from ekkyo_portal.people import looks as looks
from ekkyo_portal.people import merging as merging
from ekkyo_portal.people import sent as sent
from ekkyo_portal.people import state as state
from ekkyo_portal.people.routes import section as section
