"""Servers under `wrk`: started as in production, asked over kept connections, counted by their processor time."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.rows import PeerMissing

_ANSWERED: Final = re.compile(r"(\d+) requests in ")


@dataclass(frozen=True, slots=True)
class Server:
    """A server process and where it listens."""

    port: int
    process: int

    def rate(self, script: Path, path: str, seconds: int) -> float:
        """Requests that `wrk` got answered for each second of this server's processor time."""
        before = self.cpu_seconds()
        words = ("wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{self.port}{path}")
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - named above
        found = _ANSWERED.search(done.stdout)
        if found is None or "Non-2xx" in done.stdout:
            raise PeerMissing(f"wrk was not answered: {done.stdout.strip()}")
        return int(found[1]) / (self.cpu_seconds() - before)

    def cpu_seconds(self) -> float:
        """Of the server and its worker."""
        family = [self.process]
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(path.read_text().rpartition(")")[2].split()[1]) == self.process:
                    family.append(int(path.parent.name))
        ticks = 0
        for member in family:
            ticks += sum(map(int, Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(application: str, environment: dict[str, str]) -> Iterator[Server]:
    """The RSGI application that a function at `module:name` makes, served by one worker as in production."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    start = f"from absah_site.serving import Listening, serve;serve({application!r}, Listening(port={port}, workers=1))"
    process = subprocess.Popen([sys.executable, "-c", start], env=os.environ | environment)  # noqa: S603 - ours
    try:
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def post_script(path: Path, body: bytes, media_type: str, /) -> Path:
    """What `wrk` sends."""
    written = "".join(f"\\{octet:03d}" for octet in body)
    path.write_text(f'wrk.method = "POST"\nwrk.body = "{written}"\nwrk.headers["Content-Type"] = "{media_type}"\n')
    return path
