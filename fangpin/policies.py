"""The policy packs on disk: one YAML file each, in `policies/`, with its boundary table `<pack>.cases.yaml` beside it.

The table of working days lies in `policies/calendar`.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml

try:
    from yaml import CSafeLoader as _Safe  # ten times as fast; `fangpin evaluate` waits for it
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Safe  # type: ignore[assignment]

from fangpin.domain.policy import Pack, PackBook, PackError, pack_from_mapping
from fangpin.domain.policy.cases import CaseTable, cases_from_mapping
from fangpin.domain.working_days import WorkingDays, WorkingYear

DIRECTORY = Path(__file__).resolve().parent.parent / "policies"
CASES = ".cases.yaml"


class _Loader(_Safe):
    """The safe loader, which also refuses a key that stands twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def load_packs(directory: Path = DIRECTORY) -> list[Pack]:
    """Every pack of the directory. Raises `PackError`, which names the file."""
    paths = [path for path in sorted(directory.glob("*.yaml")) if not path.name.endswith(CASES)]
    return [pack_from_mapping(_mapping(path), path.name) for path in paths]


def load_draft(path: Path) -> Pack:
    """A pack that lies anywhere, proved as those in force are. Raises `PackError`, or `OSError` when it cannot be read."""
    return pack_from_mapping(_mapping(path), path.name)


def load_cases(pack_id: str, directory: Path = DIRECTORY) -> CaseTable:
    """The boundary table beside a pack. Raises `PackError`, also when there is none."""
    path = directory / f"{pack_id}{CASES}"
    if not path.is_file():
        raise PackError(f"{path.name}: there is no boundary table for {pack_id}; write it")
    return cases_from_mapping(_mapping(path), path.name)


def _mapping(path: Path) -> dict[str, object]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — derived from the safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}: {error}") from error
    if not isinstance(raw, dict):
        raise PackError(f"{path.name}: not a mapping")
    return raw


def load_book(directory: Path = DIRECTORY) -> PackBook:
    """All packs of the directory, checked against each other."""
    return PackBook(load_packs(directory))


def load_specimens(directory: Path = DIRECTORY) -> dict[str, dict[str, object]]:
    """One valid record of each feed that rules judge, for the cases of the boundary tables to change."""
    return cast("dict[str, dict[str, object]]", _mapping(directory / "specimens" / "records.yaml"))


@cache
def load_working_days() -> WorkingDays:
    """The dated table of days off and make-up days, from `policies/calendar/working-days.yaml`."""
    path = DIRECTORY / "calendar" / "working-days.yaml"
    raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — derived from the safe loader
    return WorkingDays(msgspec.convert(raw, list[WorkingYear]))
