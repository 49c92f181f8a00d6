"""Attack documents, ask our verifier, and write `docs/conformance/attacks.md`: attacks by finding.

`make conformance` runs the same as tests.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.catalogue import ATTACKS, Attack
from tests.conformance.pades_samples import bench

from absah.adapters.verification import verify_document
from absah.validation.checks import Outcome

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance" / "attacks.md"

HEAD = """\
# Attacks

*Written by `tools/render_attacks.py` from a run; do not edit.*

Every attack is made by our own generators (`tests/attacks`) on a document that our verifier calls valid, by somebody
whom it trusts where the attack needs a key. The last column names the checks that failed and keep the document from
passing; `tests/conformance/test_attacks.py` demands the one that is there for the attack. Published attack files of
others are tried by `tests/conformance/test_shadow_attacks.py` and `tests/conformance/test_others_signed.py`.

USF, SWA and ISA are from "1 Trillion Dollar Refund" (CCS 2019), shadow attacks from "Shadow Attacks" (NDSS 2021), EAA
and SSA from "Breaking the Specification" (S&P 2021).

| family | what the attacker does | answer | caught by |
|---|---|---|---|
"""


def row(attack: Attack) -> str:
    report = verify_document(attack.make(), bench().context())
    checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
    found = dict.fromkeys(
        check.name.value for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None
    )
    caught = ", ".join(f"`{name}`" for name in found)
    return f"| {attack.family} | {attack.what} | {report.indication.value} | {caught} |"


def lines() -> Iterator[str]:
    for attack in ATTACKS:
        yield row(attack)


def render() -> str:
    """The page."""
    return HEAD + "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
