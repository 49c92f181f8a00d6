"""What can be known about a certificate's state: good, revoked since when and why, or unknown."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

from absah.kernel.clock import Instant


class RevocationReason(IntEnum):
    """CRLReason (RFC 5280 §5.3.1), with the numbers of the norm."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


class Cause(StrEnum):
    """Why an agency or a holder wants a certificate ended or held, in the words of their forms.

    The world sees the CRLReason that follows from it; the cause stays in the register (a person's death is nobody
    else's business). Stored for ever: members may be added, never renamed.
    """

    TRANSFERRED = "mutasi"
    RETIRED = "pensiun"
    RESIGNED = "berhenti"
    DECEASED = "meninggal"
    DATA_CHANGED = "data-berubah"
    KEY_COMPROMISED = "kunci-bocor"
    DEVICE_LOST = "perangkat-hilang"
    KEY_LOST = "kunci-hilang"
    REPLACED = "diganti"
    AGREEMENT_ENDED = "pks-berakhir"
    VIOLATION = "pelanggaran"

    @property
    def reason(self) -> RevocationReason:
        """The CRLReason that goes with it."""
        return _REASONS[self]


_REASONS = {
    # RFC 5280 §5.3.1 gives the words, ITU-T X.509 §9.5.3.1 their meaning.
    Cause.TRANSFERRED: RevocationReason.AFFILIATION_CHANGED,
    Cause.RETIRED: RevocationReason.CESSATION_OF_OPERATION,
    Cause.RESIGNED: RevocationReason.AFFILIATION_CHANGED,
    Cause.DECEASED: RevocationReason.CESSATION_OF_OPERATION,
    Cause.DATA_CHANGED: RevocationReason.AFFILIATION_CHANGED,
    Cause.KEY_COMPROMISED: RevocationReason.KEY_COMPROMISE,
    # Who has the device may have the key: nobody can tell, so it counts as compromised.
    Cause.DEVICE_LOST: RevocationReason.KEY_COMPROMISE,
    Cause.KEY_LOST: RevocationReason.KEY_COMPROMISE,
    Cause.REPLACED: RevocationReason.SUPERSEDED,
    Cause.AGREEMENT_ENDED: RevocationReason.CESSATION_OF_OPERATION,
    Cause.VIOLATION: RevocationReason.PRIVILEGE_WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """Not revoked, as far as the source knows (RFC 6960 §2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """Revoked, since an instant, for a reason."""

    at: Instant
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The source does not know the certificate."""


RevocationStatus: TypeAlias = Good | Revoked | Unknown
