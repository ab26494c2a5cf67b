"""Names of counties, townships and villages by code, from `policies/areas`."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fangpin.policies import DIRECTORY


@dataclass(frozen=True, slots=True)
class Village:
    """A village with its township."""

    code: str
    name: str
    township_code: str
    township_name: str

    @property
    def rural(self) -> bool:
        """Whether it is a village proper (class 2xx of the code), not a neighbourhood of a town."""
        return self.code[9] == "2"


@cache
def villages(county_code: str) -> Mapping[str, Village]:
    """The villages of a county by code; empty for a county that is not listed."""
    path = DIRECTORY / "areas" / f"{county_code}.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Village(row["code"], row["name"], row["township_code"], row["township_name"])
            for row in csv.DictReader(file)
        }


@cache
def townships(county_code: str) -> Mapping[str, str]:
    """The townships of a county: code to name."""
    return {village.township_code: village.township_name for village in villages(county_code).values()}


def area_name(code: str, county_names: Mapping[str, str]) -> str:
    """The name of an area of 6, 9 or 12 digits; the code itself when it is not listed."""
    county = code[:6]
    if len(code) == 12:
        village = villages(county).get(code)
        return short_name(village.name) if village is not None else code
    if len(code) == 9:
        return townships(county).get(code, code)
    return county_names.get(code, code)


def short_name(name: str) -> str:
    """A village's name as people say it."""
    for ending in ("村民委员会", "社区居民委员会", "居民委员会", "村委会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + ("村" if ending.startswith("村") else "社区" if "社区" in ending else "")
    return name
