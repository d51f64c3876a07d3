"""What the members service can be asked to tell."""

from ekkyo_members.questions import (
    following,
    holding,
    introductions,
    leaders,
    measures,
    merging,
    people,
    provisioning,
    rules,
    skills,
    sponsors,
)

routers = [
    people.router,
    measures.router,
    skills.router,
    following.router,
    introductions.router,
    leaders.router,
    rules.router,
    sponsors.router,
    merging.router,
    provisioning.router,
    holding.router,
]
