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
_FORGET_PEAK: Final = "5"  # proc(5), clear_refs: "reset the peak resident set size to the process's current value"


def _kilobytes(field: str) -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1])


def _cpu() -> float:
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
            Path("/proc/self/clear_refs").write_text(_FORGET_PEAK)
            idle = _kilobytes("VmRSS")
            target.unlink(missing_ok=True)
            ours.blta_file(source, target)
            print(idle, _kilobytes("VmHWM"), flush=True)
            continue
        n, cpu, began = int(argument), _cpu(), time.perf_counter()
        for _ in range(n):
            target.unlink(missing_ok=True)
            ours.blta_file(source, target)
        print(n, _cpu() - cpu, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
