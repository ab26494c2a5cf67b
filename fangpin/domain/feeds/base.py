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
    "bool",
    "int",
    "money",
    "enum",
    "enum_list",
    "int_list",
    "code",
    "id",
    "members",
    "uuid",
]
Values = Mapping[str, object]

BILL_LIMIT = Decimal(2000000)
LOSS_LIMIT = Decimal(10000000)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a feed. `labels` are the Chinese labels (and other spellings) of an enum's slugs, for files.

    `limit`: characters of a text, the greatest int, the greatest amount in yuan. `pattern`: of a code.
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
    pattern: str | None = None
    hub_filled: bool = False
    doc: str = ""


def no_check(values: Values) -> list[Problem]:
    """For a feed without rules between its fields."""
    return []


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed. The first of `departments` is the source of a record that names none.

    `own_date` is the field marked ◆ in FEEDS.md. `subject`: whether a person or household must, or cannot, be named.
    """

    slug: str
    title: str
    departments: tuple[str, ...]
    risk: str | None
    own_date: str
    natural_key: tuple[str, ...]
    fields: tuple[Field, ...]
    subject: Literal["required", "household", "none"] = "required"
    role: Literal["fact", "register", "clock", "finding"] = "fact"
    future_own_date: bool = False
    ignored: tuple[str, ...] = ("序号", "备注")
    check: Callable[[Values], list[Problem]] = no_check

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
    "hub": "防贫数据交换中枢",
}
