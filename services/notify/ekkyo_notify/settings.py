"""What the notify service needs to know besides what every service does."""

import re
from pathlib import Path

import jwt
from ekkyo.service import Settings
from ekkyo.wire.passes import PassMaker
from pydantic import Field, SecretStr, field_validator

from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.channels.mail.smtp import SmtpServer
from ekkyo_notify.model.chat_hosts import WELL_KNOWN, ChatHosts
from ekkyo_notify.templates.links import Links


class NotifySettings(Settings):
    """Where mail is handed over, who it comes from, and where chats may be."""

    smtp_url: SecretStr = Field(
        description="where mail is handed over: smtp://user:password@host:port (STARTTLS when offered), "
        "smtp+starttls:// (always) or smtps:// (TLS)"
    )
    mail_from: str = Field(description="the address that mail comes from, such as no-reply@ekkyo.example.com")
    chat_hosts: str = Field(
        WELL_KNOWN, description="the hosts that chat webhooks may be at, over https at public addresses, with commas"
    )
    chat_hosts_inside: str = Field(
        "",
        description="hosts of your own network that chat webhooks may be at too, at private addresses; "
        "http:// before one allows it without TLS, :* after it every port",
    )

    portal_url: str = Field(
        "", description="the address of the portal, such as https://ekkyo.example.com; absent: mails have no links"
    )
    pass_key_file: Path | None = Field(
        None, description="a readable file with the private JWK that signs the links in mails that end messages"
    )
    passes: bool = Field(
        False, description="true: links in mails open an event's page for their reader without a sign-in"
    )

    @property
    def chats(self) -> ChatHosts:
        """Where chats may be."""
        return ChatHosts.parse(self.chat_hosts, self.chat_hosts_inside)

    @field_validator("chat_hosts")
    @classmethod
    def _public_hosts(cls, value: str) -> str:
        ChatHosts.parse(value)
        return value

    @field_validator("chat_hosts_inside")
    @classmethod
    def _own_hosts(cls, value: str) -> str:
        ChatHosts.parse("", value)
        return value

    @field_validator("portal_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+/?", value):
            raise ValueError
        return value.rstrip("/")

    @field_validator("pass_key_file")
    @classmethod
    def _a_key(cls, value: Path | None) -> Path | None:
        if value:
            try:
                PassMaker.read(value)
            except (OSError, jwt.PyJWTError) as e:
                raise ValueError from e
        return value

    @property
    def links(self) -> Links:
        """What mails lead to."""
        maker = PassMaker.read(self.pass_key_file) if self.pass_key_file else None
        return Links(self.portal_url, maker if self.passes else None, maker)

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        SmtpServer.parse(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        Sender(value)
        return value
