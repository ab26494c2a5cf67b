"""The fields of sealed contents that some conditions ask for, read typed and in one step; all others are passed over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

import msgspec

from fangpin.domain.feeds import Feed
from fangpin.domain.policy.apart import Pair
from fangpin.domain.policy.conditions import compile_condition
from fangpin.domain.policy.pack import Condition
from fangpin.domain.records import read_content

_TYPES: Mapping[str, Any] = {
    "money": Decimal,
    "quantity": Decimal,
    "date": date,
    "until": date,
    "bool": bool,
    "int": int,
    "year": int,
    "enum": str,
    "text": str,
    "month": str,
    "code": str,
    "enum_list": tuple[str, ...],
    "int_list": tuple[int, ...],
}
Candidate = Callable[[bytes], bool]  # of the content as JSON


def candidate(feed: Feed, asked: Sequence[Pair]) -> Candidate:
    """Whether a record meets only one condition of any pair, from its content."""
    tests = [tuple(compile_condition(feed, one) for one in pair) for pair in asked]
    read = _reader(feed, {name for pair in asked for one in pair if one is not None for name in _named(feed, one)})

    def test(content: bytes) -> bool:
        values = read(content)
        return any((was(values) is None) != (now(values) is None) for was, now in tests)

    return test


def _reader(feed: Feed, names: set[str]) -> Callable[[bytes], Mapping[str, object]]:
    own = {field.name: field.kind for field in feed.fields if field.name in names}
    if any(kind not in _TYPES for kind in own.values()):
        return lambda content: read_content(feed, msgspec.json.decode(content, type=dict[str, object]))
    # Types made from the feed's description, so they are called as functions; nothing that is not named is built.
    make: Any = TypedDict
    fields = make("fields", {name: _TYPES[kind] for name, kind in own.items()}, total=False)
    decoder = msgspec.json.Decoder(make("whole", {"fields": fields}))

    def read(content: bytes) -> Mapping[str, object]:
        found: Mapping[str, object] = decoder.decode(content)["fields"]
        return found

    return read


def _named(feed: Feed, condition: Condition) -> Iterator[str]:
    for inner in (*(condition.all or ()), *(condition.any or ())):
        yield from _named(feed, inner)
    if condition.derived is not None:
        yield from (field.name for field in feed.fields)
    yield from (name for name in (condition.field, condition.against) if name is not None)
