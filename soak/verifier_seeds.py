"""What fuzzing the verifier begins with: signed, extended, filled and attacked documents, and whom it trusts."""

from functools import cache
from pathlib import Path
from typing import Any

from tests.attacks.catalogue import ATTACKS
from tests.conformance.pades_samples import bench, blank_pdf, sign

from absah.validation.process import ValidationContext
from soak.reader_fuzz import fuzz

_LARGEST = 1 << 17


@cache
def signed_document() -> bytes:
    """One page, one visible signature."""
    return sign(blank_pdf(), box=(50, 50, 200, 100))


def context() -> ValidationContext:
    """Trusts whoever signed the seeds."""
    return bench().context()


def seeds() -> dict[str, bytes]:
    """Honest documents of every level, each attack of the suite, and what each attack appends."""
    honest = {level: sign(blank_pdf(), level=level) for level in ("B-B", "B-T", "B-LT", "B-LTA")}
    attacks = {f"attack-{number}": attack.make() for number, attack in enumerate(ATTACKS)}
    tails = {
        f"tail-{name}": document[len(signed_document()) :]
        for name, document in attacks.items()
        if document.startswith(signed_document())
    }
    return {name: seed for name, seed in (honest | attacks | tails).items() if len(seed) <= _LARGEST}


def fuzz_verifier(folder: Path, /, *, seconds: int) -> dict[str, Any]:
    """Fuzz the verifier for so long."""
    return fuzz("soak.verifier_target", seeds(), folder, seconds=seconds, most=_LARGEST)
