"""Connections that are kept: one question at a time, looked at before they are used again, never shared by a fork."""

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fixtures_pki import NOW

from absah.adapters.signer.errors import SignerUnreachable
from absah.adapters.signer.lines import Lines
from absah.kernel.clock import FixedClock

pytestmark = pytest.mark.loopback


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


@pytest.fixture
def listener(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        made.listen(20)
        yield made


@pytest.fixture
def lines(path: Path, listener: socket.socket) -> Iterator[Lines]:
    made = Lines(path, FixedClock(NOW))
    yield made
    made.close()


def test_a_line_is_used_again(lines: Lines, listener: socket.socket) -> None:
    with lines.line() as first:
        pass
    with lines.line() as second:
        assert second is first


def test_two_at_a_time_have_a_line_each(lines: Lines) -> None:
    with lines.line() as first, lines.line() as second:
        assert first is not second


def test_a_line_that_the_signer_has_ended_is_not_used_again(lines: Lines, listener: socket.socket) -> None:
    with lines.line() as first:
        pass
    listener.accept()[0].close()
    with lines.line() as second:
        assert second is not first
    assert first.fileno() == -1


def test_an_old_line_is_not_used_again(path: Path, listener: socket.socket) -> None:
    clock = FixedClock(NOW)
    lines = Lines(path, clock)
    with lines.line() as first:
        pass
    clock.advance(timedelta(seconds=61))
    with lines.line() as second:
        assert second is not first
    lines.close()


def test_a_line_on_which_something_failed_is_ended(lines: Lines) -> None:
    with pytest.raises(OSError, match="lost"), lines.line() as first:
        raise OSError("lost")
    assert first.fileno() == -1


def test_no_more_than_a_few_are_kept(lines: Lines) -> None:
    taken = [lines.line() for _ in range(10)]
    opened = [one.__enter__() for one in taken]
    for one in taken:
        one.__exit__(None, None, None)
    assert sum(one.fileno() != -1 for one in opened) == 8


def test_a_fork_has_lines_of_its_own(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    with lines.line() as first:
        pass
    parent = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: parent + 1)
    with lines.line() as second:
        assert second is not first


def test_where_nobody_listens_there_is_no_line(tmp_path: Path) -> None:
    with pytest.raises(SignerUnreachable), Lines(tmp_path / "none", FixedClock(NOW)).line():
        pass
