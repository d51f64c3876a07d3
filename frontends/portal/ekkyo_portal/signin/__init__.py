"""Signing in and out: sessions, who a session's member is now, and the tokens that speak for them."""

from ekkyo_portal.signin import company_routes as company_routes
from ekkyo_portal.signin.routes import section as section
from ekkyo_portal.signin.waiting import waiting as waiting
