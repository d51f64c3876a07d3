"""Leading: writing events, the desk, attendance, results."""

from ekkyo_portal.lead import answers as answers
from ekkyo_portal.lead import applications as applications
from ekkyo_portal.lead import asking as asking
from ekkyo_portal.lead import attendance as attendance
from ekkyo_portal.lead import calendar as calendar
from ekkyo_portal.lead import chat as chat
from ekkyo_portal.lead import desk as desk
from ekkyo_portal.lead import hosting as hosting
from ekkyo_portal.lead import hours as hours
from ekkyo_portal.lead import invitations as invitations
from ekkyo_portal.lead import life as life
from ekkyo_portal.lead import live as live
from ekkyo_portal.lead import overbooking as overbooking
from ekkyo_portal.lead import poster as poster
from ekkyo_portal.lead import reporting as reporting
from ekkyo_portal.lead import results as results
from ekkyo_portal.lead import scans as scans
from ekkyo_portal.lead import series as series
from ekkyo_portal.lead import sponsors as sponsors
from ekkyo_portal.lead import suggesting as suggesting
from ekkyo_portal.lead import surveyed as surveyed
from ekkyo_portal.lead import tables as tables
from ekkyo_portal.lead import terms as terms
from ekkyo_portal.lead import themes as themes
from ekkyo_portal.lead import writing as writing
from ekkyo_portal.lead.section import section as section
