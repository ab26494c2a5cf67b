"""Pseudonyms and seals: HMAC-SM3 for keys, SM4-GCM for what only pages and the notifier may read.

A person's or household's sealing key is derived from the master secret, the subject and the subject's salt, which is
a row of `vault_salt`: without the row nothing of theirs opens again. The subject is authenticated with the ciphertext.
"""

import hashlib
import hmac
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as slow_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fangpin.domain.text import normalise_name
from fangpin.errors import FatalError, PoisonError

SECRET_BYTES = 32
SALT_BYTES = 16
_NONCE = 12
_TAG = 16
_VERSION = b"\x01"
_SM3_BLOCK = 64
_FAST_SM3 = "sm3" in hashlib.algorithms_available


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    """HMAC-SM3 (GB/T 32905), 32 bytes; by the interpreter's OpenSSL where it has SM3."""
    if _FAST_SM3:
        return hmac.digest(key, message, "sm3")
    slow = slow_hmac.HMAC(key, hashes.SM3())
    slow.update(message)
    return slow.finalize()


class _Keyed:
    """HMAC-SM3 under one key: what is hashed of the key alone is kept (RFC 2104), which saves more than half."""

    __slots__ = ("_inner", "_key", "_outer")

    def __init__(self, key: bytes) -> None:
        assert len(key) <= _SM3_BLOCK
        self._key = key
        if _FAST_SM3:
            padded = key.ljust(_SM3_BLOCK, b"\0")
            self._inner = hashlib.new("sm3", bytes(byte ^ 0x36 for byte in padded))
            self._outer = hashlib.new("sm3", bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, message: bytes) -> bytes:
        if not _FAST_SM3:
            return hmac_sm3(self._key, message)
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


class Vault:
    """Everything that needs the master secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise FatalError(f"the master secret has {len(secret)} bytes instead of {SECRET_BYTES}")
        self._person = _Keyed(hmac_sm3(secret, b"person"))
        self._name = _Keyed(hmac_sm3(secret, b"name"))
        self._record = _Keyed(hmac_sm3(secret, b"record"))
        self._seal = _Keyed(hmac_sm3(secret, b"seal"))
        self.cookie_secret = hmac_sm3(secret, b"cookie")
        self.fingerprint = hmac_sm3(secret, b"fingerprint").hex()[:16]

    def person_key(self, id_number: str) -> bytes:
        """The pseudonym of a person, 32 bytes."""
        return self._person(id_number.encode())

    def name_key(self, name: str) -> bytes:
        """The pseudonym of a name, for comparing and exact search, 32 bytes."""
        return self._name(normalise_name(name).encode())

    def record_id(self, natural_key: bytes) -> str:
        """The record id of a row without one, from its natural key."""
        return self._record(natural_key).hex()[:40]

    def seal(self, subject: bytes, salt: bytes, plaintext: bytes) -> bytes:
        """version, nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE)
        encryptor = Cipher(algorithms.SM4(self._key(subject, salt)), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(subject)
        return b"".join((_VERSION, nonce, encryptor.update(plaintext), encryptor.finalize(), encryptor.tag))

    def open(self, subject: bytes, salt: bytes, sealed: bytes) -> bytes:
        """The plaintext. Raises `PoisonError` `CRYPTO` when subject, salt or bytes are not those of the seal."""
        if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE + _TAG:
            raise PoisonError("CRYPTO", "密文格式不对。")
        nonce, body, tag = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE : -_TAG], sealed[-_TAG:]
        decryptor = Cipher(algorithms.SM4(self._key(subject, salt)), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(subject)
        try:
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag as error:
            raise PoisonError("CRYPTO", "密文无法打开。") from error

    def seal_json(self, subject: bytes, salt: bytes, value: object) -> bytes:
        """A JSON value, sealed."""
        return self.seal(subject, salt, msgspec.json.encode(value))

    def open_json(self, subject: bytes, salt: bytes, sealed: bytes) -> dict[str, object]:
        """The JSON object of a seal."""
        found: dict[str, object] = msgspec.json.decode(self.open(subject, salt, sealed), type=dict[str, object])
        return found

    def _key(self, subject: bytes, salt: bytes) -> bytes:
        return self._seal(subject + salt)[:16]


def household_subject(household_id: UUID) -> bytes:
    """The vault's subject of a household."""
    return b"household:" + household_id.bytes


def exceptions_subject(month: str) -> bytes:
    """The subject under which the raw bytes of a month's exceptions are sealed; its salt is dropped after two years."""
    return f"exceptions:{month}".encode()


def refused_rows_subject(received_at: datetime) -> bytes:
    """The subject under which the rows that intake refused on a day are sealed, for their sender to fetch again."""
    return f"refused-rows:{received_at.astimezone(UTC):%Y-%m-%d}".encode()


def load_or_create_secret(path: Path) -> bytes:
    """The master secret of a data directory, made once, readable by the owner only."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(SECRET_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
