"""What the members service does on facts and on due timers."""

from ekkyo_members.reactions import people, roles, words

routers = [people.router, roles.router, words.router]
