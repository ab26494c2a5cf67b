"""The refused rows of an upload as an XLSX: each as it came, with its place, what is wrong, and the faulty cell marked.

It is in the columns of the feed's file, so that the mended rows can be uploaded as they are. Only who sent them gets
them, for as long as the key of their day exists.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import xlsxwriter

from fangpin.domain.feeds import FEEDS, Feed, Field
from fangpin.domain.feeds.base import ANNOTATIONS
from fangpin.domain.feeds.cells import COMMON_COLUMNS, SUBJECT_COLUMNS, columns
from fangpin.domain.feeds.household_register import MEMBER_FIELDS
from fangpin.ports import Account, HttpProblem, Pool
from fangpin.salts import load_salts
from fangpin.vault import Vault, refused_rows_subject
from services.frame.spreadsheets import FORMULA
from services.intake.scope import is_uuid

_RECEIPT = "SELECT feed, received_at, rejected FROM receipt WHERE receipt_id = %s AND account = %s AND county = %s"
_ROWS = "SELECT index, row, code, field, message, sealed FROM receipt_rejection WHERE receipt_id = %s ORDER BY position"
_LABELS = {"active": "有效", "withdrawn": "撤回"}
MAX_CELL = 32_000  # XLSX holds 32,767 characters


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One refused record: its line in the file (or its place in the JSON, from 1), and what came; None: kept nowhere."""

    line: int
    code: str
    field: str | None
    message: str
    raw: Mapping[str, Any] | None


def read_refused(pool: Pool, vault: Vault, account: Account, receipt_id: str) -> tuple[Feed, list[RefusedRow]]:
    """The refused rows of a receipt of this account. Raises 404, and 410 when their key has been dropped."""
    if not is_uuid(receipt_id):
        raise _unknown()
    with pool.connection() as conn:
        receipt = conn.execute(_RECEIPT, (UUID(receipt_id), account.name, account.county)).fetchone()
        if receipt is None or receipt[2] == 0:
            raise _unknown()
        subject = refused_rows_subject(receipt[1])
        salt = load_salts(conn, (subject,)).get(subject)
        if salt is None:
            raise HttpProblem(410, "ROWS_EXPIRED", "退回的行已过保存期限，请从原系统重新导出。")
        rows = conn.execute(_ROWS, (UUID(receipt_id),)).fetchall()
    return FEEDS[receipt[0]], [
        RefusedRow(
            line if line is not None else index + 1,
            code,
            field,
            message,
            None if sealed is None else _mapping(vault.open(subject, salt, bytes(sealed))),
        )
        for index, line, code, field, message, sealed in rows
    ]


def _mapping(raw: bytes) -> Mapping[str, Any]:
    """A record as it came; what was no record at all has no cells."""
    found = json.loads(raw)
    return found if isinstance(found, dict) else {}


def annotated(feed: Feed, refused: Sequence[RefusedRow]) -> bytes:
    """The bytes of the file."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("退回的行")
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"num_format": "@"})
    faulty = book.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
    own = columns(feed)
    names = [*ANNOTATIONS, *own]
    for place, name in enumerate(names):
        sheet.set_column(place, place, 50 if name == "问题说明" else max(12, len(name) * 2.4), text)
        sheet.write_string(0, place, name, head)
    rows = [(one, cells) for one in refused for cells in _cells(feed, one)]
    for number, (one, cells) in enumerate(rows, 1):
        marked = _column(feed, one.field)
        shown = {"原行号": str(one.line), "问题代码": one.code, "问题说明": one.message, **cells}
        for place, name in enumerate(names):
            value = _inert(shown.get(name, ""))
            if value or name == marked:
                sheet.write_string(number, place, value, faulty if name == marked else text)
    sheet.freeze_panes(1, len(ANNOTATIONS))
    book.close()
    return buffer.getvalue()


def _cells(feed: Feed, one: RefusedRow) -> Iterable[dict[str, str]]:
    """By column; a household that came as one record is a row for each member."""
    raw = one.raw or {}
    subject = raw.get("subject")
    found = {column: _shown(None, raw.get(name)) for column, name in COMMON_COLUMNS.items()}
    if isinstance(subject, Mapping):
        found |= {column: _shown(None, subject.get(name)) for column, name in SUBJECT_COLUMNS.items()}
    for field in feed.fields:
        value = raw.get(field.name)
        parts = value if isinstance(value, Mapping) else {}
        for part in field.parts:
            found[part.column] = _shown(part, parts.get(part.name))
        if field.kind not in ("members", "object") and value is not None:
            found[field.column] = _shown(field, value)
    members = raw.get("members") if feed.role == "register" else None
    people = [person for person in members if isinstance(person, Mapping)] if isinstance(members, list) else []
    for person in people or [{}]:
        yield found | {field.column: _shown(field, person.get(field.name)) for field in MEMBER_FIELDS}


def _shown(field: Field | None, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_shown(field, one) for one in value)
    if isinstance(value, (bool, int, str)) and field is not None:
        return field.label(value)
    return _LABELS.get(str(value), str(value))


def _column(feed: Feed, place: str | None) -> str | None:
    """The column of a problem's field, such as `self_paid`, `subject.id_number`, `members[1].name`, `consent.scope`."""
    if place is None:
        return None
    group, _, name = place.rpartition(".")
    if group == "subject":
        return next((column for column, own in SUBJECT_COLUMNS.items() if own == name), None)
    fields = feed.fields
    if group.startswith("members["):
        fields = MEMBER_FIELDS
    elif group:
        fields = next((one.parts for one in feed.fields if one.name == group), ())
    found = next((one.column for one in fields if one.name == name), None)
    return found or next((column for column, own in COMMON_COLUMNS.items() if own == name), None)


def _inert(text: str) -> str:
    """Text that stays text wherever it is opened, or saved as CSV and opened again."""
    cut = text[:MAX_CELL].encode("utf-8", "replace").decode()  # lone surrogates are no text
    return f"'{cut}" if cut.startswith(FORMULA) and not cut[1:].replace(".", "", 1).isdecimal() else cut


def _unknown() -> HttpProblem:
    return HttpProblem(404, "NOT_FOUND", "没有这张回执，或它没有退回的行，或它不属于此账号。")
