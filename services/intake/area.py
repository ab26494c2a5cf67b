"""What an officer sends must be about the officer's own area. A department's token is for the whole county."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from fangpin.database import Connection
from fangpin.domain.errors import Refused
from fangpin.domain.feeds import Feed
from fangpin.domain.identity import normalise_id
from fangpin.ports import Account, HttpProblem, Pool
from fangpin.vault import Vault
from services.intake.scope import is_uuid

Raws = Sequence[Mapping[str, object]]
_WARNINGS = (
    "SELECT count(*) FROM warning JOIN household USING (household_id) "
    "WHERE warning_id = ANY(%s::uuid[]) AND starts_with(village_code, %s)"
)
_HOUSEHOLDS = (
    "SELECT count(*) FROM household "
    "WHERE county_code = %s AND household_no = ANY(%s) AND NOT starts_with(village_code, %s)"
)
# a number of the register's own decides, or leaves the record ambiguous
_ALIASES = (
    "SELECT count(*) FROM household_alias JOIN household USING (household_id) "
    "WHERE household_alias.county_code = %s AND other_no = ANY(%s) AND NOT starts_with(village_code, %s) "
    "AND (used_by IS NULL OR used_by = %s) AND NOT EXISTS (SELECT FROM household AS own "
    "WHERE own.county_code = household_alias.county_code AND own.household_no = other_no)"
)
_PERSONS = (
    "SELECT count(*) FROM (SELECT person_key FROM membership JOIN household USING (household_id) "
    "WHERE membership.county_code = %s AND person_key = ANY(%s) "
    "GROUP BY person_key HAVING NOT bool_or(starts_with(village_code, %s))) AS foreign_person"
)


def check_area(account: Account, feed: Feed, raws: Raws, pool: Pool, vault: Vault) -> None:
    """Refuse the whole upload when a record is about a foreign area, household, person or warning.

    A household or a person that the register does not know is nobody's yet: such a record stays unmatched and visible.
    Another number of a household (`household-alias`) is like its own, whatever days it holds for.
    A person is in the area as long as any household of theirs, of now or before, is. An unknown warning looks the same
    as a foreign one.
    """
    if account.kind != "officer":
        return
    areas = {one for raw in raws for field in feed.fields if field.kind == "area" and (one := _text(raw, field.name))}
    if not all(area.startswith(account.area) for area in areas):
        raise _foreign("区域")
    with pool.connection() as conn:
        if feed.role == "finding":
            _check_warnings(conn, account, raws)
        else:
            _check_subjects(conn, account, raws, vault)


def _check_warnings(conn: Connection, account: Account, raws: Raws) -> None:
    wanted = {one for raw in raws if is_uuid(one := raw.get("warning_id"))}
    if wanted and _count(conn, _WARNINGS, (list(wanted), account.area)) < len(wanted):
        raise _foreign("预警")


def _check_subjects(conn: Connection, account: Account, raws: Raws, vault: Vault) -> None:
    subjects = [subject for raw in raws if isinstance(subject := raw.get("subject"), Mapping)]
    numbers = {one for subject in subjects if (one := _text(subject, "household_no"))}
    if numbers and _count(conn, _HOUSEHOLDS, (account.county, list(numbers), account.area)):
        raise _foreign("农户")
    if numbers and _count(conn, _ALIASES, (account.county, list(numbers), account.area, account.role)):
        raise _foreign("农户")
    persons = {vault.person_key(one) for one in _id_numbers(subjects)}
    if persons and _count(conn, _PERSONS, (account.county, list(persons), account.area)):
        raise _foreign("人员")


def _id_numbers(subjects: Iterable[Mapping[str, object]]) -> Iterable[str]:
    """Those that are valid; the others are refused record by record."""
    today = datetime.now(UTC).date()
    for subject in subjects:
        try:
            yield normalise_id(_text(subject, "id_number"), today)[0]
        except Refused:
            continue


def _text(raw: Mapping[str, object], name: str) -> str:
    """A text as PostgreSQL can take it; what it cannot take is refused record by record."""
    value = raw.get(name)
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
        return ""
    return value.strip()


def _count(conn: Connection, query: str, parameters: tuple[object, ...]) -> int:
    row = conn.execute(query, parameters).fetchone()
    assert row is not None
    return int(row[0])


def _foreign(what: str) -> HttpProblem:
    return HttpProblem(403, "SCOPE", f"有不属于本辖区的{what}，整批未保存。")
