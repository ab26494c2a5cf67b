"""Writes `kafka.lock` anew: resolves what the embedded Kafka needs. Run by `make lock`; read the difference."""

from __future__ import annotations

import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder, LinkStrategy
from jgo.maven import MavenContext

from deploy.embedded.jars import LOCK, TIMEOUT

# 4.4.0 was not complete in the public repository when this was chosen.
ENDPOINT = "org.apache.kafka:kafka_2.13:4.3.1+org.slf4j:slf4j-simple:2.0.17"
HEADER = "# The class path of the embedded Kafka: coordinates and SHA-256 of each jar. Made by `make lock`.\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(timeout=TIMEOUT, repo_cache=Path(scratch) / "maven")
        builder = EnvironmentBuilder(context, cache_dir=Path(scratch) / "jgo", link_strategy=LinkStrategy.AUTO)
        resolved = builder.from_endpoint(ENDPOINT).lockfile
        if resolved is None:
            raise SystemExit("jgo resolved the jars but wrote no lock")
        rows = sorted(f"{d.groupId}:{d.artifactId}:{d.version} {d.sha256}" for d in resolved.dependencies)
    LOCK.write_text(HEADER + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
