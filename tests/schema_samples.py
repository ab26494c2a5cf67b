"""One datum of each schema, the same at every call: what the golden bytes are made of."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_LOGICAL = {
    "date": date(2021, 10, 8),
    "timestamp-micros": datetime(2021, 11, 1, 2, 0, 0, 123456, tzinfo=UTC),
    "decimal": Decimal("6234.50"),
}
_PLAIN = {"string": "县人民医院", "bytes": b"\x00\xff", "boolean": True, "int": 7, "long": 2**40, "double": 0.5}


def sample(schema: Any, named: dict[str, Any] | None = None) -> Any:
    """A datum of a resolved schema; of a union, of its last branch."""
    named = {} if named is None else named
    if isinstance(schema, list):
        return sample(schema[-1], named)
    if isinstance(schema, str):
        return sample(named[schema], named) if schema in named else _PLAIN[schema]
    if "name" in schema:
        named[f"{schema['namespace']}.{schema['name']}" if "namespace" in schema else schema["name"]] = schema
    if "logicalType" in schema:
        return _LOGICAL[schema["logicalType"]]
    match schema["type"]:
        case "record":
            return {field["name"]: sample(field["type"], named) for field in schema["fields"]}
        case "array":
            return [sample(schema["items"], named)]
        case "enum":
            return schema["symbols"][-1]
        case other:
            return sample(other, named)
