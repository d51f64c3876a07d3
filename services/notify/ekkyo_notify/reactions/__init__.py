"""What the notify service does on hearing facts: it remembers who can be reached, and tells them."""

from ekkyo_notify.reactions import hosting, known, mail, meeting, reports, telling

routers = [known.router, mail.router, telling.router, meeting.router, reports.router, hosting.router]
