"""The pipe between the pool of a batch and a worker: whoever leads never waits, and what was said arrives in order."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from absah.adapters.batch_pipe import LeaderEnd, WorkerEnd

LARGE = b"x" * 100_000


@pytest.fixture
def ends() -> Iterator[tuple[LeaderEnd, socket.socket]]:
    ours, theirs = socket.socketpair()
    leader = LeaderEnd(ours)
    with theirs:
        yield leader, theirs
    leader.close()


def test_messages_go_both_ways(ends: tuple[LeaderEnd, socket.socket]) -> None:
    leader, worker = ends[0], WorkerEnd(ends[1])
    leader.say(("one", 2))
    leader.say(None)
    assert [worker.hear(), worker.hear()] == [("one", 2), None]
    worker.say("answer")
    worker.say(LARGE)
    assert list(leader.hear()) == ["answer", LARGE]
    assert list(leader.hear()) == []


def test_what_a_busy_worker_does_not_take_is_kept_and_comes_whole(ends: tuple[LeaderEnd, socket.socket]) -> None:
    leader, worker = ends[0], WorkerEnd(ends[1])
    for number in range(20):  # two megabytes, of which a pipe holds a tenth
        leader.say((number, LARGE))
    assert leader.behind
    with ThreadPoolExecutor(1) as reading:
        heard = reading.submit(lambda: [worker.hear() for _ in range(20)])
        while leader.behind:
            leader.go_on()
        assert heard.result() == [(number, LARGE) for number in range(20)]


def test_a_worker_that_has_died_is_heard_to_its_last_whole_word(ends: tuple[LeaderEnd, socket.socket]) -> None:
    leader, theirs = ends
    worker = WorkerEnd(theirs)
    worker.say("last")
    theirs.sendall(b"\0\0\1\0and half of another")
    theirs.shutdown(socket.SHUT_RDWR)
    leader.say("nobody hears this")
    assert not leader.behind
    heard = leader.hear()
    assert next(heard) == "last"
    with pytest.raises(EOFError):
        next(heard)


@pytest.mark.parametrize("cut", [b"", b"\0\0", b"\0\0\1\0and half of a message"])
def test_a_worker_hears_when_nobody_leads_any_more(cut: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(cut)
        with pytest.raises(EOFError):
            WorkerEnd(theirs).hear()
