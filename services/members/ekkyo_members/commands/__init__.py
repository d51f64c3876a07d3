"""What the members service can be asked to do."""

from ekkyo_members.commands import people

routers = [people.router]
