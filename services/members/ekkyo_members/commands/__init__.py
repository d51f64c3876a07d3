"""What the members service can be asked to do."""

from ekkyo_members.commands import (
    following,
    importing,
    introductions,
    leaving,
    measures,
    merging,
    people,
    provisioning,
    roles,
    skills,
    sponsors,
)

routers = [
    people.router,
    importing.router,
    leaving.router,
    roles.router,
    measures.router,
    skills.router,
    following.router,
    introductions.router,
    sponsors.router,
    merging.router,
    provisioning.router,
]
