"""Signs revocation lists of any length: begun with their head, grown by packed entries, signed at the end.

A frame on the socket holds 32 MiB, and a list of a million entries is longer. So the entries come in parts, each is
checked and encoded here, next to the key, and only the signature goes back: the caller encodes the same entries, and
its list holds exactly if it is the one that was signed.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, final

from absah.adapters.signer.custody import Custody, check_kind, check_usable_now
from absah.adapters.signer.errors import CrlDraftUnknown, IssuerForeign, SignerBusy
from absah.adapters.signer.records import KeyKind, KeyUse
from absah.pki.crl_building import CrlAssembler, CrlHeader
from absah.signing.ports import CredentialId

_OPERATION: Final = "issue-crl"
_LIFETIME: Final = timedelta(minutes=5).total_seconds()
_MOST: Final = 4
_TOKEN_SIZE: Final = 16


@dataclass(slots=True)
class _Draft:
    """A list that grows. `turn` keeps two connections from growing it at once."""

    issuer: CredentialId
    number: int
    assembler: CrlAssembler
    deadline: float
    turn: Lock = field(default_factory=Lock)


@final
class CrlDesk:
    """The lists that are being made. Each is known by a token that only its caller has, for five minutes."""

    def __init__(self, custody: Custody, /) -> None:
        self._custody = custody
        self._drafts: dict[bytes, _Draft] = {}
        self._turn = Lock()

    def begin(self, issuer: CredentialId, header: CrlHeader, /) -> bytes:
        """A token for the list. Raises IssuerForeign, KindRefused, CrlIssuerRefused, SignerBusy."""
        custody = self._custody
        credential = custody.credential(issuer)
        check_kind(credential, frozenset({KeyKind.AUTHORITY}), _OPERATION)
        if header.issuer_der != check_usable_now(credential, custody.clock).certificate:
            raise IssuerForeign
        draft = _Draft(issuer, header.number, CrlAssembler(header), custody.clock.monotonic() + _LIFETIME)
        token = custody.rng.token(_TOKEN_SIZE)
        with self._turn:
            self._forget_expired()
            if len(self._drafts) >= _MOST:
                raise SignerBusy
            self._drafts[token] = draft
        return token

    def append(self, token: bytes, packed: bytes, /) -> None:
        """Let the list grow. Raises CrlDraftUnknown, CrlPlanRefused; the list is given up then."""
        draft = self._draft(token)
        try:
            with draft.turn:
                draft.assembler.add(packed)
        except BaseException:
            self._forget(token)
            raise

    def finish(self, token: bytes, /) -> bytes:
        """The signature. Raises CrlDraftUnknown and the states of the credential."""
        draft = self._draft(token)
        self._forget(token)
        subject = f"{draft.number:x}:{draft.assembler.count}"
        use = KeyUse(credential=draft.issuer, operation=_OPERATION, subject=subject)
        with draft.turn, self._custody.using(use):
            credential = self._custody.credential(draft.issuer)
            return draft.assembler.sign(self._custody.service_key(credential).signing_key())

    def _draft(self, token: bytes) -> _Draft:
        with self._turn:
            self._forget_expired()
            draft = self._drafts.get(token)
        if draft is None:
            raise CrlDraftUnknown
        return draft

    def _forget(self, token: bytes) -> None:
        with self._turn:
            self._drafts.pop(token, None)

    def _forget_expired(self) -> None:
        now = self._custody.clock.monotonic()
        for token in [token for token, draft in self._drafts.items() if draft.deadline < now]:
            del self._drafts[token]
