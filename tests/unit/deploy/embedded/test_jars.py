from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from deploy.embedded.jars import Jar, default_cache, locked_jars


def test_lock_names_the_broker_once_and_a_digest_for_each_jar() -> None:
    jars = locked_jars()
    assert [jar.version for jar in jars if jar.artifact == "kafka_2.13"] == ["4.3.1"]
    assert len({jar.file_name for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 for jar in jars)


def test_damaged_jar_is_not_intact(tmp_path: Path) -> None:
    file = tmp_path / "a-1.jar"
    jar = Jar("g", "a", "1", hashlib.sha256(b"whole").hexdigest())
    assert not jar.is_intact(file)
    file.write_bytes(b"whol")
    assert not jar.is_intact(file)
    file.write_bytes(b"whole")
    assert jar.is_intact(file)


def test_cache_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FANGPIN_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
