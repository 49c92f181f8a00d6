"""The matrix of signatures: its factors, what cannot meet, and the rows (pairwise covering)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.conformance.matrix.covering import covering_rows, telling_first

from absah.signing.levels import Level

FACTORS: Mapping[str, tuple[str, ...]] = {
    "input": (
        "classic", "xref stream", "hybrid", "linearised", "linearised stream", "incremental", "incremental stream",
        "tagged", "PDF/A-1b", "PDF/A-2a", "PDF/A-3b", "PDF/A-4", "rotated", "CropBox offset", "UserUnit",
        "Annots direct", "Annots indirect", "Fields direct", "Fields indirect", "field tree", "fields that lock",
        "nested pages",
        "signed by pyHanko", "certified P=2", "certified P=2, rotated",
    ),
    "level": tuple(level.value for level in Level),
    "key": ("rsa-2048", "rsa-pss", "ec-p256", "ec-p384"),
    "shown": ("visible", "invisible"),
    "signer": ("first", "second", "third"),
}  # fmt: skip

IN_EVERY_RUN = 48
"""How many rows the suite runs; the rest waits for `make conformance`. Every input and every other pair is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row. The signer before the last signs with P-256 at B-LT, and shows what the last one does not."""

    input: str
    level: Level
    key: str
    visible: bool
    signers: int

    @property
    def name(self) -> str:
        """For test ids and files."""
        shown = "visible" if self.visible else "invisible"
        return f"{self.input}, {self.level.value}, {self.key}, {shown}, {self.signers}".replace("/", "-")


def _allowed(row: Mapping[str, str]) -> bool:
    """All values of the factors can meet."""
    return set(row) <= set(FACTORS)


def _case(row: Mapping[str, str]) -> Case:
    return Case(
        input=row["input"],
        level=Level(row["level"]),
        key=row["key"],
        visible=row["shown"] == "visible",
        signers=FACTORS["signer"].index(row["signer"]) + 1,
    )


ROWS = telling_first(covering_rows(FACTORS, _allowed))
CASES = tuple(_case(row) for row in ROWS)
