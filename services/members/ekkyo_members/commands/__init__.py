"""What the members service can be asked to do."""

from ekkyo_members.commands import measures, people, skills

routers = [people.router, measures.router, skills.router]
