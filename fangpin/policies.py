"""The policy packs on disk: one YAML file each, in `policies/`."""

from pathlib import Path
from typing import Any

import yaml

from fangpin.domain.policy import Pack, PackBook, PackError, pack_from_mapping

DIRECTORY = Path(__file__).resolve().parent.parent / "policies"


class _Loader(yaml.SafeLoader):
    """The safe loader, which also refuses a key that stands twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def load_packs(directory: Path = DIRECTORY) -> list[Pack]:
    """Every pack of the directory. Raises `PackError`, which names the file."""
    packs = []
    for path in sorted(directory.glob("*.yaml")):
        try:
            raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — derived from the safe loader
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise PackError(f"{path.name}: {error}") from error
        if not isinstance(raw, dict):
            raise PackError(f"{path.name}: not a mapping")
        packs.append(pack_from_mapping(raw, path.name))
    return packs


def load_book(directory: Path = DIRECTORY) -> PackBook:
    """All packs of the directory, checked against each other."""
    return PackBook(load_packs(directory))
