"""Kafka's class path: exactly the jars of `kafka.lock`, from a Maven repository, kept in a cache that servers share."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.failure import ServerFailure

LOCK = Path(__file__).with_name("kafka.lock")
DOWNLOADS = 8  # at once; the jars are small and the waiting is for the network
TIMEOUT = 60  # seconds for one answer of the repository


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked artefact; `sha256` in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def is_intact(self, file: Path) -> bool:
        return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


def locked_jars(lock: Path = LOCK) -> list[Jar]:
    """What the lock lists, in its order."""
    jars = []
    for line in lock.read_text().splitlines():
        if not line.startswith("#"):
            coordinates, digest = line.split()
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, digest))
    return jars


def default_cache() -> Path:
    """`$FANGPIN_CACHE`, else the user's cache directory."""
    kept = os.environ.get("FANGPIN_CACHE")
    return Path(kept) if kept else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fangpin"


def class_path(cache: Path | None = None) -> list[Path]:
    """The jars in the cache, each with the locked digest; what is missing or damaged is fetched first.

    `$FANGPIN_MAVEN_REPOSITORY` names another repository than the public one. Raises ServerFailure.
    """
    folder = (cache or default_cache()) / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    jars = locked_jars()
    with (folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [jar for jar in jars if not jar.is_intact(folder / jar.file_name)]
        if missing:
            _fetch(missing, folder)
    return [folder / jar.file_name for jar in jars]


def _fetch(jars: list[Jar], folder: Path) -> None:
    from jgo.maven import MavenContext  # slow to import, needed once a machine

    download = folder / "download"
    mirror = os.environ.get("FANGPIN_MAVEN_REPOSITORY")
    context = MavenContext(
        repo_cache=download, timeout=TIMEOUT, remote_repos={"mirror": mirror.rstrip("/")} if mirror else None
    )

    def fetch(jar: Jar) -> None:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)
        file = Path(component.artifact().resolve())
        if not jar.is_intact(file):
            raise ServerFailure(f"{jar.file_name} is not the file that kafka.lock names")
        file.replace(folder / jar.file_name)

    try:
        with ThreadPoolExecutor(DOWNLOADS) as pool:
            list(pool.map(fetch, jars))
    except (OSError, RuntimeError) as error:
        raise ServerFailure(f"cannot fetch Kafka's jars from the Maven repository: {error}") from error
    finally:
        shutil.rmtree(download, ignore_errors=True)
