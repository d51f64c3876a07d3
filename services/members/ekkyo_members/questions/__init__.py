"""What the members service can be asked to tell."""

from ekkyo_members.questions import introductions, measures, people, rules, skills, sponsors

routers = [
    people.router,
    measures.router,
    skills.router,
    introductions.router,
    rules.router,
    sponsors.router,
]
