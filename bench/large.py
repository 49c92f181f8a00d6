"""A process that signs a large file to B-LTA, file to file, and says what that took: `python -m bench.large IN OUT`.

It speaks the protocol of bench/peers/process.py; `memory` signs once and answers the resident kilobytes before, and
the most there ever were since.
"""

import resource
import sys
import time
from pathlib import Path
from typing import Final

from absah.pki.algorithms import KeyAlgorithm
from bench.credentials import credentials
from bench.ours import Absah

_STATUS: Final = Path("/proc/self/status")
FORGET_PEAK: Final = "5"  # proc(5), clear_refs: "reset the peak resident set size to the process's current value"


def kilobytes(field: str) -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1])


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Answer until the end of the input."""
    source, target = map(Path, sys.argv[1:])
    ours = Absah(credentials(KeyAlgorithm.RSA2048))
    print("ready absah", flush=True)
    for line in sys.stdin:
        what, _, argument = line.strip().partition(" ")
        if what == "memory":
            Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
            idle = kilobytes("VmRSS")
            target.unlink(missing_ok=True)
            ours.blta_file(source, target)
            print(idle, kilobytes("VmHWM"), flush=True)
            continue
        n, spent, began = int(argument), cpu(), time.perf_counter()
        for _ in range(n):
            target.unlink(missing_ok=True)
            ours.blta_file(source, target)
        print(n, cpu() - spent, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
