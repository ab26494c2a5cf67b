"""What is wrong with the duties, exclusions, measures and steps of a pack."""

from collections.abc import Iterable, Iterator, Sequence

from fangpin.domain.feeds import DEPARTMENTS, FEEDS
from fangpin.domain.policy.procedure import ROLES, Due, Duty, Exclusion, Measure, Step
from fangpin.domain.policy.wording import number_faults, stands
from fangpin.domain.policy.words import Basis

SITUATIONS = 10
_HUB = "hub"


def procedure_faults(
    duties: Sequence[Duty], exclusions: Sequence[Exclusion], measures: Sequence[Measure], chain: Sequence[Step]
) -> Iterator[str]:
    """Each fault in Chinese, with the part in which it is."""
    for what, ids in (
        ("报送事项", [one.id for one in duties]),
        ("排除情形", [str(one.number) for one in exclusions]),
        ("帮扶措施", [one.id for one in measures]),
        ("步骤", [one.id for one in chain]),
    ):
        for one in sorted({one for one in ids if ids.count(one) > 1}):
            yield f"{what} {one} 出现了两次"
    for duty in duties:
        for fault in _duty_faults(duty):
            yield f"报送事项 {duty.id}：{fault}"
    for situation in exclusions:
        for fault in _exclusion_faults(situation):
            yield f"排除情形 {situation.number}：{fault}"
    if exclusions and sorted(one.number for one in exclusions) != list(range(1, SITUATIONS + 1)):
        yield f"exclusions：文件有 {SITUATIONS} 种情形，请从 1 起编号写全"
    for measure in measures:
        for fault in _unknown((*measure.lead, *measure.joined)):
            yield f"帮扶措施 {measure.id}：{fault}"
        for fault in _unwritten((*measure.lead_others, *measure.others), measure.basis):
            yield f"帮扶措施 {measure.id}：{fault}"
    for step in chain:
        for fault in _step_faults(step):
            yield f"步骤 {step.id}：{fault}"
    if chain and sum(step.decides for step in chain) != 1:
        yield "chain：应有且只有一个步骤作出决定（decides）"


def _unknown(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == _HUB or name not in (*DEPARTMENTS, *ROLES):
            yield f"没有 {name} 这个部门或岗位"


def _unwritten(bodies: Iterable[str], basis: Basis) -> Iterator[str]:
    for body in bodies:
        if not stands(basis, body):
            yield f"引文里没有“{body}”"


def _duty_faults(duty: Duty) -> Iterator[str]:
    yield from _unknown((*duty.by, *duty.to))
    if not duty.by or not duty.to:
        yield "请写明由谁报（by）、报给谁（to）"
    for feed in duty.feeds:
        if feed not in FEEDS:
            yield f"没有 {feed} 这一类数据"
    yield from _owner_faults(duty)
    if duty.times < 1:
        yield "times 应为 1 以上"
    if duty.since is not None and duty.until is not None and duty.until < duty.since:
        yield "until 早于 since"
    yield from _due_faults(duty.due, duty.every, duty.basis)


def _owner_faults(duty: Duty) -> Iterator[str]:
    """Whoever owes it may send at least one of its feeds, or the board would call missing what nobody can deliver."""
    senders = {slug for feed in duty.feeds if feed in FEEDS for slug in FEEDS[feed].departments}
    for slug in duty.by:
        if duty.feeds and slug != "all-departments" and slug not in senders:
            yield f"{slug} 不能报送 {'、'.join(duty.feeds)} 中的任何一类；请改由能报送的部门（by），或另列一项不写 feeds"


def _due_faults(due: Due, every: str, basis: Basis) -> Iterator[str]:
    forms = [due.day is not None, due.end, due.days is not None, due.working_days is not None, due.unstated]
    if sum(forms) != 1:
        yield "due 应有且只有 day、end、days、working_days、unstated 中的一项"
    if due.day is not None and not 1 <= due.day <= 31:
        yield f"day 是 {due.day}，应为每月的某一日"
    if due.month_of_quarter is not None and (due.month_of_quarter not in (1, 2, 3) or every != "quarter"):
        yield "month_of_quarter 应为 1、2 或 3，只用于按季报送"
    if due.day is not None and every != "month" and due.month_of_quarter is None:
        yield "day 用于每月，或每季的 month_of_quarter"
    if (due.days is not None or due.working_days is not None) is not (every == "occurrence"):
        yield "days 和 working_days 从发生之日起算，按次报送的要写"
    numbers = [number for number in (due.day, due.days, due.working_days) if number is not None]
    if numbers and (due.as_written is not None or basis.decision is None):
        yield from number_faults(basis, due.as_written, numbers)


def _exclusion_faults(situation: Exclusion) -> Iterator[str]:
    yield from _unknown(situation.asks)
    if not situation.asks:
        yield "请写明向哪个部门核查（asks）"
    if situation.basis.decision is None:
        yield "由哪个部门答复是本系统的对应，要写明 decision"
    yield from number_faults(situation.basis, situation.basis.quote, [situation.number])


def _step_faults(step: Step) -> Iterator[str]:
    yield from _unknown(step.by)
    if not step.by:
        yield "请写明由谁办理（by）"
    yield from _unwritten(step.others, step.basis)
    if step.working_days is not None:
        yield from number_faults(step.basis, step.basis.quote, [step.working_days])
    if (step.ends is not None) is not (step.stage == "exit"):
        yield "退出步骤（exit）要写明 ends，其他步骤不写"
