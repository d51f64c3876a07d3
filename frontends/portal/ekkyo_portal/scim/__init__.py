"""SCIM 2.0 (RFC 7643, 7644) for the company's directory: joiners, movers and leavers as Entra ID and Okta send them.

The directory's requests become the same commands and questions that other systems send, with the directory's own token.
"""

from ekkyo_portal.scim.mount import Scim as Scim
