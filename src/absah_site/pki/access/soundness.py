"""Whether the register is what its certificates say."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from absah.kernel.errors import AbsahError
from absah.pki.certificates import load_certificate, serial_of
from absah_site.pki import store
from absah_site.pki.access.certificates import fingerprint_of, serial_text
from absah_site.pki.store import (
    RegisteredAuthority,
    RegisteredCertificate,
)

_ALL_SIGNATURES = 1_000
_ONE_IN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterReport:
    """What a look at the whole register found: how many rows there are, and how many contradict their certificate."""

    rows: int
    damaged: int

    @property
    def consistent(self) -> bool:
        return self.damaged == 0


def assess_register() -> RegisterReport:
    """Compare every row with the certificate in it, and every intention with its result.

    Whether the issuer signed it is looked at for the first thousand rows, then for one in a hundred.
    """
    issuers = {found.slug: found for found in store.authorities()}
    rows = damaged = 0
    for row in store.every_certificate():
        with_signature = rows < _ALL_SIGNATURES or rows % _ONE_IN == 0
        damaged += not _row_is_sound(row, issuers[row.issuer], with_signature=with_signature)
        rows += 1
    return RegisterReport(rows=rows, damaged=damaged + store.issued_without_certificate())


def _row_is_sound(row: RegisteredCertificate, issuer: RegisteredAuthority, *, with_signature: bool) -> bool:
    if fingerprint_of(row.certificate) != row.fingerprint:
        return False
    try:
        parsed = load_certificate(row.certificate)
        if with_signature:
            parsed.verify_directly_issued_by(load_certificate(issuer.certificate))
    except (AbsahError, ValueError, TypeError, InvalidSignature):
        return False
    return serial_text(serial_of(parsed)) == row.serial and parsed.not_valid_after_utc == row.not_after
