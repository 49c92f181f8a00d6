"""A process that verifies a large file from the disk, and says what that took: `python -m bench.large_verify IN OUT`.

It signs IN to OUT first, B-LTA, and trusts the root of that run. Then it speaks the protocol of bench/peers/process.py;
`memory` verifies once and answers the resident kilobytes before, and the most there ever were since.
"""

import sys
import time
from pathlib import Path

from absah.adapters.verification import verify_document
from absah.pki.algorithms import KeyAlgorithm
from absah.validation.conclusion import Indication
from absah.validation.process import ValidationContext
from absah.validation.trust import TrustAnchors
from bench.credentials import NOW, credentials
from bench.large import FORGET_PEAK, cpu, kilobytes
from bench.ours import Absah


def main() -> None:
    """Answer until the end of the input."""
    source, target = map(Path, sys.argv[1:])
    known = credentials(KeyAlgorithm.RSA2048)
    target.unlink(missing_ok=True)
    Absah(known).blta_file(source, target)
    anchors = TrustAnchors(name="bench", taken_at=NOW, certificates=(known.signer.above[-1],))
    context = ValidationContext(anchors=anchors, now=NOW, trial=True)

    def verify() -> None:
        report = verify_document(target, context)
        assert report.indication is Indication.TOTAL_PASSED, report.to_dict()  # noqa: S101  (else nothing is measured)

    print("ready absah", flush=True)
    for line in sys.stdin:
        what, _, argument = line.strip().partition(" ")
        if what == "memory":
            Path("/proc/self/clear_refs").write_text(FORGET_PEAK)
            idle = kilobytes("VmRSS")
            verify()
            print(idle, kilobytes("VmHWM"), flush=True)
            continue
        n, spent, began = int(argument), cpu(), time.perf_counter()
        for _ in range(n):
            verify()
        print(n, cpu() - spent, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
