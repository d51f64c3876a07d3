"""What the members service can be asked to tell."""

from ekkyo_members.questions import introductions, leaders, measures, people, rules, skills, sponsors

routers = [
    people.router,
    measures.router,
    skills.router,
    introductions.router,
    leaders.router,
    rules.router,
    sponsors.router,
]
