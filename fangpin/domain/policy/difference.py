"""In what two packs differ: dates, values, rules, and every other part, each by its own name."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from fangpin.domain.policy.pack import Pack

_LISTS = {"rules": "id", "series": "id", "duties": "id", "exclusions": "number", "measures": "id", "chain": "id"}


class Difference(msgspec.Struct, frozen=True):
    """One part that differs; `path` as in the YAML, entries of lists by their id. Absent on one side: None."""

    path: str
    change: Literal["added", "removed", "changed"]
    before: object
    after: object


def differences(before: Pack, after: Pack) -> Iterator[Difference]:
    """From `before` to `after`, in the order of the pack's parts; nothing for equal packs."""
    yield from _compare("", _plain(before), _plain(after))


def _plain(pack: Pack) -> dict[str, object]:
    """The pack with its lists as mappings by id, and without what nobody filled in."""
    whole = msgspec.to_builtins(pack)
    for name, key in _LISTS.items():
        whole[name] = {str(one[key]): one for one in whole[name]}
    return {name: value for name, value in whole.items() if name != "id"}


def _compare(path: str, before: object, after: object) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _compare(f"{path}.{name}" if path else str(name), before.get(name), after.get(name))
    elif before is None and after is not None:
        yield Difference(path, "added", None, after)
    elif before is not None and after is None:
        yield Difference(path, "removed", before, None)
    elif before != after:
        yield Difference(path, "changed", before, after)
