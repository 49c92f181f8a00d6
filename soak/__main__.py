"""`python -m soak`: kills what works, fills a register, fuzzes, sends bad input; prints one JSON object.

Exit 0 when everything held. The numbers in the object say how long it ran and how often.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from soak.batch_kills import kill_batches
from soak.courier_kills import kill_couriers
from soak.forms.instance import sweep_demo
from soak.issuance_kills import kill_issuers
from soak.job_kills import kill_workers
from soak.ledger_kills import kill_sequencers
from soak.reader_fuzz import fuzz_reader
from soak.register_scale import fill_register
from soak.report_scale import report_much
from soak.verifier_seeds import fuzz_verifier
from soak.wire_kills import kill_servers

_Part = Callable[[argparse.Namespace], dict[str, Any]]

#: What `--only` takes, what the object calls it, and how it is run.
PARTS: Mapping[str, tuple[str, _Part]] = {
    "kills": (
        "batch.kills",
        lambda run: kill_batches(run.folder, kills=run.kills, documents=run.documents, level=run.level, seed=run.seed),
    ),
    "issuance": ("issuance.kills", lambda run: kill_issuers(run.folder, issued=run.issued, seed=run.seed)),
    "jobs": ("job.kills", lambda run: kill_workers(run.folder, kills=run.job_kills, seed=run.seed)),
    "couriers": ("courier.kills", lambda run: kill_couriers(run.folder, kills=run.kills, seed=run.seed)),
    "ledger": (
        "ledger.kills",
        lambda run: kill_sequencers(run.folder, kills=run.job_kills, seed=run.seed, database=run.database),
    ),
    "wire": (
        "wire.kills",
        lambda run: kill_servers(run.folder, kills=run.job_kills, seed=run.seed, database=run.database),
    ),
    "forms": (
        "forms.sweep",
        lambda run: sweep_demo(run.folder, minutes=run.minutes, database=run.database),
    ),
    "register": ("register.scale", lambda run: fill_register(run.folder, rows=run.rows, keep=run.keep)),
    "report": ("report.annual", lambda run: report_much(rows=run.uses)),
    "fuzz": ("reader.fuzz", lambda run: fuzz_reader(run.folder, seconds=int(run.minutes * 60))),
    "verifier": ("verifier.fuzz", lambda run: fuzz_verifier(run.folder, seconds=int(run.minutes * 60))),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, help="one of them")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="batches to kill (50)")
    parser.add_argument("--documents", type=int, default=200, metavar="N", help="documents a batch (200)")
    parser.add_argument("--level", default="B-T", help="(B-T)")
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="of fuzzing, each (30)")
    parser.add_argument(
        "--issued", type=int, default=1000, metavar="N", help="certificates to issue under kills (1000)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the random points (1)")
    parser.add_argument("--folder", type=Path, default=Path("var/soak"), metavar="DIR", help="(var/soak)")
    parser.add_argument("--job-kills", type=int, default=200, metavar="N", help="of jobs, and of the ledger (200)")
    parser.add_argument(
        "--database",
        default="sqlite",
        metavar="ADDRESS",
        help="of the instance that is served under kills, or sent bad input (sqlite)",
    )
    parser.add_argument(
        "--rows", type=int, default=10_000_000, metavar="N", help="certificates in the register (10 million)"
    )
    parser.add_argument("--keep", action="store_true", help="let the filled register stay, to be measured again")
    parser.add_argument(
        "--uses", type=int, default=5_000_000, metavar="N", help="uses of keys in the annual report (5 million)"
    )
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = [PARTS[options.only]] if options.only else PARTS.values()
    summary = {name: part(options) for name, part in chosen}
    held = all(part["held"] for part in summary.values())
    print(json.dumps({"soak": summary, "held": held}, indent=2, sort_keys=True))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
