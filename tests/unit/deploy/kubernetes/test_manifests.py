"""The manifests hold no secret, run what the project has, and look after what they run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.main import COMMANDS

DIRECTORY = Path(__file__).resolve().parents[4] / "deploy" / "kubernetes"


def objects() -> list[dict[str, Any]]:
    return [one for file in sorted(DIRECTORY.glob("*.yaml")) for one in yaml.safe_load_all(file.read_text())]


PODS = {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in objects() if "template" in one["spec"]}


def test_one_hub_and_its_service() -> None:
    kinds = sorted((one["kind"], one["metadata"]["name"]) for one in objects())
    assert kinds == [("Deployment", "fangpin-correlator"), ("Service", "fangpin-hub"), ("StatefulSet", "fangpin-hub")]
    (hub,) = [one for one in objects() if one["kind"] == "StatefulSet"]
    (service,) = [one for one in objects() if one["kind"] == "Service"]
    assert hub["spec"]["replicas"] == 1
    assert service["spec"]["selector"] == hub["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize("name", list(PODS))
def test_a_pod_runs_what_there_is_as_nobody_in_particular(name: str) -> None:
    pod = PODS[name]
    (container,) = pod["containers"]
    program, *rest = container["command"]
    if program == "fangpin":
        assert rest[0] in COMMANDS
    else:
        assert find_spec(rest[1]) is not None
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["resources"]["limits"]["memory"]
    assert pod["terminationGracePeriodSeconds"] >= 30  # the guide's word to a supervisor


@pytest.mark.parametrize("name", list(PODS))
def test_secrets_come_by_reference(name: str) -> None:
    (container,) = PODS[name]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "fangpin-servers"}}]
    assert {one["name"] for one in container["env"]} <= {"FANGPIN_HOST", "FANGPIN_DATA_DIR"}
    (key,) = [one for one in container["volumeMounts"] if one["name"] == "master-key"]
    assert key["readOnly"]
    assert key["mountPath"].endswith("/secrets")


def test_the_hub_is_asked_whether_it_is_well() -> None:
    (container,) = PODS["fangpin-hub"]["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health"
    assert {"startupProbe", "livenessProbe"} <= container.keys()
