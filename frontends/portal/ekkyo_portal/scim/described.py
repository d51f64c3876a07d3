"""What this SCIM service says of itself: its resources, their attributes, and what it can do.

The users' schema is a part of the standard's: the attributes that Ekkyo keeps. Others are accepted and dropped.
"""

from typing import Annotated, Final

from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    ExtensibleStringEnum,
    Extension,
    Filter,
    Group,
    Mutability,
    Patch,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MOST: Final = 500
"""Resources on one page."""
WrittenOnly = Annotated[str | None, Mutability.write_only, Returned.never]
"""Used when the person is registered; from then on it is theirs to choose."""


class Email(ComplexAttribute):
    """A mail address. Of a person there is one, at work."""

    class Type(ExtensibleStringEnum):
        """What the address is for."""

        work = "work"

    value: Annotated[str | None, Required.true] = None
    """The work address to which mails are sent."""

    type: Type | None = None
    """Always 'work'."""

    primary: bool | None = None
    """Always true."""


class User(Resource[AnyExtension]):
    """A member whom the directory provisions."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The name under which the directory knows them."""

    display_name: Annotated[str | None, Required.true, CaseExact.true] = None
    """The name that others see."""

    active: Annotated[bool | None, Required.true] = None
    """False once the person has left the company."""

    emails: Annotated[list[Email] | None, Required.true] = None
    """The work address."""

    preferred_language: WrittenOnly = None
    """Their language until they choose one: ja or en, with or without a region."""

    locale: WrittenOnly = None
    """Their language, where preferredLanguage says none."""

    timezone: WrittenOnly = None
    """Their time zone until they choose one, such as Asia/Tokyo."""


class EnterpriseUser(Extension):
    """What the company knows of them."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: Annotated[str | None, Required.true, Mutability.immutable, Uniqueness.server, CaseExact.true] = (
        None
    )
    """The personnel number, by which a person is recognised: letters, digits, - and _, at most 32."""

    department: Annotated[str | None, CaseExact.true] = None
    """The department they belong to."""


def provider() -> ScimProvider:
    """The description, with what is tolerated of Entra ID."""
    users = ResourceType.from_resource(User[Annotated[EnterpriseUser, Required.true]])
    return ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[users, ResourceType.from_resource(Group)],
        config=ServiceProviderConfig(
            patch=Patch(supported=True),
            bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=MOST),
            change_password=ChangePassword(supported=False),
            sort=Sort(supported=False),
            etag=ETag(supported=True),
            authentication_schemes=[
                AuthenticationScheme(
                    type=AuthenticationScheme.Type.oauthbearertoken,
                    name="Bearer token",
                    description="A token of the role system, made with `ekkyo scim token`",
                    primary=True,
                )
            ],
        ),
        policy=ScimPolicy(
            unknown=ScimPolicy.Unknown.ignore,
            remove_value_as_filter=ScimPolicy.RemoveValue.apply,
            unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
        ),
    )
