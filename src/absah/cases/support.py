"""From a verification that failed to the class of problem that a ticket is opened with (K2-d).

A suggestion: the person who opens the ticket has the last word.
"""

from collections.abc import Iterable
from typing import Final

AUTHENTICITY, INTEGRITY, NON_REPUDIATION, LIFE_CYCLE = "authenticity", "integrity", "non-repudiation", "life-cycle"

#: What the sub-indications of EN 319 102-1 (Table 6) put in doubt, the gravest first.
_CLASSES: Final = (
    (INTEGRITY, {"HASH_FAILURE", "SIG_CRYPTO_FAILURE", "FORMAT_FAILURE"}),
    (LIFE_CYCLE, {"REVOKED", "EXPIRED", "NOT_YET_VALID", "REVOKED_NO_POE", "OUT_OF_BOUNDS_NO_POE", "TRY_LATER"}),
    (NON_REPUDIATION, {"NO_POE", "TIMESTAMP_ORDER_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"}),
    (AUTHENTICITY, {"NO_CERTIFICATE_CHAIN_FOUND", "CERTIFICATE_CHAIN_GENERAL_FAILURE", "NO_SIGNING_CERTIFICATE_FOUND"}),
)


def suggested_class(reasons: Iterable[str], /) -> str:
    """The class that the reasons of a verification (sub-indications) suggest; authenticity where none is known."""
    given = {reason.upper().replace("-", "_") for reason in reasons}
    return next((found for found, known in _CLASSES if given & known), AUTHENTICITY)
