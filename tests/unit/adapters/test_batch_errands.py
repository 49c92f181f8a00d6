"""Errands: one at a time elsewhere, and heard where the batch is led."""

import select
import threading

import pytest

from absah.adapters.batch_errands import Errands
from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.errors import AbsahError


def _heard(errands: Errands) -> None:
    """Wait for the bell, and take in."""
    select.select([errands.bell], [], [], 10)
    errands.take_in()


def test_what_an_errand_brings_is_heard_by_whoever_takes_it_in():
    brought: list[object] = []
    here = threading.get_ident()
    with Errands() as errands:
        errands.take_in()
        assert not errands.out
        errands.send(threading.get_ident, brought.append)
        assert errands.out
        _heard(errands)
        assert not errands.out
        assert brought != [here]
        assert len(brought) == 1


def test_only_one_is_out_and_nobody_waits_for_it():
    gate = threading.Event()
    brought: list[object] = []
    with Errands() as errands:
        errands.send(gate.wait, brought.append)
        errands.take_in()
        assert (errands.out, brought) == (True, [])
        with pytest.raises(AssertionError):
            errands.send(gate.wait, brought.append)
        gate.set()
        _heard(errands)
    assert brought == [True]


def test_an_error_of_ours_is_brought_home_and_a_fault_is_raised():
    brought: list[AbsahError] = []

    def refuse() -> bytes:
        raise SignerUnreachable

    def stumble() -> bytes:
        raise ZeroDivisionError

    with Errands() as errands:
        errands.send(refuse, lambda answer: brought.append(answer) if isinstance(answer, AbsahError) else None)
        _heard(errands)
        errands.send(stumble, lambda _: None)
        with pytest.raises(ZeroDivisionError):
            _heard(errands)
    assert [type(one) for one in brought] == [SignerUnreachable]
