"""`python -m soak`: kills what works, fills a register, fuzzes reader and verifier; prints one JSON object.

Exit 0 when everything held. The numbers in the object say how long it ran and how often.
"""

import argparse
import json
import sys
from pathlib import Path

from soak.batch_kills import kill_batches
from soak.issuance_kills import kill_issuers
from soak.job_kills import kill_workers
from soak.ledger_kills import kill_sequencers
from soak.reader_fuzz import fuzz_reader
from soak.register_scale import fill_register
from soak.report_scale import report_much
from soak.verifier_seeds import fuzz_verifier
from soak.wire_kills import kill_servers


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.partition("\n")[0])
    parts = ["kills", "issuance", "jobs", "ledger", "register", "fuzz", "verifier", "wire", "report"]
    parser.add_argument("--only", choices=parts, help="one of them")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="batches to kill (50)")
    parser.add_argument("--documents", type=int, default=200, metavar="N", help="documents a batch (200)")
    parser.add_argument("--level", default="B-T", help="(B-T)")
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="of fuzzing each (30)")
    parser.add_argument(
        "--issued", type=int, default=1000, metavar="N", help="certificates to issue under kills (1000)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the random points (1)")
    parser.add_argument("--folder", type=Path, default=Path("var/soak"), metavar="DIR", help="(var/soak)")
    parser.add_argument("--job-kills", type=int, default=200, metavar="N", help="of jobs, and of the ledger (200)")
    parser.add_argument(
        "--database", default="sqlite", metavar="ADDRESS", help="of the instance that is served under kills (sqlite)"
    )
    parser.add_argument(
        "--rows", type=int, default=10_000_000, metavar="N", help="certificates in the register (10 million)"
    )
    parser.add_argument(
        "--uses", type=int, default=5_000_000, metavar="N", help="uses of keys in the annual report (5 million)"
    )
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    summary = {}
    if options.only in {None, "kills"}:
        summary["batch.kills"] = kill_batches(
            options.folder, kills=options.kills, documents=options.documents, level=options.level, seed=options.seed
        )
    if options.only in {None, "issuance"}:
        summary["issuance.kills"] = kill_issuers(options.folder, issued=options.issued, seed=options.seed)
    if options.only in {None, "jobs"}:
        summary["job.kills"] = kill_workers(options.folder, kills=options.job_kills, seed=options.seed)
    if options.only in {None, "ledger"}:
        summary["ledger.kills"] = kill_sequencers(options.folder, kills=options.job_kills, seed=options.seed)
    if options.only in {None, "wire"}:
        summary["wire.kills"] = kill_servers(
            options.folder, kills=options.job_kills, seed=options.seed, database=options.database
        )
    if options.only in {None, "register"}:
        summary["register.scale"] = fill_register(options.folder, rows=options.rows)
    if options.only in {None, "report"}:
        summary["report.annual"] = report_much(rows=options.uses)
    if options.only in {None, "fuzz"}:
        summary["reader.fuzz"] = fuzz_reader(options.folder, seconds=int(options.minutes * 60))
    if options.only in {None, "verifier"}:
        summary["verifier.fuzz"] = fuzz_verifier(options.folder, seconds=int(options.minutes * 60))
    held = all(part["held"] for part in summary.values())
    print(json.dumps({"soak": summary, "held": held}, indent=2, sort_keys=True))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
