"""How secrets are kept: tokens (256 random bits) as SHA-256, passwords as scrypt with a salt of their own."""

import hashlib
import hmac
import os
import secrets

_SALT = 16
_N, _R, _P = 2**14, 8, 1  # 16 MiB and some 50 ms a guess
_DUMMY = b"\0" * _SALT


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A first password, 96 bits, which a person can type."""
    return secrets.token_urlsafe(12)


def token_hash(token: str) -> bytes:
    """What the database holds of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def password_hash(password: str, salt: bytes | None = None) -> bytes:
    """Salt and scrypt."""
    salt = os.urandom(_SALT) if salt is None else salt
    return salt + hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_N, r=_R, p=_P)


def password_matches(password: str, kept: bytes | None) -> bool:
    """Whether it is the password; an unknown officer (None) costs the same time."""
    salt = kept[:_SALT] if kept is not None else _DUMMY
    computed = password_hash(password, salt)
    return kept is not None and hmac.compare_digest(computed, kept)
