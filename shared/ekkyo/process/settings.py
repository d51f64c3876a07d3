"""A process's settings: EKKYO_* environment variables. All missing, unknown or wrong ones are reported together."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import nkeys
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ekkyo.installation.login import Login, Tls, public_nkey

PREFIX = "EKKYO_"
FILE = "_FILE"
"""A secret NAME may be given as NAME_FILE, the file that holds it, as engines hand secrets out."""
TOKEN = f"{PREFIX}TOKEN"
"""A caller's, often set in the shell where a service is run by hand. Doctor alone looks at it."""


class WrongSettings(Exception):
    """The problems in the environment, one per line. No line repeats a value, because it may be a secret."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class ProcessSettings(BaseSettings):
    """What every process needs to know: NATS, its probes, its log, its stop. One that needs more derives from it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    nats_url: str = Field(description="where NATS listens, such as nats://nats:4222; several with commas between")
    nats_user: str = Field("", description="the service's NATS user; its name when absent")
    nats_password: SecretStr = Field(
        SecretStr(""), description="the NATS user's password, where it has no EKKYO_NATS_NKEY_FILE"
    )
    nats_nkey_file: Path | None = Field(None, description="a readable file with the seed of the NATS user's nkey")
    nats_tls_ca: Path | None = Field(
        None, description="the CA (PEM) that signed the NATS server's certificate; when set, TLS is required"
    )
    nats_tls_cert: Path | None = Field(None, description="the certificate (PEM) that this client presents to NATS")
    nats_tls_key: Path | None = Field(None, description="that certificate's key (PEM)")
    http_host: str = Field("127.0.0.1", description="the address that /livez, /readyz and /metrics listen on")
    http_port: int = Field(8080, ge=0, le=65535, description="their port, 1 to 65535; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error")
    log_format: Literal["json", "text"] = Field("json", description="json, or text for people")
    inbox_prefix: str = Field(
        "", description="the prefix of the subjects of replies to this service; _INBOX.<user> when absent"
    )
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

    @field_validator("nats_nkey_file")
    @classmethod
    def _seed(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                public_nkey(value.read_bytes())
            except (OSError, nkeys.NkeysError) as e:
                raise ValueError from e
        return value

    @model_validator(mode="after")
    def _certificates(self) -> Self:
        try:
            self.nats_login.options()
        except OSError as e:
            raise ValueError("a TLS file cannot be used") from e
        return self

    @property
    def nats_login(self) -> Login:
        """How the service proves to NATS who it is."""
        tls = Tls(self.nats_tls_ca, self.nats_tls_cert, self.nats_tls_key) if self.nats_tls_ca else None
        return Login(self.nats_user, self.nats_password.get_secret_value(), self.nats_nkey_file, tls)

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
        """Values come only from `load`, so that all problems are reported together."""
        return (init_settings,)

    @classmethod
    def load(cls, name: str, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of the process of this name. Raises WrongSettings with every problem found."""
        environ = os.environ if environ is None else environ
        given = {key: value for key, value in environ.items() if key.startswith(PREFIX) and key != TOKEN}
        known = {PREFIX + field.upper(): field for field in cls.model_fields}
        files = {f"{key}{FILE}": key for key, secret in known.items() if cls._is_secret(secret)}
        lines = [_unknown(key, known | files) for key in sorted(given) if key not in known | files]
        values: dict[str, Any] = {known[key]: value for key, value in given.items() if key in known and value != ""}
        unread = set()
        for key in sorted(files.keys() & given.keys()):
            field = known[files[key]]
            try:
                if field in values:
                    raise OSError
                values[field] = Path(given[key]).read_text().strip()
            except (OSError, UnicodeDecodeError):
                unread.add(field)
                lines.append(f"{key} is wrong: set it to a readable file, and {files[key]} to nothing.")
        for field, value in cls.defaults(name).items():
            values.setdefault(field, value)
        values.setdefault("inbox_prefix", f"_INBOX.{values['nats_user']}")
        lacking = [field for field in _lacking(values) if field not in unread]
        lines += [f"{PREFIX}{field.upper()} is missing: set it to {_described(cls, field)}." for field in lacking]
        try:
            settings = cls(**values)
        except ValidationError as e:
            errors = [error for error in e.errors(include_input=False) if not unread.intersection(error["loc"][:1])]
            raise WrongSettings(lines + [_told(cls, error) for error in errors]) from None
        if lines:
            raise WrongSettings(lines)
        return settings

    @classmethod
    def defaults(cls, name: str) -> dict[str, str]:
        """What follows from the name of the process, by field, where it is not set."""
        return {"nats_user": name}

    @classmethod
    def explained(cls) -> str:
        """Every variable with its meaning, for --help."""
        rows = []
        for name, field in cls.model_fields.items():
            needed = " (required)" if field.is_required() else ""
            rows.append(f"  {PREFIX + name.upper():<24} {field.description or ''}{needed}")
        secrets = [f"{PREFIX}{name.upper()}{FILE}" for name in cls.model_fields if cls._is_secret(name)]
        return "\n".join([*rows, f"  {', '.join(secrets)}: a file that holds the value instead"])

    @classmethod
    def _is_secret(cls, name: str) -> bool:
        return cls.model_fields[name].annotation is SecretStr


def _lacking(values: Mapping[str, Any]) -> list[str]:
    """What was left out, although one of two is needed, or it goes with what was set."""
    login = [] if values.get("nats_password") or values.get("nats_nkey_file") else ["nats_password"]
    own = ["nats_tls_ca", "nats_tls_cert", "nats_tls_key"]
    tls = own if values.keys() & set(own[1:]) else []
    return [*login, *(name for name in tls if name not in values)]


def _unknown(name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is unknown: " + (f"did you mean {near[0]}?" if near else "remove it.")


def _told(cls: type[ProcessSettings], error: Any) -> str:
    if not error["loc"]:
        return f"{PREFIX}NATS_TLS_CA is wrong: set it, EKKYO_NATS_TLS_CERT and EKKYO_NATS_TLS_KEY to files in PEM."
    name = str(error["loc"][0])
    what = _described(cls, name) or error["msg"]
    state = "is missing" if error["type"] == "missing" else "is wrong"
    return f"{PREFIX + name.upper()} {state}: set it to {what}."


def _described(cls: type[ProcessSettings], name: str) -> str | None:
    field = cls.model_fields.get(name)
    return field.description if field else None
