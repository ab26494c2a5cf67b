"""A file's rows judged: the header first, which the whole file stands or falls with, then row by row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import Feed
from fangpin.domain.feeds.cells import columns, id_columns, lost_digits, missing_columns, raw_from_cells
from fangpin.domain.records import parse_record
from fangpin.ports import Account, HttpProblem
from fangpin.vault import Vault
from services.intake.judging import (
    NO_ID,
    Verdicts,
    accept,
    hub_filled,
    natural_sender,
    rejection,
    with_natural_id,
)
from services.intake.scope import check_county
from services.intake.sheets import Row, read_sheet, undecodable

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TITLE_LINES = 5
MAX_RECORDS = 300_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: its place among them from 0, its line in the spreadsheet, its raw record.

    `filled` are the fields of it that the file leaves to the hub; `problem` is wrong with the row as such.
    """

    index: int
    row: int
    raw: dict[str, object]
    filled: tuple[str, ...]
    problem: Problem | None = None


def judge_file(
    feed: Feed,
    account: Account,
    department: str,
    content: bytes,
    vault: Vault,
    now: datetime,
    check: Callable[[Sequence[Mapping[str, object]]], None],
) -> Verdicts:
    """Judge every row of a file. Raises `HttpProblem` for what is wrong with the file as a whole.

    `check` judges all rows of an officer's file together, before any other verdict.
    """
    sheet = read_sheet(content)
    header, lines = _header(feed, sheet.rows)
    verdicts = Verdicts(notes=sheet.notes)
    read: Iterable[Line] = _lines(feed, account, header, lines, now)
    if account.kind == "officer":
        read = list(read)
        check([line.raw for line in read])
    with_id = not _brings_ids(feed, header, content)
    judge = _Judge(feed, account, department, vault, now, with_id=with_id, verdicts=verdicts)
    if feed.role == "register":
        judge.households(read)
    else:
        for line in read:
            judge.line(line)
    if not verdicts.accepted and not verdicts.rejected:
        raise HttpProblem(422, "FILE_EMPTY", "文件为空：只有表头，没有记录。")
    verdicts.rejected.sort(key=lambda one: one.index)
    return verdicts


def _brings_ids(feed: Feed, header: Sequence[str], content: bytes) -> bool:
    """Whether the file has record ids: a column that is left empty in every row, as in our blank file, is none."""
    if "记录编号" not in header:
        return False
    place = header.index("记录编号")
    _, rows = _header(feed, read_sheet(content).rows)
    return any(place < len(row) and row[place] is not None and str(row[place]).strip() for _, row in rows)


def _header(feed: Feed, rows: Iterator[tuple[int, Row]]) -> tuple[list[str], Iterator[tuple[int, Row]]]:
    """The header's columns and the rows under it; up to five title lines may stand above."""
    known = columns(feed)
    for tried, (_, row) in enumerate(rows):
        names = [str(cell).strip() for cell in row]
        while names and not names[-1]:
            names.pop()
        if sum(name in known for name in names) >= 2:
            _check_header(feed, names)
            return names, rows
        if tried == MAX_TITLE_LINES:
            break
    listed = "、".join(known)
    raise HttpProblem(
        422,
        "HEADER_MISSING",
        f"前{MAX_TITLE_LINES + 1}行里没有表头。请用逗号分隔的 CSV 或 XLSX，本类数据的列是：{listed}。",
    )


def _check_header(feed: Feed, names: list[str]) -> None:
    known = columns(feed)
    named = [name for name in names if name]
    if len(names) > MAX_COLUMNS:
        raise HttpProblem(413, "FILE_TOO_LARGE", f"超过{MAX_COLUMNS}列，请删去多余的列。")
    unknown = [name for name in named if name not in known and name not in feed.ignored]
    if unknown:
        shown = "、".join(name[:20] for name in unknown[:10])
        detail = f"有不认识的列：{shown}。本类数据的列是：{'、'.join(known)}。"
        raise HttpProblem(422, "COLUMN_UNKNOWN", detail)
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise HttpProblem(422, "COLUMN_DUPLICATE", f"列重复出现：{'、'.join(doubled)}。请删去重复的列。")
    missing = missing_columns(feed, set(named))
    if missing and not {"记录编号", "状态"} <= set(named):
        raise HttpProblem(422, "HEADER_MISSING", f"缺少列：{'、'.join(missing)}。请按模板补齐后重新上传。")


def _lines(
    feed: Feed, account: Account, header: list[str], rows: Iterable[tuple[int, Row]], now: datetime
) -> Iterator[Line]:
    """The data rows; a fault of the whole file ends it before anything was published."""
    kept = [(place, name) for place, name in enumerate(header) if name and name not in feed.ignored]
    numeric = [(place, name) for place, name in enumerate(header) if name in id_columns(feed)]
    defaults: dict[str, object] = {"revision": int(now.timestamp()), "reported_at": now.isoformat()}
    if account.county:
        defaults["county_code"] = account.county
    index = 0
    for row_number, row in rows:
        if not any(cell not in (None, "") and str(cell).strip() for cell in row):
            continue
        if index >= MAX_RECORDS:
            raise HttpProblem(413, "FILE_TOO_LARGE", f"超过{MAX_RECORDS}行，请分成几个文件上传。")
        for place, name in numeric:
            if place < len(row) and lost_digits(row[place]):
                detail = f"“{name}”列是数字格式（第{row_number}行），末位已经丢失。请把该列设为文本后从原系统重新导出。"
                raise HttpProblem(422, "ID_COLUMN_NUMERIC", detail)
        raw = raw_from_cells(feed, {name: row[place] for place, name in kept if place < len(row)})
        check_county(account, (raw.get("county_code"),))
        own = {name: value for name, value in defaults.items() if name not in raw}
        problem = None
        if undecodable(row):
            text = "本行有不能识别的字符，请从原系统重新导出，或改正该行后另存为 UTF-8。"
            problem = Problem("ENCODING_UNKNOWN", None, text)
        elif any(cell not in (None, "") for cell in row[len(header) :]):
            problem = Problem("COLUMN_UNKNOWN", None, "本行比表头多出内容，请检查是否多了分隔符。")
        yield Line(index, row_number, raw | own, tuple(own), problem)
        index += 1


@dataclass(slots=True)
class _Judge:
    """Judges rows, or for the register the rows of a household together, into `verdicts`."""

    feed: Feed
    account: Account
    department: str
    vault: Vault
    now: datetime
    with_id: bool
    verdicts: Verdicts = field(default_factory=Verdicts)

    def line(self, line: Line) -> None:
        """One row, one record."""
        if line.problem is not None:
            self._refuse(line, line.problem)
            return
        try:
            self._accept([line], line.raw)
        except Refused as refused:
            self._refuse(line, refused.worst)

    def _accept(self, lines: Sequence[Line], raw: Mapping[str, object]) -> None:
        filled = hub_filled(self.feed, self.account) | ({"record_id": NO_ID} if self.with_id else {})
        record = parse_record(self.feed, {**raw, **filled}, now=self.now)
        if self.with_id:
            sender = natural_sender(self.department, self.account.area if self.account.kind == "officer" else None)
            record = with_natural_id(self.feed, sender, record, self.vault)
        places = tuple((line.index, line.row) for line in lines)
        self.verdicts.accepted.append(accept(places, self.feed, self.department, record))

    def _refuse(self, line: Line, problem: Problem) -> None:
        self.verdicts.rejected.append(rejection(line.index, line.row, problem, line.raw, line.raw, line.filled))

    def households(self, lines: Iterable[Line]) -> None:
        """Rows folded by 户编号 and 发生日期; one bad row refuses its household."""
        folded: dict[tuple[object, object], list[Line]] = {}
        for line in lines:
            folded.setdefault((str(line.raw.get("household_no")), str(line.raw.get("occurred_on"))), []).append(line)
        for group in folded.values():
            self._household(group)

    def _household(self, group: list[Line]) -> None:
        first = group[0]
        common = {name: value for name, value in first.raw.items() if name != "members"}
        for line in group:
            if line.problem is not None:
                self._refuse_household(group, line.index, line.problem)
                return
            if {name: value for name, value in line.raw.items() if name != "members"} != common:
                text = f"与第{first.row}行同户同日，但户的内容不一致，请核对。"
                self._refuse_household(group, line.index, Problem("HH_CONFLICT", "household_no", text))
                return
        members = [member for line in group for member in _members(line)]
        try:
            self._accept(group, {**common, "members": members} if members else common)
        except Refused as refused:
            problem = refused.worst
            bad = next((one for place, one in enumerate(group) if f"members[{place}]" in (problem.field or "")), first)
            self._refuse_household(group, bad.index, problem)

    def _refuse_household(self, group: list[Line], bad: int, problem: Problem) -> None:
        number = next(line.row for line in group if line.index == bad)
        others = Problem("HOUSEHOLD_INCOMPLETE", None, f"同户第{number}行有误，整户未保存；请修改后整户重新报送。")
        for line in group:
            self._refuse(line, problem if line.index == bad else others)


def _members(line: Line) -> list[object]:
    """The one member of a row: without any cell of his the row is a bad one, unless the household is withdrawn."""
    found = line.raw.get("members")
    if isinstance(found, list):
        return found
    return [] if line.raw.get("status") == "withdrawn" else [{}]
