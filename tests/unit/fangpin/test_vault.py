"""Pseudonyms are HMAC-SM3 as the standard has it, however it is computed."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st

from fangpin.vault import Vault, hmac_sm3

SECRET = b"s" * 32
VAULT = Vault(SECRET)


def by_the_library(key: bytes, message: bytes) -> bytes:
    found = HMAC(key, hashes.SM3())
    found.update(message)
    return found.finalize()


@given(key=st.binary(min_size=1, max_size=64), message=st.binary())
def test_hmac(key: bytes, message: bytes) -> None:
    assert hmac_sm3(key, message) == by_the_library(key, message)


@given(number=st.text())
def test_keys_of_persons_and_records(number: str) -> None:
    assert VAULT.person_key(number) == by_the_library(by_the_library(SECRET, b"person"), number.encode())
    record = by_the_library(by_the_library(SECRET, b"record"), number.encode())
    assert VAULT.record_id(number.encode()) == record.hex()[:40]


@given(subject=st.binary(), salt=st.binary(min_size=16, max_size=16), plaintext=st.binary())
def test_what_is_sealed_opens(subject: bytes, salt: bytes, plaintext: bytes) -> None:
    assert VAULT.open(subject, salt, VAULT.seal(subject, salt, plaintext)) == plaintext
