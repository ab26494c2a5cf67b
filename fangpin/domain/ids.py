"""Deterministic identifiers: the same thing has the same id wherever and whenever it is computed (RFC 9562 uuid5)."""

from hashlib import md5
from uuid import NAMESPACE_URL, UUID, uuid5

_COUNTY = uuid5(NAMESPACE_URL, "urn:fangpin:county")


def household_id(county_code: str, household_no: str) -> UUID:
    """The household of a number within its county."""
    return uuid5(_COUNTY, f"{county_code}/{household_no}")


def county_id(county_code: str) -> UUID:
    """The stream of a county's own events."""
    return uuid5(_COUNTY, county_code)


def event_id(stream: UUID, sequence: int) -> UUID:
    """The event of a household or county with that sequence: published again it is the same event."""
    return uuid5(stream, str(sequence))


def warning_id(county_code: str, household_no: str, risk: str, episode: int) -> UUID:
    """The warning of a household × risk × episode; it does not depend on the order of arrival."""
    return uuid5(household_id(county_code, household_no), f"warning/{risk}/{episode}")


def record_key(feed: str, county_code: str, source: str, record_id: str) -> UUID:
    """A record's key in the hub; two departments on a shared feed do not collide."""
    text = "\x1f".join((feed, county_code, source, record_id))
    return UUID(bytes=md5(text.encode(), usedforsecurity=False).digest())


def exception_id(*parts: object) -> UUID:
    """An exception, named by what it is about, so that a retry writes the same one."""
    return uuid5(_COUNTY, "exception/" + "/".join(str(part) for part in parts))
