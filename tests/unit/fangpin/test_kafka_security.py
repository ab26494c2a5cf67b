"""What the environment says of Kafka's security, as both clients are told it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fangpin.errors import FatalError
from fangpin.kafka_security import kafka_security

SASL = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_USERNAME": "hub", "KAFKA_SASL_PASSWORD": "s3cret-word"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("SECURITY_PROTOCOL", "SASL_MECHANISM", "SASL_USERNAME", "SASL_PASSWORD", "SSL_CAFILE"):
        monkeypatch.delenv(f"KAFKA_{name}", raising=False)
    return monkeypatch


def test_plain_text_without_a_word(environment: pytest.MonkeyPatch) -> None:
    assert kafka_security().for_kafka_python() == {"security_protocol": "PLAINTEXT"}
    assert kafka_security().for_librdkafka() == {"security.protocol": "PLAINTEXT"}


def test_both_clients_are_told_the_same(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("")
    for name, value in {**SASL, "KAFKA_SSL_CAFILE": str(authority)}.items():
        environment.setenv(name, value)
    found = kafka_security()
    assert found.for_kafka_python() == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "hub",
        "sasl_plain_password": "s3cret-word",
        "ssl_cafile": str(authority),
    }
    assert found.for_librdkafka() == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "hub",
        "sasl.password": "s3cret-word",
        "ssl.ca.location": str(authority),
    }
    assert "s3cret-word" not in repr(found)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"KAFKA_SASL_USERNAME": ""}, "KAFKA_SASL_USERNAME"),
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "security_protocol"),
        ({"KAFKA_SSL_CAFILE": "no-such-file.pem"}, "no-such-file.pem is not there"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(
    environment: pytest.MonkeyPatch, changed: dict[str, str], said: str
) -> None:
    for name, value in {**SASL, **changed}.items():
        environment.setenv(name, value)
    with pytest.raises(FatalError, match=said) as raised:
        kafka_security()
    assert "s3cret-word" not in str(raised.value)
