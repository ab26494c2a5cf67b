from __future__ import annotations

from pathlib import Path

import pytest

from deploy.embedded.java import LEAST, java_program, java_version


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_401"', 1),
        ('openjdk version "25" 2025-09-16', 25),
    ],
)
def test_feature_version_is_read(tmp_path: Path, line: str, version: int) -> None:
    program = tmp_path / "java"
    program.write_text(f"#!/bin/sh\necho '{line}' >&2\n")
    program.chmod(0o755)
    assert java_version(str(program)) == version


def test_program_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert java_version(str(tmp_path / "java")) == 0


@pytest.mark.parametrize("line", [None, 'openjdk version "11.0.2" 2019-01-15'], ids=["no java", "an old one"])
def test_without_a_java_that_is_new_enough_its_own_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str | None
) -> None:
    if line is not None:
        (tmp_path / "java").write_text(f"#!/bin/sh\necho '{line}' >&2\n")
        (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    java_program.cache_clear()
    try:
        found = java_program()
    finally:
        java_program.cache_clear()
    assert Path(found).parent != tmp_path
    assert java_version(found) >= LEAST
