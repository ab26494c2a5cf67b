"""How the hub's clients prove themselves to Kafka, from the environment: `KAFKA_SECURITY_PROTOCOL`, `KAFKA_SASL_…`, `KAFKA_SSL_…`.

The same for kafka-python, which reads, and librdkafka, which publishes. Without any of them: plain text, as on one machine.
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from fangpin.errors import FatalError


class KafkaSecurity(BaseSettings):
    """Names as Kafka's own clients know them; `ssl_cafile` and the others are PEM files."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_", extra="ignore", hide_input_in_errors=True)

    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = None  # None: the system's authorities
    ssl_certfile: Path | None = None
    ssl_keyfile: Path | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self._sasl and not (self.sasl_username and self.sasl_password):
            raise ValueError(f"{self.security_protocol} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD")
        for file in (self.ssl_cafile, self.ssl_certfile, self.ssl_keyfile):
            if file is not None and not file.is_file():
                raise ValueError(f"{file} is not there")
        return self

    @property
    def _sasl(self) -> bool:
        return self.security_protocol.startswith("SASL")

    def for_kafka_python(self) -> dict[str, Any]:
        """Keyword arguments of its clients."""
        found: dict[str, Any] = {"security_protocol": self.security_protocol}
        if self._sasl and self.sasl_password is not None:
            found["sasl_mechanism"] = self.sasl_mechanism
            found["sasl_plain_username"] = self.sasl_username
            found["sasl_plain_password"] = self.sasl_password.get_secret_value()
        for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
            if getattr(self, name) is not None:
                found[name] = str(getattr(self, name))
        return found

    def for_librdkafka(self) -> dict[str, Any]:
        """Properties of its client."""
        found: dict[str, Any] = {"security.protocol": self.security_protocol}
        if self._sasl and self.sasl_password is not None:
            found["sasl.mechanism"] = self.sasl_mechanism
            found["sasl.username"] = self.sasl_username
            found["sasl.password"] = self.sasl_password.get_secret_value()
        named = {
            "ssl.ca.location": self.ssl_cafile,
            "ssl.certificate.location": self.ssl_certfile,
            "ssl.key.location": self.ssl_keyfile,
        }
        return found | {name: str(file) for name, file in named.items() if file is not None}


def kafka_security() -> KafkaSecurity:
    """Of this process. Raises `FatalError`, which holds no secret, when it is incomplete or wrong."""
    try:
        return KafkaSecurity()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'KAFKA_…'}: {one['msg']}" for one in error.errors())
        raise FatalError(f"the settings of Kafka's security cannot be used: {wrong}") from None
