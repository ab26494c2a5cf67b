"""The policy packs on disk: one YAML file each, in `policies/`."""

from pathlib import Path

import yaml

from fangpin.domain.policy import Pack, PackBook, PackError, pack_from_mapping

DIRECTORY = Path(__file__).resolve().parent.parent / "policies"


def load_packs(directory: Path = DIRECTORY) -> list[Pack]:
    """Every pack of the directory. Raises `PackError`, which names the file."""
    packs = []
    for path in sorted(directory.glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise PackError(f"{path.name}: not a mapping")
        packs.append(pack_from_mapping(raw, path.name))
    return packs


def load_book(directory: Path = DIRECTORY) -> PackBook:
    """All packs of the directory, checked against each other."""
    return PackBook(load_packs(directory))
