"""Settings, from the environment: `FANGPIN_…`, and the two names that operators know without a prefix."""

from functools import cached_property
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process of the hub has to know to start."""

    model_config = SettingsConfigDict(env_prefix="FANGPIN_", extra="ignore")

    data_dir: Path = Path(".fangpin")
    host: str = "127.0.0.1"  # the web listens there; in a pod 0.0.0.0, with an ingress before it
    port: int = 8000
    bootstrap_servers: str = Field(
        "127.0.0.1:9092", validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS", "FANGPIN_BOOTSTRAP_SERVERS")
    )
    database_url: str = Field(
        "postgresql://127.0.0.1/fangpin", validation_alias=AliasChoices("DATABASE_URL", "FANGPIN_DATABASE_URL")
    )
    partitions: int = 8
    batch_records: int = 5000
    correlator_lanes: int = 2  # processes of one worker, each a member of the group: about as many as cores
    days_off: int = 0
    smtp_url: str | None = None
    smtp_from: str = "fangpin@localhost"

    @cached_property
    def secret_file(self) -> Path:
        """The master secret; whoever holds it can read every person."""
        return self.data_dir / "secrets" / "master.key"
