"""A file's rows judged: the header first, which the whole file stands or falls with, then row by row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fangpin.domain.errors import Problem, Refused
from fangpin.domain.feeds import Feed
from fangpin.domain.feeds.cells import columns, id_columns, lost_digits, missing_columns, raw_from_cells
from fangpin.domain.records import parse_record
from fangpin.ports import Account, HttpProblem
from fangpin.vault import Vault
from services.intake.judging import Verdicts, accept, rejection, with_natural_id, worst
from services.intake.scope import check_county
from services.intake.sheets import Row, read_sheet

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TITLE_LINES = 5
MAX_RECORDS = 300_000
MAX_COLUMNS = 200
_NO_ID = "-"  # stands in until the natural key is known


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: its place among them from 0, its line in the spreadsheet, its raw record or why there is none."""

    index: int
    row: int
    raw: dict[str, object]
    problem: Problem | None = None


def judge_file(feed: Feed, account: Account, department: str, content: bytes, vault: Vault, now: datetime) -> Verdicts:
    """Judge every row of a file. Raises `HttpProblem` for what is wrong with the file as a whole."""
    sheet = read_sheet(content)
    header, lines = _header(feed, sheet.rows)
    verdicts = Verdicts(notes=sheet.notes)
    read = _lines(feed, account, header, lines, now)
    judge = _Judge(feed, department, vault, now, with_id="记录编号" not in header, verdicts=verdicts)
    if feed.role == "register":
        judge.households(read)
    else:
        for line in read:
            judge.line(line)
    if not verdicts.accepted and not verdicts.rejected:
        raise HttpProblem(422, "FILE_EMPTY", "文件为空：只有表头，没有记录。")
    verdicts.rejected.sort(key=lambda one: one.index)
    return verdicts


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
    revision, reported_at = int(now.timestamp()), now.isoformat()
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
        if any(cell not in (None, "") for cell in row[len(header) :]):
            problem = Problem("COLUMN_UNKNOWN", None, "本行比表头多出内容，请检查是否多了分隔符。")
            yield Line(index, row_number, {}, problem)
        else:
            try:
                raw = raw_from_cells(feed, {name: row[place] for place, name in kept if place < len(row)})
            except Refused as refused:
                yield Line(index, row_number, {}, refused.problems[0])
            else:
                check_county(account, (raw.get("county_code"),))
                if account.county:
                    raw.setdefault("county_code", account.county)
                raw.setdefault("revision", revision)
                raw.setdefault("reported_at", reported_at)
                yield Line(index, row_number, raw)
        index += 1


@dataclass(slots=True)
class _Judge:
    """Judges rows, or for the register the rows of a household together, into `verdicts`."""

    feed: Feed
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
            self._accept(line.index, line.raw)
        except Refused as refused:
            self._refuse(line, worst(refused))

    def _accept(self, index: int, raw: Mapping[str, object]) -> None:
        record = parse_record(self.feed, {**raw, "record_id": _NO_ID} if self.with_id else raw, now=self.now)
        if self.with_id:
            record = with_natural_id(self.feed, self.department, record, self.vault)
        self.verdicts.accepted.append(accept(index, self.feed, self.department, record))

    def _refuse(self, line: Line, problem: Problem) -> None:
        self.verdicts.rejected.append(rejection(line.index, line.row, problem, line.raw, line.raw))

    def households(self, lines: Iterable[Line]) -> None:
        """Rows folded by 户编号 and 发生日期; one bad row refuses its household."""
        folded: dict[tuple[object, object], list[Line]] = {}
        for line in lines:
            if line.problem is not None:
                self._refuse(line, line.problem)
                continue
            folded.setdefault((str(line.raw.get("household_no")), str(line.raw.get("occurred_on"))), []).append(line)
        for group in folded.values():
            self._household(group)

    def _household(self, group: list[Line]) -> None:
        first = group[0]
        common = {name: value for name, value in first.raw.items() if name != "members"}
        for line in group[1:]:
            if {name: value for name, value in line.raw.items() if name != "members"} != common:
                text = f"与第{first.row}行同户同日，但户的内容不一致，请核对。"
                self._refuse_household(group, line.index, Problem("HH_CONFLICT", "household_no", text))
                return
        members = [member for line in group for member in _members(line)]
        try:
            self._accept(first.index, {**common, "members": members} if members else common)
        except Refused as refused:
            problem = worst(refused)
            bad = next((one for place, one in enumerate(group) if f"members[{place}]" in (problem.field or "")), first)
            self._refuse_household(group, bad.index, problem)

    def _refuse_household(self, group: list[Line], bad: int, problem: Problem) -> None:
        number = next(line.row for line in group if line.index == bad)
        others = Problem("HOUSEHOLD_INCOMPLETE", None, f"同户第{number}行有误，整户未保存；请修改后整户重新报送。")
        for line in group:
            self._refuse(line, problem if line.index == bad else others)


def _members(line: Line) -> list[object]:
    found = line.raw.get("members")
    return list(found) if isinstance(found, list) else []
