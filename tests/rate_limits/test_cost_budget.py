"""The token bucket of what strangers cost, with a clock that stands still."""

import pytest

from wiki.rate_limits import cost_budget
from wiki.rate_limits.cost_budget import Allowance, CostBudget, OverBudget


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(cost_budget, "time", clock)
    return clock


def _budget(*, total=(0.1, 3.0), network=(0.1, 1.0), slots=2):
    return CostBudget(Allowance(*total), Allowance(*network), slots)


def _spend(budget, clock, network, seconds):
    budget.enter(network)
    clock.now += seconds
    budget.leave(network, seconds)


def test_a_network_that_spent_its_part_waits_and_others_dont(clock):
    budget = _budget()
    _spend(budget, clock, "a", 1.5)
    with pytest.raises(OverBudget) as over:
        budget.enter("a")
    assert (over.value.is_own, over.value.wait) == (True, 4)  # 0.35 s, a tenth a second
    _spend(budget, clock, "b", 0.1)
    clock.now += 5
    _spend(budget, clock, "a", 0.1)


def test_networks_with_one_request_each_spend_one_budget(clock):
    budget = _budget()
    admitted, refusals = 0, []
    for number in range(10_000):
        try:
            _spend(budget, clock, f"network {number}", 0.01)
            admitted += 1
        except OverBudget as over:
            refusals.append(over)
    # Their own time passes while they are answered, and nothing else.
    assert not any(over.is_own for over in refusals)
    assert 300 <= admitted <= 340


def test_after_a_pause_no_more_than_the_burst_is_left(clock):
    budget = _budget(network=(1, 100))
    clock.now += 1_000_000
    for _ in range(3):
        _spend(budget, clock, "a", 1.2)
    with pytest.raises(OverBudget):
        budget.enter("a")


def test_no_more_run_at_a_time_than_there_are_slots():
    budget = _budget(slots=1)
    budget.enter("a")
    with pytest.raises(OverBudget) as over:
        budget.enter("b")
    assert not over.value.is_own
    budget.leave("a", 0.1)
    budget.enter("b")


def test_the_networks_it_remembers_are_bounded(clock, monkeypatch):
    monkeypatch.setattr(cost_budget, "MAX_NETWORKS", 10)
    budget = _budget(total=(1, 1e9))
    for number in range(100):
        _spend(budget, clock, str(number), 0.001)
    assert len(budget._networks) == 10
