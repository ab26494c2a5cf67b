"""From the mapping that a YAML file holds to a pack that may be used: shape, fields, and numbers in their quotations."""

from collections.abc import Mapping

import msgspec

from fangpin.domain.policy.pack import Pack, PackError
from fangpin.domain.policy.pack_faults import pack_faults
from fangpin.domain.policy.rule_faults import rule_faults
from fangpin.domain.policy.shapes import shape_fault


def pack_shape(raw: Mapping[str, object], origin: str = "pack") -> Pack:
    """The pack without its proofs: for what was proved before. Raises `PackError`."""
    try:
        return msgspec.convert(raw, Pack, strict=False)
    except msgspec.ValidationError as error:
        raise PackError(f"{origin}：{shape_fault(error)}") from error


def pack_from_mapping(raw: Mapping[str, object], origin: str = "pack") -> Pack:
    """The pack, proved as far as it can be without the document itself. Raises `PackError`."""
    pack = pack_shape(raw, origin)
    for rule in pack.rules:
        for fault in rule_faults(rule):
            raise PackError(f"{origin}：规则 {rule.id}：{fault}")
    for fault in pack_faults(pack):
        raise PackError(f"{origin}：{fault}")
    return pack
