"""The compose file pulls nothing, opens nothing to the network, and keeps what it must."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[4] / "deploy"


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())["services"]
    return found


def test_images_are_our_own() -> None:
    for name, service in services().items():
        assert service["image"] == f"fangpin/{name}"
        assert service["pull_policy"] == "never"
        (dockerfile,) = DEPLOY.glob(f"*/{name}/Dockerfile")
        bases = [line for line in dockerfile.read_text().splitlines() if line.startswith("FROM")]
        assert bases == ["FROM fangpin/base"]


def test_ports_are_the_hosts_own() -> None:
    for service in services().values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_each_keeps_its_records_in_a_volume() -> None:
    for name, service in services().items():
        assert service["volumes"][0].startswith(f"{name}:")
