"""`python -m soak`: kills batches at random points, then fuzzes the reader; prints one JSON object.

Exit 0 when everything held. The numbers in the object say how long it ran and how often.
"""

import argparse
import json
import sys
from pathlib import Path

from soak.batch_kills import kill_batches
from soak.reader_fuzz import fuzz_reader


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=["kills", "fuzz"], help="one of the two")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="batches to kill (50)")
    parser.add_argument("--documents", type=int, default=200, metavar="N", help="documents a batch (200)")
    parser.add_argument("--level", default="B-T", help="(B-T)")
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="of fuzzing (30)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the random points (1)")
    parser.add_argument("--folder", type=Path, default=Path("var/soak"), metavar="DIR", help="(var/soak)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    summary = {}
    if options.only != "fuzz":
        summary["batch.kills"] = kill_batches(
            options.folder, kills=options.kills, documents=options.documents, level=options.level, seed=options.seed
        )
    if options.only != "kills":
        summary["reader.fuzz"] = fuzz_reader(options.folder, seconds=int(options.minutes * 60))
    held = all(part["held"] for part in summary.values())
    print(json.dumps({"soak": summary, "held": held}, indent=2, sort_keys=True))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
