"""What the members service can be asked to tell."""

from ekkyo_members.questions import people

routers = [people.router]
