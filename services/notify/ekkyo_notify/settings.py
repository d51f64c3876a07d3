"""What the notify service needs to know besides what every service does."""

from ekkyo.service import Settings
from pydantic import Field, SecretStr, field_validator

from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.channels.mail.smtp import SmtpServer


class NotifySettings(Settings):
    """Where mail is handed over, and who it comes from."""

    smtp_url: SecretStr = Field(
        description="where mail is handed over: smtp://user:password@host:port (STARTTLS when offered), "
        "smtp+starttls:// (always) or smtps:// (TLS)"
    )
    mail_from: str = Field(description="the address that mail comes from, such as no-reply@ekkyo.example.com")

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
