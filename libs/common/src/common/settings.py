"""What every service is told by its environment. Read once, in __main__."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, model_validator
from pydantic_settings import BaseSettings

Profile = Literal["production", "local", "test"]


class Issuer(BaseModel):
    """Who may sign tokens, and where its keys are: an http(s) URL or a file."""

    issuer: str
    jwks: str


class Settings(BaseSettings):
    """Services subclass with their own env_prefix: ENROLMENT_MONGO_URL."""

    profile: Profile = "production"
    mongo_url: str
    kafka_brokers: str
    kafka_replication: int = 1
    api_host: str = "127.0.0.1"
    api_port: int
    worker_host: str = "127.0.0.1"
    worker_port: int
    token_audience: str = "sangam"  # noqa: S105  not a secret
    token_issuers: list[Issuer]
    clock_offset_file: Path | None = None
    public_url: str
    log_level: str = "INFO"
    transaction_budget_s: float = 5.0
    group_commit: int = 64
    consumer_width: int = 2

    @model_validator(mode="after")
    def production_keeps_time(self) -> "Settings":
        if self.profile == "production" and self.clock_offset_file:
            raise ValueError("a clock offset is for local and test profiles only")
        return self
