"""`python -m bench`: measure what ONLY= names (patterns, with commas), or everything."""

import argparse
import os
import time

from bench import ledger, paths, people, portal, portfolio, register, report, signing, stamping, status, verify, wire
from bench.rows import Bench, PeerMissing, Selected, print_note, print_row, tell

_BENCHES: tuple[Bench, ...] = (
    *signing.BENCHES,
    *paths.BENCHES,
    *verify.BENCHES,
    *stamping.BENCHES,
    *status.BENCHES,
    *register.BENCHES,
    *people.BENCHES,
    *ledger.BENCHES,
    *portal.BENCHES,
    *portfolio.BENCHES,
    *report.BENCHES,
    *wire.BENCHES,
)


def main() -> int:
    """0; what was not reached is said in the line and for people on stderr, and is no failure of the bench."""
    argparse.ArgumentParser(prog="bench", description=__doc__).parse_args()
    wanted = Selected(tuple(name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()))
    began = time.perf_counter()
    known = [row.name for bench in _BENCHES for row in bench.rows]
    if not any(map(wanted.has, known)):
        tell(f"ONLY names nothing that is known: {', '.join(known)}")
        return 2
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    tell(f"{cores} cores, load {load:.1f}" + (": not quiet, figures in time of day will suffer" if load > 0.5 else ""))
    for bench in _BENCHES:
        names = [row.name for row in bench.rows if wanted.has(row.name)]
        if not names:
            continue
        tell(f"measuring {', '.join(names)}")
        try:
            for row, figure in bench.measure(wanted):
                if row.name in names:
                    print_row(row, figure)
                    names.remove(row.name)
        except PeerMissing as why:
            for name in names:
                print_note(name, str(why))
    tell(f"{time.perf_counter() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
