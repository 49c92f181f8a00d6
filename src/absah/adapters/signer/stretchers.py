"""The processes in which passphrases are stretched, seen from the signer (decision 0019).

A derivation is tens of milliseconds of a core, beside signatures of one or two. In the signer it would hold up whoever
signs, however little it counts there: many kernels weigh sessions against each other before they weigh what is in one.
So each of these processes is a session of its own, at the end of the queue for a core. They know no keys and no names.

One that ends, whatever the reason, is replaced, and what it was asked goes to another one, once.
"""

import logging
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from queue import Empty, LifoQueue
from typing import Final, final

from absah.adapters.sealing import wiped_after
from absah.adapters.signer.errors import DerivationLost, SignerBusy
from absah.adapters.stretching import STRETCHED, Effort, write_question

_PROCESSES: Final = 2
_PASSED_ON: Final = frozenset({"PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV"})
#: glibc then asks for huge pages: Argon2id reads its memory in random order, and takes half the time on few of them.
_HUGE_PAGES: Final = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_PATIENCE_SECONDS: Final = 30.0
_MIB_A_SECOND: Final = 46.0  # a slow machine at its busiest; usually it is twenty times as many
_END_SECONDS: Final = 5.0

log = logging.getLogger("absah.signer")


@dataclass(frozen=True, slots=True)
class _Stretcher:
    process: subprocess.Popen[bytes]
    line: socket.socket

    def ask(self, question: bytearray, patience: float, /) -> bytearray | None:
        """What it makes of a question; None when it has ended, or takes too long."""
        made = bytearray(STRETCHED)
        try:
            self.line.settimeout(patience)
            self.line.sendall(question)
            return made if self.line.recv_into(made) == STRETCHED else None
        except OSError:
            return None

    def end(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.wait()


@final
class Stretchers:
    """Fills `absah.adapters.stretching.Stretch`. Safe for threads; serves as many at once as there are processes."""

    def __init__(self, processes: int = _PROCESSES, /) -> None:
        self._free: LifoQueue[_Stretcher] = LifoQueue()
        for _ in range(processes):
            self._free.put(_started())

    def __call__(self, spelled: bytearray, effort: Effort, /) -> bytearray:
        """Raises DerivationLost when two processes in a row ended over it, SignerBusy when none becomes free."""
        patience = _PATIENCE_SECONDS + effort.iterations * effort.memory_kib / 1024 / _MIB_A_SECOND
        with wiped_after(write_question(spelled, effort)) as question:
            try:
                made = self._asked(question, patience) or self._asked(question, patience)
            except Empty:
                raise SignerBusy from None
        if made is None:
            raise DerivationLost
        return made

    def _asked(self, question: bytearray, patience: float) -> bytearray | None:
        stretcher = self._free.get(timeout=patience)
        try:
            made = stretcher.ask(question, patience)
            if made is None:
                stretcher.end()
                log.warning("a process that stretches passphrases ended: status %s", stretcher.process.returncode)
                stretcher = _started()
        finally:
            self._free.put(stretcher)
        return made

    def close(self) -> None:
        """End them all."""
        while True:
            try:
                self._free.get_nowait().end()
            except Empty:
                return


def _started() -> _Stretcher:
    """One that begins. It may be asked at once: the question waits in the socket. Raises DerivationLost."""
    # Messages keep their bounds (unix(7), SOCK_SEQPACKET): a question is never read in part.
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON}
    with theirs:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "absah.adapters.stretching_worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | _HUGE_PAGES,
                start_new_session=True,
            )
        except OSError as problem:
            ours.close()
            raise DerivationLost from problem
    return _Stretcher(process, ours)
