"""The pool for what is slow on purpose."""

from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event, Thread

import pytest
from tests.fakes.signing import NOW

from absah.adapters.signer.derivation import DerivationPool
from absah.adapters.signer.errors import SignerBusy
from absah.kernel.clock import FixedClock


def meeting(pool: DerivationPool, patience: float = 20) -> list[str]:
    """Two pieces of work, each of which waits for the other: whether they met."""
    barrier, told = Barrier(2), []

    def work() -> str:
        try:
            barrier.wait(timeout=patience)
        except BrokenBarrierError:
            return "alone"
        return "together"

    both = [Thread(target=lambda: told.append(pool.run(work))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return told


def test_two_derive_at_once_unless_somebody_signs_with_an_open_key() -> None:
    clock = FixedClock(NOW)
    pool = DerivationPool(clock)
    assert meeting(pool) == ["together", "together"]
    pool.make_way()
    assert meeting(pool, 0.1) == ["alone", "alone"]
    clock.advance(timedelta(seconds=1))
    assert meeting(pool) == ["together", "together"]
    pool.close()


def test_what_fails_fails_where_it_was_asked_for_and_holds_nobody_up() -> None:
    pool = DerivationPool(FixedClock(NOW))
    pool.make_way()
    with pytest.raises(ZeroDivisionError):
        pool.run(lambda: 1 // 0)
    assert pool.run(lambda: "made") == "made"
    pool.close()


def test_only_so_many_may_wait() -> None:
    pool, entered = DerivationPool(FixedClock(NOW), places=1), Event()
    with pool.place():
        entered.set()
        with pytest.raises(SignerBusy), pool.place():
            pass
    with pool.place():
        assert entered.is_set()
    pool.close()
