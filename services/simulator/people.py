"""Invented people: names as they are common, and valid identity numbers that belong to nobody we know."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fangpin.domain.identity import check_character

SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
WEIGHTS = [max(1, 40 - index) for index in range(len(SURNAMES))]
MALE = "伟强军勇建国华明志文平刚辉波超鹏飞林斌涛海龙云生"
FEMALE = "芳娜秀英敏静丽艳娟霞玲桂兰梅红燕萍凤洁云莲春花香"
YOUNG = "子涵宇轩欣怡浩然梓萱雨桐思远佳奇俊杰一诺"
MINORITY = ("娜·阿妹", "扎·娜朵", "岩·温罕", "玉·香囡", "扎·发老", "娜·俫扎")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person."""

    name: str
    id_number: str
    born: date


class People:
    """Makes people of one county; no identity number comes twice."""

    def __init__(self, county_code: str, random: Random) -> None:
        self._county = county_code
        self._random = random
        self._numbers: set[str] = set()

    def make(self, born: date, male: bool, surname: str | None = None) -> Person:
        """A person; children take the surname that is given."""
        random = self._random
        surname = surname or random.choices(SURNAMES, WEIGHTS)[0]
        letters = YOUNG if born.year > 2003 else MALE if male else FEMALE
        given = "".join(random.sample(letters, 1 if random.random() < 0.3 else 2))
        name = surname + given
        if self._county == "530925" and born.year < 1990 and random.random() < 0.04:
            name = random.choice(MINORITY)
        return Person(name, self._number(born, male), born)

    def aged(self, today: date, least: int, most: int, male: bool, surname: str | None = None) -> Person:
        """A person between two ages."""
        days = self._random.randrange(least * 365 + 1, (most + 1) * 365)
        return self.make(today - timedelta(days=days), male, surname)

    def _number(self, born: date, male: bool) -> str:
        while True:
            sequence = self._random.randrange(0, 500) * 2 + (1 if male else 0)
            first = f"{self._county}{born:%Y%m%d}{sequence:03d}"
            if first not in self._numbers:
                self._numbers.add(first)
                return first + check_character(first)
