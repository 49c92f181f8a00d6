"""A peer in a process of its own: it opens key and file once, then signs as often as it is told and counts its time.

The protocol is lines: it says `ready NAME`; asked `turn N` it answers `N CPU WALL` in seconds, CPU of its whole
process with compiler and collector threads; asked `save PATH` it writes one signed document and answers `saved`.
"""

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bench.rounds import Turn
from bench.rows import PeerMissing

_PATIENCE: Final = 5.0


@dataclass(slots=True)
class PeerProcess:
    """Also a `Side`: it can be measured in turns."""

    process: subprocess.Popen[str]
    name: str
    warm_up: float

    @classmethod
    def started(cls, command: list[str], /, *, warm_up: float, folder: Path, errors: Path) -> Self:
        """Start it and wait until it is ready. Raises PeerMissing."""
        with errors.open("w") as log:
            process = subprocess.Popen(  # noqa: S603  (a peer that the bench installed)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder
            )
        peer = cls(process=process, name=command[0], warm_up=warm_up)
        peer.name = peer._answer("ready ", errors)
        return peer

    def turn(self, n: int, /) -> Turn:
        count, cpu, wall = self.asked(f"turn {n}").split()
        return Turn(int(count), float(cpu), float(wall))

    def asked(self, line: str) -> str:
        """Its answer."""
        self._say(line)
        return self._answer("")

    def saved(self, path: Path) -> bytes:
        """One signed document."""
        self._say(f"save {path}")
        self._answer("saved")
        return path.read_bytes()

    def close(self) -> None:
        """Let it go; it ends at the end of its input."""
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _say(self, line: str) -> None:
        if self.process.stdin is None:
            raise AssertionError("the peer was started with a pipe")
        with suppress(BrokenPipeError):  # it has died: its missing answer says so
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def _answer(self, beginning: str, errors: Path | None = None) -> str:
        line = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not line.startswith(beginning) or not line.strip():
            self.close()
            words = errors.read_text(errors="replace").strip().splitlines() if errors is not None else []
            raise PeerMissing(words[-1][:200] if words else f"it said {line.strip()[:80]!r}")
        return line.removeprefix(beginning).strip()
