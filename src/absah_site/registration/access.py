"""What the pages of registration read besides enrolment's doors: who signed an uploaded letter."""

from dataclasses import dataclass

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.validation.conclusion import Verdict
from absah_site.validation.access import report_on


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSignature:
    """Who signed a letter that verifies as a whole, and when."""

    names: tuple[str, ...]
    at: Instant

    @property
    def signed_by(self) -> str:
        """The signers by name."""
        return ", ".join(self.names)[:200]


def letter_signature(letter: bytes, /, *, now: Instant) -> LetterSignature | None:
    """The signature of a letter; None where there is none that this instance finds valid. Never raises over a file."""
    try:
        report = report_on(letter, password=None, now=now)
    except AbsahError:
        return None
    if report.verdict is not Verdict.VALID:
        return None
    names = tuple(dict.fromkeys(one.signer.name for one in report.signatures if one.signer is not None))
    return LetterSignature(names=names, at=report.checked_at) if names else None
