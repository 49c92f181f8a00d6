"""The clock is believed when others say so, and not after it was set."""

import threading
from datetime import timedelta

import pytest
from tests.fixtures_pki import NOW

from absah.adapters.trusted_time.guard import ClockNotTrusted, TimeGuard, TimeRules
from absah.adapters.trusted_time.sntp import Measurement, TimeServerSilent
from absah.kernel.clock import FixedClock

RULES = TimeRules(largest_offset=0.5, measure_every=60)


class TwoClocks:
    """A wall clock that somebody can set, beside one that only grows."""

    def __init__(self):
        self.passed, self.set_by = 0.0, 0.0

    def now(self):
        return NOW

    def wall(self):
        return NOW.timestamp() + self.passed + self.set_by

    def monotonic(self):
        return self.passed


class Server:
    def __init__(self, offset=0.0, error=0.01, name="ntp"):
        self.name, self.offset, self.error, self.asked, self.meanwhile = name, offset, error, 0, None

    def measure(self):
        self.asked += 1
        if self.meanwhile:
            self.meanwhile()
        if self.offset is None:
            raise TimeServerSilent(server=self.name, problem="TimeoutError")
        return Measurement(offset=self.offset, error=self.error)


@pytest.fixture
def clock():
    return TwoClocks()


def refused(guard) -> str:
    with pytest.raises(ClockNotTrusted) as refusal:
        guard.check()
    return str(refusal.value.parameters["problem"])


def measured(clock, *servers, rules=RULES) -> TimeGuard:
    guard = TimeGuard(clock, servers, rules)
    guard.look(aside=False)
    return guard


def test_nothing_is_believed_before_the_first_measurement(clock):
    server = Server()
    guard = TimeGuard(clock, (server,), RULES)
    assert refused(guard) == "not-measured"
    guard.look(aside=False)
    guard.check()
    guard.look(aside=False)
    assert server.asked == 1  # not due again for a minute


def test_a_clock_that_is_off_is_not_believed_until_it_was_mended(clock):
    server = Server(offset=0.495)
    guard = measured(clock, server)
    assert refused(guard) == "offset"  # 0.495 ± 0.01 may be more than 0.5
    server.offset = -0.4
    clock.passed += 60
    guard.look(aside=False)
    guard.check()


def test_a_measurement_holds_for_three_intervals_and_no_longer(clock):
    server = Server()
    guard = measured(clock, server)
    server.offset = None
    for _ in range(3):
        clock.passed += 59.9
        guard.look(aside=False)
        guard.check()
    clock.passed += 1
    assert refused(guard) == "time-servers-silent"


@pytest.mark.parametrize(
    ("offsets", "believed"),
    [((0.0, 9.0, 0.1), True), ((9.0, 9.1, 0.0), False), ((0.0, None, None), False), ((0.0, 0.1, None), True)],
)
def test_the_median_of_more_than_half_decides(clock, offsets, believed):
    guard = measured(clock, *(Server(offset=offset) for offset in offsets))
    if believed:
        guard.check()
    else:
        assert refused(guard) in {"offset", "time-servers-silent", "not-measured"}


def test_a_clock_that_was_set_is_not_believed_until_it_was_measured_again(clock):
    server = Server()
    guard = measured(clock, server)
    clock.set_by += 0.3
    assert refused(guard) == "jump"
    guard.look(aside=False)
    assert server.asked == 2
    guard.check()


def test_a_clock_that_is_slewed_is_followed(clock):
    guard = measured(clock, Server())
    for _ in range(50):
        clock.passed += 1
        clock.set_by += 0.01
        guard.look(aside=False)
        guard.check()


def test_a_clock_that_is_set_while_it_is_measured_is_not_believed(clock):
    server = Server()
    guard = TimeGuard(clock, (server,), RULES)

    def set_it():
        clock.set_by += 5
        server.meanwhile = None
        with pytest.raises(ClockNotTrusted):
            guard.check()
        guard.look(aside=False)

    server.meanwhile = set_it
    guard.look(aside=False)
    assert refused(guard) == "jump"
    guard.look(aside=False)
    guard.check()


def test_without_any_server_only_a_trial_is_stamped_and_not_after_a_jump(clock):
    assert refused(measured(clock)) == "no-time-server"
    trial = measured(clock, rules=TimeRules(unproven=True))
    trial.check()
    clock.set_by -= 3600
    trial.look(aside=False)
    assert refused(trial) == "jump"


def test_a_machine_that_was_busy_between_two_readings_is_no_clock_that_was_set(clock, monkeypatch):
    trial = measured(clock, rules=TimeRules(unproven=True))
    read = clock.wall

    def held_up():
        monkeypatch.setattr(clock, "wall", read)
        clock.passed += 1
        return read()

    for asked in (trial.check, lambda: trial.look(aside=False)):
        monkeypatch.setattr(clock, "wall", held_up)
        asked()
        trial.check()


def test_nobody_waits_for_the_network():
    clock, server, begun, done = FixedClock(NOW), Server(), threading.Event(), threading.Event()
    server.meanwhile = lambda: (begun.set(), done.wait(60))
    guard = TimeGuard(clock, (server,), RULES)
    guard.look()
    guard.look()
    clock.advance(timedelta(hours=1))
    guard.look()
    assert begun.wait(60)
    done.set()
    assert server.asked == 1
