"""Shared results: rows to values and back."""

from dataclasses import dataclass

from absah.kernel.clock import Instant, instant
from absah.validation.conclusion import Verdict
from absah_site.validation.models import SharedResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDigest:
    """The little of a result that is shared: of which file, what was said, whose names stood there. Not the file.

    `logged` are rows of our ledger: about the file (0), or about one of its signatures (its number).
    """

    id: str
    sha256: str
    verdict: Verdict
    indication: str
    sub_indication: str
    why: str
    names: tuple[str, ...]
    signatures: int
    trial: bool
    checked_at: Instant
    expires_at: Instant
    logged: tuple[tuple[int, int], ...] = ()

    @property
    def verdict_message(self) -> str:
        """Message id of the one word."""
        return f"validation.verdict.{self.verdict}"

    @property
    def sentence_message(self) -> str:
        """Message id of the sentence for a citizen."""
        return f"validation.sentence.{self.why}"


def add(result: ResultDigest, /) -> bool:
    """Keep a result. False if it is kept already."""
    _, created = SharedResult.objects.get_or_create(
        id=result.id,
        defaults={
            "sha256": result.sha256,
            "verdict": result.verdict.value,
            "indication": result.indication,
            "sub_indication": result.sub_indication,
            "why": result.why,
            "names": list(result.names),
            "signatures": result.signatures,
            "trial": result.trial,
            "checked_at": result.checked_at,
            "expires_at": result.expires_at,
            "logged": [list(one) for one in result.logged],
        },
    )
    return created


def find(identifier: str, /, *, now: Instant) -> ResultDigest | None:
    """A result that is still to be read."""
    row = SharedResult.objects.filter(pk=identifier, expires_at__gt=now).first()
    if row is None:
        return None
    return ResultDigest(
        id=row.pk,
        sha256=row.sha256,
        verdict=Verdict(row.verdict),
        indication=row.indication,
        sub_indication=row.sub_indication,
        why=row.why,
        names=tuple(row.names),
        signatures=row.signatures,
        trial=row.trial,
        checked_at=instant(row.checked_at),
        expires_at=instant(row.expires_at),
        logged=tuple((int(number), int(logged)) for number, logged in row.logged),
    )


def delete_expired(*, now: Instant) -> int:
    """Forget what is over its time. Returns how many."""
    deleted, _ = SharedResult.objects.filter(expires_at__lte=now).delete()
    return deleted
