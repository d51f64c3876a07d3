"""What the members service can be asked to do."""

from ekkyo_members.commands import following, introductions, measures, people, skills, sponsors

routers = [
    people.router,
    measures.router,
    skills.router,
    following.router,
    introductions.router,
    sponsors.router,
]
