"""What the members service can be asked to do."""

from ekkyo_members.commands import introductions, measures, people, skills, sponsors

routers = [people.router, measures.router, skills.router, introductions.router, sponsors.router]
