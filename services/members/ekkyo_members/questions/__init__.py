"""What the members service can be asked to tell."""

from ekkyo_members.questions import measures, people

routers = [people.router, measures.router]
