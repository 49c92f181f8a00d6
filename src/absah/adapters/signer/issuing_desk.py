"""Issues certificates in two exchanges, so that their caller and the signer wait for their disks at the same time.

`begin` does all that comes before the signatures, and what it intends is in the signer's journal when it answers.
Meanwhile the caller commits its own intentions; only then it asks for the signatures, with `finish`, or it withdraws.
"""

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final, final

from absah.adapters.signer.custody import Custody
from absah.adapters.signer.errors import PreparationUnknown, SignerBusy
from absah.adapters.signer.services import Prepared, ServiceDesk
from absah.pki.issuance import CertificateOrder
from absah.signing.ports import CredentialId

#: A caller may have to wait that long for its own database.
_LIFETIME: Final = timedelta(minutes=1).total_seconds()
#: So many certificates at a time, in all preparations together.
_MOST: Final = 4096
_TOKEN_SIZE: Final = 16
#: What the journal says of intentions that came to nothing.
_WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class _Waiting:
    prepared: Prepared
    deadline: float


@final
class IssuingDesk:
    """The certificates that wait for a word of their callers. Each lot has a token that only its caller knows."""

    def __init__(self, custody: Custody, services: ServiceDesk, /) -> None:
        self._custody = custody
        self._services = services
        self._waiting: dict[bytes, _Waiting] = {}
        self._turn = Lock()

    def begin(self, issuer: CredentialId, orders: tuple[CertificateOrder, ...], /) -> bytes:
        """A token for the lot. Raises SignerBusy and what `prepare_certificates` raises."""
        self.drop_expired()
        with self._turn:
            if sum(len(one.prepared.linted) for one in self._waiting.values()) >= _MOST:
                raise SignerBusy
        prepared = self._services.prepare_certificates(issuer, orders)
        token = self._custody.rng.token(_TOKEN_SIZE)
        with self._turn:
            self._waiting[token] = _Waiting(prepared, self._custody.clock.monotonic() + _LIFETIME)
        return token

    def finish(self, token: bytes, /) -> tuple[bytes, ...]:
        """The certificates (DER), in their order. Raises PreparationUnknown and the states of the issuer."""
        custody, prepared = self._custody, self._taken(token)
        try:
            # Looked at again: after a suspension has been answered nothing is signed that was prepared before it.
            custody.check_in_force(prepared.credential.credential)
        except BaseException:
            custody.conclude(prepared.intended, _WITHDRAWN)
            raise
        return self._services.sign_prepared(prepared)

    def withdraw(self, token: bytes, /) -> None:
        """Sign nothing of it. Raises PreparationUnknown."""
        self._custody.conclude(self._taken(token).intended, _WITHDRAWN)

    def drop_expired(self) -> None:
        """Withdraw the lots whose callers have gone silent."""
        now = self._custody.clock.monotonic()
        with self._turn:
            silent = [token for token, one in self._waiting.items() if one.deadline < now]
            dropped = [self._waiting.pop(token).prepared for token in silent]
        for prepared in dropped:
            self._custody.conclude(prepared.intended, _WITHDRAWN)

    def _taken(self, token: bytes) -> Prepared:
        self.drop_expired()
        with self._turn:
            found = self._waiting.pop(token, None)
        if found is None:
            raise PreparationUnknown
        return found.prepared
