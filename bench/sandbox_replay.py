"""`python -m bench.sandbox_replay DATABASE SECRET`: each draft over the county's history, a line of JSON each: the median of three.

The first line says what it took to make the blocks, which the hub does behind the records as they come.
"""

import json
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from bench.workload import TODAY, book, documents
from fangpin import database
from fangpin.domain.policy import Pack, PackBook
from fangpin.domain.policy.pack import Condition, Rule
from fangpin.vault import Vault
from services.sandbox.keeping import catch_up
from services.sandbox.replaying import Outcome, replay
from services.sandbox.snapshot import snapshot

COUNTY = "530925"
ROUNDS = 3


def main() -> None:
    """Nothing is judged but by the replay itself."""
    vault = Vault(Path(sys.argv[2]).read_bytes())
    began = time.perf_counter()
    with database.connect(sys.argv[1]) as conn:
        catch_up(conn, vault, COUNTY)
    print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)
    (pack,) = book(documents(2)).of(COUNTY)
    in_force = PackBook([pack])
    for name, draft in drafts(pack):
        found = sorted((_tried(vault, in_force, draft) for _ in range(ROUNDS)), key=lambda one: one.seconds)[
            ROUNDS // 2
        ]
        print(
            json.dumps(
                {
                    "draft": name,
                    "records": found.records,
                    "looked_at": found.opened,
                    "seconds": found.seconds,
                    "rate": found.records_per_second,
                    "appears": found.comparison.count("appears"),
                    "disappears": found.comparison.count("disappears"),
                }
            ),
            flush=True,
        )


def _tried(vault: Vault, in_force: PackBook, draft: Pack) -> Outcome:
    with snapshot(sys.argv[1]) as snap:
        return replay(snap, vault, in_force, PackBook([draft]), COUNTY, TODAY)


def drafts(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The most numerous feed's line lowered and raised; a smaller feed's rule; all lines; no rule; all for another risk."""
    yield "line of a hospital stay 6000 → 5000", _with(pack, "medical-self-paid", value="5000.00")
    yield "line of a hospital stay 6000 → 7000", _with(pack, "medical-self-paid", value="7000.00")
    grades = next(rule.id for rule in pack.rules if rule.feed == "dangerous-house")
    yield "grades of dangerous houses", _with(pack, grades, one_of=("D",))
    higher = tuple(_with_line(rule, Decimal("1.1")) for rule in pack.rules)
    yield "every line of an amount a tenth higher", msgspec.structs.replace(pack, rules=higher)
    yield (
        "no rule but those on self-reports",
        msgspec.structs.replace(pack, rules=tuple(rule for rule in pack.rules if rule.feed == "self-report")),
    )
    others = tuple(msgspec.structs.replace(rule, risk="other") for rule in pack.rules)
    yield "every rule for another risk", msgspec.structs.replace(pack, rules=others)


def _with_line(rule: Rule, factor: Decimal) -> Rule:
    when = rule.when
    if when is None or when.compare is None or when.value is None:
        return rule
    return msgspec.structs.replace(rule, when=msgspec.structs.replace(when, value=str(Decimal(when.value) * factor)))


def _with(pack: Pack, rule_id: str, **changed: object) -> Pack:
    def other(condition: Condition | None) -> Condition | None:
        return msgspec.structs.replace(condition, **changed) if condition is not None else None

    rules = tuple(
        msgspec.structs.replace(rule, when=other(rule.when)) if rule.id == rule_id else rule for rule in pack.rules
    )
    return msgspec.structs.replace(pack, rules=rules)


if __name__ == "__main__":
    main()
