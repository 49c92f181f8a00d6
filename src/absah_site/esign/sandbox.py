"""What a sandbox pretends: so that developers see how their programs take a slow service, a failing one, a lost key.

An application says it of itself (`Faults`), and only where certificates are for trial. Nothing is signed when a failure
is pretended, and the record of uses has it under the code that was pretended.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from time import sleep
from typing import Final

from absah.adapters.signer.errors import SignerBusy, WrongPassphrase
from absah.esign.client.refusals import OutcomeUnknown
from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError
from absah.signing.refusals import CertificateExpired, CertificateRevoked, CredentialNotUsable
from absah_site import composition
from absah_site.esign.exchange import Call

_LONGEST_DELAY: Final = 120.0
_READING: Final = ("v1.status", "v2.status")
FAULT: Final = "500"

_OUTCOMES: Final[Mapping[str, Callable[[], AbsahError]]] = {
    "wrong-passphrase": lambda: WrongPassphrase(left=4),
    "expired": lambda: CertificateExpired(last=legal_date(composition.clock().now()).isoformat()),
    "suspended": lambda: CredentialNotUsable(state="suspended"),
    "revoked": CertificateRevoked,
    "busy": SignerBusy,
    "unknown": lambda: OutcomeUnknown(problem="sandbox"),
}


class Pretended(Exception):
    """The answer is to be a failure of the service itself."""


@cache
def _counts() -> tuple[Counter[str], Lock]:
    return Counter(), Lock()


def pretend(call: Call, /) -> None:
    """Wait, and fail where it is this call's turn. Raises Pretended, or the refusal that is pretended."""
    faults = call.application.faults
    if not faults.any or not composition.config().trial:
        return
    if faults.delay:
        sleep(min(faults.delay, _LONGEST_DELAY))
    if not faults.outcome or call.operation in _READING or not _is_its_turn(call, faults.every):
        return
    if faults.outcome == FAULT:
        raise Pretended
    make = _OUTCOMES[faults.outcome]
    raise make()


def _is_its_turn(call: Call, every: int) -> bool:
    counts, lock = _counts()
    with lock:
        counts[call.application.reference] += 1
        return counts[call.application.reference] % max(1, every) == 0
