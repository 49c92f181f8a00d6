"""What can be known about a certificate's state: good, revoked since when and why, or unknown."""

from dataclasses import dataclass
from enum import IntEnum
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
