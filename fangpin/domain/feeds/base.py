"""How a feed is described: its fields, who sends it, its own date, its natural key. One instance a feed.

Everything that reads or writes records (validation, Avro, files, natural keys) follows these descriptions; a feed's
own rules stand in its own file, as `check`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from fangpin.domain.errors import Problem

Kind = Literal[
    "text",
    "date",
    "until",
    "member_date",
    "month",
    "year",
    "bool",
    "int",
    "money",
    "quantity",
    "enum",
    "enum_list",
    "int_list",
    "code",
    "area",
    "id",
    "object",
    "members",
    "uuid",
]
Values = Mapping[str, object]

ANNOTATIONS = ("原行号", "问题代码", "问题说明")  # columns that the hub adds to refused rows when it gives them back
BILL_LIMIT = Decimal(2000000)
LOSS_LIMIT = Decimal(10000000)
INCOME_LIMIT = Decimal(5000000)  # an item of income; also what a household spends on one thing in a year


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a feed. `labels` are the Chinese labels (and other spellings) of its values, for files: of an enum's
    slugs, of a coded int's digits, of a bool's `true` and `false`; the first of a value is the one that is shown.

    `limit`: characters of a text (one with a limit below `MAX_TEXT` is a single line), the greatest int, the greatest
    amount in `unit`. `pattern`: of a code. `parts`: the fields of an object, which are columns of their own in files.
    `growing`: an enum whose vocabulary will grow, so that in Avro it is text. `long_number`: more digits than a numeric
    cell keeps. `hidden`: sealed and shown on no page.
    """

    name: str
    column: str
    kind: Kind
    required: bool = True
    default: object = None
    symbols: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    limit: int | Decimal | None = None
    unit: str = "元"
    pattern: str | None = None
    parts: tuple["Field", ...] = ()
    growing: bool = False
    long_number: bool = False
    hidden: bool = False
    hub_filled: bool = False
    doc: str = ""

    def label(self, value: object) -> str:
        """One value in Chinese, as pages, messages and templates show it."""
        if isinstance(value, bool):
            return self._named("true" if value else "false") or ("是" if value else "否")
        return self._named(str(value)) or str(value)

    def choices(self) -> list[str]:
        """The labels of every value it can have; none when they cannot be listed."""
        if self.kind == "bool":
            return [self.label(True), self.label(False)]
        if self.kind == "int" and self.labels and isinstance(self.limit, int):
            return [self.label(value) for value in range(self.least, self.limit + 1)]
        return [self.label(slug) for slug in self.symbols] if self.kind == "enum" else []

    def _named(self, value: str) -> str | None:
        return next((label for label, own in self.labels.items() if own == value), None)


def no_check(values: Values) -> list[Problem]:
    """For a feed without rules between its fields."""
    return []


def in_order(first: str, last: str) -> Callable[[Values], list[Problem]]:
    """A check that the date or month `last` does not lie before `first`, where both are given."""

    def check(values: Values) -> list[Problem]:
        start, end = values.get(first), values.get(last)
        if start is None or end is None or str(start) <= str(end):
            return []
        return [Problem("TIME_RANGE", last, f"结束的日期 {end} 早于开始的日期 {start}，请核对两个日期。")]

    return check


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One feed, of which there is one instance. The first of `departments` is the source of a record that names none.

    `own_date`: the field with the date by which a fact is matched and judged. `subject`: whether a person or household
    must, may, or cannot be named. `risk`: the one that its facts may show; `risk_field`: the field in which a record
    names it itself.
    `role` `county`: a record about an area or a department, which belongs to no household; `alias`, `decision`, `override`:
    what a county's people decide; `proposal`, `approval`: of a policy pack. `events`: what the events of its records are
    called, by the name of a signal's event.
    `of_a_period`: its facts are of the months from `period_from` to `period_to`, which a pack's `income_period` may
    prescribe. `tells_aid`: its facts say who receives which social assistance (`kind`, `until`), which rules on other
    feeds ask for. `declares_nothing`: its records say that another feed (`of_feed`) had nothing in a `month`.
    `area_field`: the field with the area that its records put on watch, from `from` to `until`.
    """

    slug: str
    title: str
    departments: tuple[str, ...]
    risk: str | None
    own_date: str
    natural_key: tuple[str, ...]
    fields: tuple[Field, ...]
    subject: Literal["required", "household", "optional", "none"] = "required"
    role: Literal[
        "fact", "county", "register", "clock", "finding", "alias", "decision", "override", "proposal", "approval"
    ] = "fact"
    risk_field: str | None = None
    of_a_period: bool = False
    tells_aid: bool = False
    declares_nothing: bool = False
    area_field: str | None = None
    future_own_date: bool = False
    ignored: tuple[str, ...] = ("序号", "备注", *ANNOTATIONS)
    check: Callable[[Values], list[Problem]] = no_check
    events: Mapping[str, str] = field(default_factory=dict)

    @property
    def reported(self) -> bool:
        """Whether somebody reports it month by month, so that there may be nothing to report."""
        return self.role in ("fact", "county", "register")

    @property
    def matched(self) -> bool:
        """Whether its records belong to a household that is found from their subject."""
        return self.role in ("fact", "override")

    @property
    def names_month(self) -> bool:
        """Whether its records say which month they are of."""
        month = self.field("month")
        return month is not None and month.kind == "month"

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)


DEPARTMENTS: dict[str, str] = {
    "medical-insurance": "医疗保障局",
    "housing": "住房和城乡建设局",
    "human-resources": "人力资源和社会保障局",
    "disabled-federation": "残疾人联合会",
    "emergency": "应急管理局",
    "public-security": "公安局",
    "civil-affairs": "民政局",
    "education": "教育体育局",
    "health": "卫生健康局",
    "agriculture": "农业农村局",
    "water": "水务局",
    "forestry": "林业和草原局",
    "natural-resources": "自然资源局",
    "market-regulation": "市场监督管理局",
    "statistics": "统计局",
    "development-reform": "发展和改革局",
    "finance": "财政局",
    "financial-work": "金融局",
    "commerce": "商务局",
    "rural-revitalisation": "乡村振兴局",
    "township": "乡镇",
    "village": "村",
    "county": "县级",
    "hub": "防贫数据交换中枢",
}
LOCAL_DEPARTMENTS = ("township", "village")  # of these a county has many, each with an area


def every_department(first: str) -> tuple[str, ...]:
    """All that report, `first` before the others: it is taken for the source where none is named."""
    return (first, *(slug for slug in DEPARTMENTS if slug not in (first, "county", "hub")))
