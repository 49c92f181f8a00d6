"""Passphrases are stretched in real processes, which may die at any moment and hold nobody up."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.fixtures_signer import WRONG, digest_of
from tests.process.conftest import Running, wait_until_gone

from absah.adapters.signer.errors import DerivationLost, SignerBusy, WrongPassphrase
from absah.adapters.signer.stretchers import Stretchers
from absah.adapters.stretching import Effort, stretch_here
from absah.adapters.stretching_worker import POLITENESS

EFFORT = Effort(salt=bytes(range(16)), iterations=1, memory_kib=46 * 1024, lanes=1)
PASSPHRASE = bytearray("tujuh gajah menari di sawah", "utf-8")


@pytest.fixture
def stretchers() -> Iterator[Stretchers]:
    with closing(Stretchers()) as made:
        yield made


def processes_of(parent: int) -> list[int]:
    """The stretching processes of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal() and b"stretching_worker" in (entry / "cmdline").read_bytes():
                ended, above = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                found += [int(entry.name)] * (int(above) == parent and ended != "Z")
    return found


def test_they_make_what_is_made_here_and_several_at_once(stretchers: Stretchers) -> None:
    expected = stretch_here(PASSPHRASE, EFFORT)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: stretchers(PASSPHRASE, EFFORT), range(6)))
    assert made == [expected] * 6


def place_of(process: int) -> tuple[int, str]:
    """Its own niceness, and that of its session where the kernel groups by session."""
    try:
        group = Path(f"/proc/{process}/autogroup").read_text().split()[-1]
    except OSError:
        group = ""
    return os.getpriority(os.PRIO_PROCESS, process), group


def test_they_stand_behind_others_each_in_a_session_of_its_own(stretchers: Stretchers) -> None:
    # From root the kernel takes the place of a session at any time; from others ten times a second, so it may be later.
    wanted = {str(POLITENESS), ""} if os.geteuid() == 0 else {str(POLITENESS), "", "0"}
    for process in processes_of(os.getpid()):
        assert os.getsid(process) == process
        began = monotonic()
        while not (place_of(process)[0] == POLITENESS and place_of(process)[1] in wanted):
            assert monotonic() - began < 60
            sleep(0.01)
    assert stretchers(PASSPHRASE, EFFORT) == stretch_here(PASSPHRASE, EFFORT)


def test_they_are_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABSAH_SECRET", "x")
    with closing(Stretchers(1)) as one:
        one(PASSPHRASE, EFFORT)
        (process,) = processes_of(os.getpid())
        environment = Path("/proc", str(process), "environ")
        try:
            assert b"ABSAH_SECRET" not in environment.read_bytes()
        except PermissionError:
            assert os.geteuid() != 0  # closed to everybody but root


def test_one_that_is_killed_is_replaced_and_the_question_goes_to_another(stretchers: Stretchers) -> None:
    expected = stretch_here(PASSPHRASE, EFFORT)
    for _ in range(2):
        before = processes_of(os.getpid())
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(stretchers, PASSPHRASE, EFFORT)
            for process in before:
                os.kill(process, signal.SIGKILL)
            assert asked.result() == expected
        assert stretchers(PASSPHRASE, EFFORT) == expected
        assert set(processes_of(os.getpid())).isdisjoint(before)


def test_what_ends_two_in_a_row_is_answered_with_a_code(stretchers: Stretchers) -> None:
    impossible = Effort(salt=EFFORT.salt, iterations=0, memory_kib=1, lanes=1)
    with pytest.raises(DerivationLost):
        stretchers(PASSPHRASE, impossible)
    assert stretchers(PASSPHRASE, EFFORT) == stretch_here(PASSPHRASE, EFFORT)


def test_where_none_becomes_free_in_time_the_signer_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("absah.adapters.signer.stretchers._PATIENCE_SECONDS", -0.9)
    with closing(Stretchers(0)) as none, pytest.raises(SignerBusy):
        none(PASSPHRASE, EFFORT)


def test_they_end_with_the_signer_and_their_death_is_no_wrong_attempt(running: Running) -> None:
    signer = running.client.ping().process
    for process in processes_of(signer):
        os.kill(process, signal.SIGKILL)
    running.authorise(digest_of("one"))
    with pytest.raises(WrongPassphrase) as refusal:
        running.authorise(digest_of("two"), passphrase=WRONG)
    assert refusal.value.parameters["left"] == 4
    left = processes_of(signer)
    assert left
    running.kill()
    for process in left:
        with suppress(ProcessLookupError):
            wait_until_gone(process)
