"""What a service needs to know besides what every process does: its database, and the keys of its callers."""

from pathlib import Path
from typing import Literal

from jwt import PyJWTError
from pydantic import Field, SecretStr, field_validator

from ekkyo.installation import systems
from ekkyo.process.settings import ProcessSettings
from ekkyo.wire.tokens import DAY, Verifier


class Settings(ProcessSettings):
    """What every service needs to know. A service that needs more derives from it."""

    nats_replicas: int = Field(1, ge=1, le=5, description="copies of each stream that provision creates: 1, 3 or 5")
    systems_file: Path | None = Field(
        None,
        description="a readable file written by `ekkyo system`: provision creates mirrors for the systems in it, "
        "and the portal lists them for stewards",
    )
    mongo_url: SecretStr = Field(description="where MongoDB listens, such as mongodb://user:password@mongo:27017/")
    mongo_database: str = Field("", description="the service's own database; ekkyo_<service> when absent")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="the driver: motor or pymongo")
    jwks_file: Path = Field(description="a readable JWKS file with the public keys that verify bearer tokens")
    token_max_seconds: int = Field(
        DAY, ge=60, le=366 * DAY, description="how long a bearer token may be valid, in seconds: 60 to a year"
    )

    @field_validator("systems_file")
    @classmethod
    def _systems(cls, value: Path | None) -> Path | None:
        try:
            _ = value and systems.read(value)
        except OSError as e:
            raise ValueError from e
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

    @classmethod
    def defaults(cls, name: str) -> dict[str, str]:
        return {**super().defaults(name), "mongo_database": f"ekkyo_{name}"}
