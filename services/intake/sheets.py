"""The rows of an uploaded file: CSV in UTF-8 or GB18030, or XLSX. What kind it is, its bytes say, never its name."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import python_calamine

from fangpin.ports import HttpProblem

Row = Sequence[object]
MAX_MEMBERS = 1_000
MAX_INFLATED = 512 * 1024 * 1024
BOMB_FROM, BOMB_RATIO = 16 * 1024 * 1024, 120  # a sheet of real rows deflates to a tenth, hardly ever to a fiftieth
_CHUNK = 1024 * 1024
_OVERLAP = 512
_FORMULA = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Column HA (the 209th) or row 500,000, or beyond: the reader holds a sheet as one rectangle up to its farthest cell.
_FAR_COLUMN = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="(?:[A-Z]{3}|[H-Z][A-Z])[0-9]')
_FAR_ROW = re.compile(rb'<(?:\w+:)?(?:row|c)\s[^>]*?r="[A-Z]*(?:[0-9]{7,}|[5-9][0-9]{5})"')
# a name that leads out of the folder into which somebody unpacks; nothing is unpacked here, but no workbook has one
_ELSEWHERE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)
_UNWANTED = (  # members, in lower case; what they are; what to do about it
    (re.compile("xl/externallinks/"), "外部链接", "断开与其他文件的链接"),
    (re.compile("xl/embeddings/"), "嵌入的文件或对象", "删除嵌入的文件或对象"),
    (re.compile(r".*vbaproject\.bin$", re.DOTALL), "宏", "删除宏"),
)
_OLE = b"\xd0\xcf\x11\xe0"  # a workbook with a password is wrapped in it, like one of before 2007
_OTHER_KINDS = (
    b"%PDF",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
)
_SURROGATES = re.compile("[\udc80-\udcff]")
_MARKUP = re.compile(rb"\s*<(?:\?xml|!doctype|html|table|\w+[\s>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Numbered rows (as a spreadsheet counts, from 1) and what was noted while reading."""

    rows: Iterator[tuple[int, Row]]
    notes: list[str]


def _problem(status: int, code: str, detail: str) -> HttpProblem:
    return HttpProblem(status, code, detail)


def _broken() -> HttpProblem:
    return _problem(422, "FILE_BROKEN", "文件损坏，不能读取。请在表格软件中打开并另存后重新上传。")


def _too_large() -> HttpProblem:
    return _problem(413, "FILE_TOO_LARGE", "文件过大，或展开后过大。请分成几个文件上传。")


def read_sheet(content: bytes) -> Sheet:
    """The rows of a file. Raises 413, 415 or 422, each with its code and what to do."""
    if not content.strip(b"\xef\xbb\xbf \r\n\t"):
        raise _problem(422, "FILE_EMPTY", "文件为空，没有记录。")
    if content.startswith(b"PK"):
        return Sheet(_xlsx(content), [])
    if content.startswith(_OLE):
        detail = "这是设有密码或旧版格式（XLS）的文件。请在表格软件中打开，有密码的先取消，另存为 XLSX 后上传。"
        raise _problem(415, "FILE_TYPE", detail)
    if content.startswith(_OTHER_KINDS) or _MARKUP.match(content):
        raise _problem(415, "FILE_TYPE", "只接受 CSV 和 XLSX 文件；PDF、网页等请另存为 XLSX 后上传。")
    return _csv(content)


def _csv(content: bytes) -> Sheet:
    text, notes = _decode(content)
    return Sheet(_csv_rows(text), notes)


def _decode(content: bytes) -> tuple[str, list[str]]:
    """The text, with what cannot be decoded as lone surrogates, so that only its rows are refused (`undecodable`).

    The first line that is not ASCII, a title or the header, tells the encoding: Chinese in GB18030 is no valid UTF-8.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise _unknown_encoding()
    telling = next((line for line in content.split(b"\n") if not line.isascii()), b"")
    for encoding, notes in (("utf-8-sig", []), ("gb18030", ["ENCODING"])):
        try:
            telling.decode(encoding)
        except UnicodeDecodeError:
            continue
        return content.decode(encoding, "surrogateescape").removeprefix("\ufeff"), notes  # GB18030 has a BOM too
    raise _unknown_encoding()


def undecodable(row: Row) -> bool:
    """Whether a cell of the row holds bytes that are no text in the file's encoding."""
    return any(isinstance(cell, str) and not cell.isascii() and _SURROGATES.search(cell) for cell in row)


def _unknown_encoding() -> HttpProblem:
    return _problem(422, "ENCODING_UNKNOWN", "文字编码不能识别。请把 CSV 另存为 UTF-8 或 GB18030 编码，或改用 XLSX。")


def _csv_rows(text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for number, row in enumerate(reader, 1):  # a cell of two lines is one row of a spreadsheet
            yield number, list(row)
            before = reader.line_num
    except csv.Error:
        message = f"第{before + 1}行起的引号不成对，或一格过长。请检查该行的双引号后重新上传。"
        raise _problem(422, "ROW_QUOTE", message) from None


def _xlsx(content: bytes) -> Iterator[tuple[int, Row]]:
    _inspect(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = book.sheets_metadata
        visible = [one.name for one in sheets if one.visible == python_calamine.SheetVisibleEnum.Visible]
        if not visible:
            raise _broken()
        sheet = book.get_sheet_by_name(visible[0])
        return enumerate(sheet.iter_rows(), 1)
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _broken() from error


def _inspect(content: bytes) -> None:
    """Inflate every member once, counted, before anything parses it: bombs, cuts, entities, formulas, far cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _inspect_names([one.filename for one in members])
            if sum(one.file_size for one in members) > MAX_INFLATED:
                raise _too_large()
            total = 0
            for member in members:
                if member.file_size > BOMB_FROM and member.file_size > BOMB_RATIO * max(member.compress_size, 1):
                    raise _too_large()
                total += _inspect_member(archive, member, MAX_INFLATED - total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _broken() from error


def _inspect_names(names: Sequence[str]) -> None:
    """Of a zip's members: whether it can be a workbook, and one that holds nothing but tables."""
    parts = [name.lower() for name in names]  # their names have no case
    if len(parts) > MAX_MEMBERS or len(set(parts)) < len(parts) or any(_ELSEWHERE.match(one) for one in parts):
        raise _broken()
    if "xl/workbook.xml" not in names:
        raise _problem(415, "FILE_TYPE", "只接受 XLSX 或 CSV 文件，请另存为其中一种后上传。")
    for unwanted, what, remedy in _UNWANTED:
        if any(unwanted.match(one) for one in parts):
            detail = f"工作簿含有{what}。请在表格软件中{remedy}，另存为不含{what}的 XLSX，或另存为 CSV 后上传。"
            raise _problem(415, "FILE_TYPE", detail)


def _inspect_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    name = member.filename.lower()  # the names of parts have no case
    is_sheet = name.startswith("xl/worksheets/")
    is_markup = name.endswith((".xml", ".rels"))
    size, tail = 0, b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise _too_large()
            window = tail + chunk
            if is_markup and _ENTITIES.search(window):
                raise _broken()
            if is_sheet:
                _inspect_cells(window)
            tail = window[-_OVERLAP:]
    return size


def _inspect_cells(window: bytes) -> None:
    if _ANY_FORMULA.search(window):
        found = _FORMULA.search(window)
        place = f"单元格 {found.group(1).decode()} " if found else "表中"
        raise _problem(422, "FORMULA_CELL", f"{place}是公式。请复制后“选择性粘贴为数值”，再上传。")
    if _FAR_COLUMN.search(window) or _FAR_ROW.search(window):
        raise _too_large()
