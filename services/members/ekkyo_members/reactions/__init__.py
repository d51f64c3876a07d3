"""What the members service does on facts and on due timers."""

from ekkyo_members.reactions import people, roles

routers = [people.router, roles.router]
