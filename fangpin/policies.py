"""The policy packs on disk: one YAML file each, in `policies/`, with its boundary table `<pack>.cases.yaml` beside it.

The table of working days lies in `policies/calendar`.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import yaml

try:
    from yaml import CSafeLoader as _Safe  # ten times as fast; `fangpin evaluate` waits for it
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Safe  # type: ignore[assignment]

from fangpin.domain.policy import Pack, PackBook, PackError, pack_from_mapping
from fangpin.domain.policy.cases import CaseTable, cases_from_mapping
from fangpin.domain.policy.parse import pack_shape
from fangpin.domain.policy.passages import decisions
from fangpin.domain.working_days import WorkingDays, WorkingYear

DIRECTORY = Path(__file__).resolve().parent.parent / "policies"
CASES = ".cases.yaml"
DEEPEST = 30  # a pack needs fewer than twenty
MOST_NODES = 50_000  # the largest pack has some three thousand


class _TwiceError(yaml.MarkedYAMLError):
    """A key stands twice in one mapping."""


class _Loader(_Safe):
    """The safe loader, which also refuses a key that stands twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise _TwiceError(problem=str(key), problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def load_packs(directory: Path = DIRECTORY) -> list[Pack]:
    """Every pack of the directory. Raises `PackError`, which names the file."""
    paths = [path for path in sorted(directory.glob("*.yaml")) if not path.name.endswith(CASES)]
    return [pack_from_mapping(_mapping(path), path.name) for path in paths]


def load_draft(path: Path) -> Pack:
    """A pack that lies anywhere, proved as those in force are. Raises `PackError`, or `OSError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackError(f"{path.name}：{_yaml_fault(error)}") from error
    return pack_of_text(text, path.name)


def pack_of_text(text: str, origin: str) -> Pack:
    """A pack as somebody handed it in: proved as those of the repository are. Raises `PackError`, whatever the text holds.

    The text may be hostile: aliases that a few lines blow up to gigabytes, and endless nesting, are refused before
    anything is built, and decision records that the hub does not have are too.
    """
    pack = pack_from_mapping(_untrusted(text, origin), origin)
    for where, decision in decisions(pack):
        if not _is_decision(decision):
            raise PackError(f"{origin}：{where}：没有决定记录 {decision}；请写本系统 docs/decisions 里有的")
    return pack


def pack_once_proved(text: str, origin: str) -> Pack:
    """A pack that is in force: proved when it was proposed, and not to be refused by the proofs of a later release."""
    return pack_shape(_untrusted(text, origin), origin)


def _is_decision(name: str) -> bool:
    """Whether the record is there; a hub that was installed without its documentation cannot say no."""
    folder = DIRECTORY.parent / "docs" / "decisions"
    return not folder.is_dir() or any(name == f"docs/decisions/{path.name}" for path in folder.glob("*.md"))


def _untrusted(text: str, origin: str) -> dict[str, object]:
    try:
        _weigh(text, origin)
        return _built(text, origin)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # a date or number that cannot be
        raise PackError(f"{origin}：{_yaml_fault(error)}") from error


def _weigh(text: str, origin: str) -> None:
    """Refuse what would be too deep, too large with every alias written out, or of a type that is not plain."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]  # anchor, and how many nodes it has so far
    for event in yaml.parse(text, _Loader):
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        size = 0
        if tag is not None:
            raise PackError(f"{origin}：不接受 YAML 标签 {tag}，请直接写值")
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((anchor, 1))
        elif isinstance(event, yaml.AliasEvent):
            if anchor not in sizes:
                raise PackError(f"{origin}：*{anchor} 出现在它所指的内容之前或之中")
            size = sizes[anchor]
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        if anchor is not None and not isinstance(event, yaml.AliasEvent | yaml.CollectionStartEvent):
            sizes[anchor] = size
        open_nodes[-1] = (open_nodes[-1][0], open_nodes[-1][1] + size)
        if len(open_nodes) > DEEPEST or open_nodes[-1][1] > MOST_NODES:
            raise PackError(f"{origin}：嵌套超过 {DEEPEST} 层，或超过 {MOST_NODES} 个值")


def load_cases(pack_id: str, directory: Path = DIRECTORY) -> CaseTable:
    """The boundary table beside a pack. Raises `PackError`, also when there is none."""
    path = directory / f"{pack_id}{CASES}"
    if not path.is_file():
        raise PackError(f"{path.name}：没有 {pack_id} 的边界案例表，请补写")
    return cases_from_mapping(_mapping(path), path.name)


def cases_of_text(text: str, origin: str) -> CaseTable:
    """A boundary table as somebody handed it in. Raises `PackError`, whatever the text holds."""
    return cases_from_mapping(_untrusted(text, origin), origin)


def _mapping(path: Path) -> dict[str, object]:
    try:
        return _built(path.read_text(encoding="utf-8"), path.name)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}：{_yaml_fault(error)}") from error


def _yaml_fault(error: Exception) -> str:
    """What PyYAML could not read, as far as it says where."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 文本；请另存为 UTF-8 后再试"
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        if isinstance(error, _TwiceError):
            return f"第{line}行起的内容里，{error.problem} 出现了两次"
        return f"第{line}行第{column}列附近不是正确的 YAML；请检查缩进、冒号后的空格和引号"
    return "有不存在的日期、不能读取的数，或不是正确的 YAML"


def _built(text: str, origin: str) -> dict[str, object]:
    raw = yaml.load(text, _Loader)  # noqa: S506 — derived from the safe loader
    if not isinstance(raw, dict):
        raise PackError(f"{origin}：最外层应是“名称: 值”的对照")
    return raw


def load_book(directory: Path = DIRECTORY) -> PackBook:
    """All packs of the directory, checked against each other."""
    return PackBook(load_packs(directory))


@cache
def own_packs() -> tuple[Pack, ...]:
    """The packs of the repository, which are in force from the start; read once."""
    return tuple(load_packs())


def load_specimens(directory: Path = DIRECTORY) -> dict[str, dict[str, object]]:
    """One valid record of each feed that rules judge, for the cases of the boundary tables to change."""
    return cast("dict[str, dict[str, object]]", _mapping(directory / "specimens" / "records.yaml"))


@cache
def load_working_days() -> WorkingDays:
    """The dated table of days off and make-up days, from `policies/calendar/working-days.yaml`."""
    path = DIRECTORY / "calendar" / "working-days.yaml"
    raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — derived from the safe loader
    return WorkingDays(msgspec.convert(raw, list[WorkingYear]))
