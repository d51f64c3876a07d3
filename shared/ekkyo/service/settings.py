"""A service's settings: EKKYO_* environment variables, all told at once when one is missing, unknown or wrong."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from jwt import PyJWTError
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ekkyo.auth import Verifier

PREFIX = "EKKYO_"


class WrongSettings(Exception):
    """What is wrong with the environment, one line each; no line repeats a value, which may be a secret."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class Settings(BaseSettings):
    """What every service needs to know. A service that needs more derives from it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    nats_url: str = Field(description="where NATS listens, such as nats://nats:4222; several with commas between")
    nats_user: str = Field("", description="the service's NATS user; its name when absent")
    nats_password: SecretStr = Field(description="the NATS user's password")
    nats_replicas: int = Field(1, ge=1, le=5, description="copies of each stream that provision asks for: 1, 3 or 5")
    mongo_url: SecretStr = Field(description="where MongoDB listens, such as mongodb://user:password@mongo:27017/")
    mongo_database: str = Field("", description="the service's own database; ekkyo_<service> when absent")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="the driver: motor or pymongo")
    jwks_file: Path = Field(description="a readable JWKS file with the public keys that bearer tokens are signed with")
    http_host: str = Field("127.0.0.1", description="the address that /livez, /readyz and /metrics listen on")
    http_port: int = Field(8080, ge=0, le=65535, description="their port, 1 to 65535; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error")
    log_format: Literal["json", "text"] = Field("json", description="json, or text for people")
    inbox_prefix: str = Field("", description="where replies to this service arrive; _INBOX.<user> when absent")
    stop_seconds: float = Field(20.0, gt=0, le=600, description="how long an orderly stop may take, in seconds")

    @field_validator("nats_url")
    @classmethod
    def _nats_servers(cls, value: str) -> str:
        for server in value.split(","):
            scheme, _, host = server.strip().partition("://")
            if scheme not in ("nats", "tls", "ws", "wss") or not host:
                raise ValueError
            if "@" in host:
                raise ValueError  # a password in a URL ends up in logs: it has a variable of its own
        return value

    @field_validator("mongo_url")
    @classmethod
    def _mongo(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError
        return value

    @field_validator("jwks_file")
    @classmethod
    def _readable(cls, value: Path) -> Path:
        try:
            Verifier(value)
        except (OSError, ValueError, LookupError, TypeError, PyJWTError) as e:
            raise ValueError from e
        return value

    @property
    def nats_servers(self) -> list[str]:
        return [server.strip() for server in self.nats_url.split(",")]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values come in by `load` alone, so that all of them are seen together."""
        return (init_settings,)

    @classmethod
    def load(cls, service: str, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of a service, from the environment. Raises WrongSettings, telling everything that is wrong."""
        environ = os.environ if environ is None else environ
        given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
        known = {PREFIX + name.upper(): name for name in cls.model_fields}
        lines = [_unknown(name, known) for name in sorted(given) if name not in known]
        values: dict[str, Any] = {known[name]: value for name, value in given.items() if name in known and value != ""}
        user = values.setdefault("nats_user", service)
        values.setdefault("mongo_database", f"ekkyo_{service}")
        values.setdefault("inbox_prefix", f"_INBOX.{user}")
        try:
            settings = cls(**values)
        except ValidationError as e:
            raise WrongSettings(lines + [_told(cls, error) for error in e.errors(include_input=False)]) from None
        if lines:
            raise WrongSettings(lines)
        return settings

    @classmethod
    def explained(cls) -> str:
        """Every variable with its meaning, for --help."""
        rows = []
        for name, field in cls.model_fields.items():
            needed = " (required)" if field.is_required() else ""
            rows.append(f"  {PREFIX + name.upper():<24} {field.description or ''}{needed}")
        return "\n".join(rows)


def _unknown(name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is unknown: " + (f"did you mean {near[0]}?" if near else "remove it.")


def _told(cls: type[Settings], error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    field = cls.model_fields.get(name)
    what = (field.description if field else None) or error["msg"]
    state = "is missing" if error["type"] == "missing" else "is wrong"
    return f"{PREFIX + name.upper()} {state}: set it to {what}."
