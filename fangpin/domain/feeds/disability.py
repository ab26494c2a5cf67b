"""disability: a certificate of disability. Its number begins with the identity number, so it is sealed like one."""

import re

from fangpin.domain.errors import Problem
from fangpin.domain.feeds.base import Feed, Field, Values
from fangpin.domain.identity import is_id_number

_CERTIFICATE = re.compile(r"([0-9]{17}[0-9X])([1-7])([1-4])([0-9B][0-9])?")

KINDS = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6"}


def _check(values: Values) -> list[Problem]:
    number = values.get("certificate_no")
    if not isinstance(number, str):
        return []
    found = _CERTIFICATE.fullmatch(number.upper())
    if found is None or not is_id_number(found.group(1)):
        return [
            Problem(
                "ID_FORMAT",
                "certificate_no",
                "残疾人证号应为18位身份证号加1位残疾类别和1位残疾等级（20位，补发证22位），请核对证件。",
            )
        ]
    return []


DISABILITY = Feed(
    slug="disability",
    title="残疾人证",
    departments=("disabled-federation",),
    risk="disability",
    own_date="certified_on",
    natural_key=("certificate_no",),
    fields=(
        Field(
            "certificate_no",
            "残疾人证号",
            "text",
            limit=32,
            long_number=True,
            hidden=True,
            doc="Certificate number, 20 or 22 places; sealed",
        ),
        Field(
            "kind",
            "残疾类别",
            "int",
            least=1,
            limit=7,
            labels=KINDS | {"多重": "7"},
            doc="1 sight, 2 hearing, 3 speech, 4 limbs, 5 intellect, 6 mind, 7 multiple",
        ),
        Field(
            "kinds",
            "多重残疾类别",
            "int_list",
            required=False,
            least=1,
            limit=6,
            labels=KINDS,
            doc="The kinds of a multiple one",
        ),
        Field(
            "grade",
            "残疾等级",
            "int",
            least=1,
            limit=4,
            labels={f"{word}{unit}": str(number) for number, word in enumerate("一二三四", 1) for unit in ("级", "类")}
            | {f"{number}{unit}": str(number) for number in range(1, 5) for unit in ("级", "类")},
            doc="1 is the most severe",
        ),
        Field("certified_on", "发证日期", "date", doc="Day of the certificate; the date of the fact"),
        Field("new", "新增办证", "bool", required=False, default=True, doc="A newly issued certificate"),
    ),
    check=_check,
)
