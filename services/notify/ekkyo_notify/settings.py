"""What the notify service needs to know besides what every service does."""

import re
from pathlib import Path

import jwt
from ekkyo.service import Settings
from ekkyo.wire.passes import PassMaker
from ekkyo.wire.seats import SeatMaker
from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ekkyo_notify.channels.mail.addresses import Addresses, ListensAt
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
        None,
        description="a readable file with the private JWK that signs the links in mails that end messages, and the "
        "QR codes of seats; absent: mails have neither",
    )
    passes: bool = Field(
        False, description="true: links in mails open an event's page for their reader without a sign-in"
    )

    inbound_url: str = Field(
        "",
        description="where mail is taken in, such as lmtp://0.0.0.0:2424 or smtp://0.0.0.0:2525; absent: answers from "
        "calendars and undeliverable mail are not taken in",
    )
    inbound_address: str = Field(
        "",
        validate_default=True,
        description="the address that this mail is sent to, such as calendar@ekkyo.example.com: at most 20 characters "
        "before the @; the mail server must bring calendar+anything@ too",
    )
    inbound_key_file: Path | None = Field(
        None,
        validate_default=True,
        description="a readable file with the private JWK that `ekkyo secrets` makes as replies.jwk; needed with "
        "EKKYO_INBOUND_URL",
    )
    inbound_authserv_id: str = Field(
        "",
        description="the name under which the receiving mail server writes Authentication-Results; absent: it does not",
    )

    @field_validator("inbound_url")
    @classmethod
    def _listening(cls, value: str) -> str:
        if value:
            ListensAt.parse(value)
        return value

    @field_validator("inbound_address")
    @classmethod
    def _own_address(cls, value: str, info: ValidationInfo) -> str:
        if value or info.data.get("inbound_url"):
            Addresses.valid(value)
        return value

    @field_validator("inbound_key_file")
    @classmethod
    def _replies_key(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value:
            try:
                Addresses.read("a@example.com", value)
            except (OSError, TypeError, jwt.PyJWTError) as e:
                raise ValueError from e
        elif info.data.get("inbound_url"):
            raise ValueError
        return value

    @property
    def addresses(self) -> Addresses | None:
        """Where mail comes in; None: nowhere."""
        if not self.inbound_url or not self.inbound_key_file:
            return None
        return Addresses.read(self.inbound_address, self.inbound_key_file)

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
        seats = SeatMaker.read(self.pass_key_file) if self.pass_key_file else None
        return Links(self.portal_url, maker if self.passes else None, maker, seats, answered=bool(self.inbound_url))

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
