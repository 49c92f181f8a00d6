"""What the signer tells of a credential, asked for once for each certificate.

Certificate, chain and way of signing stay as they are for as long as the certificate does. Its state does not: the
signer looks at it again whenever the key is used, so that a view which is remembered permits nothing.
"""

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Final, final

from absah.signing.ports import CredentialId, CredentialState, CredentialView, Signer

_MOST: Final = 1_000


@final
class KnownViews:
    """The views of credentials whose certificates are known from elsewhere, by fingerprint (SHA-256, hexadecimal)."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[CredentialId, str], CredentialView] = OrderedDict()
        self._turn = Lock()

    def view(self, signer: Signer, credential: CredentialId, fingerprint: str, /) -> CredentialView:
        """The view of a credential with this certificate. One with another certificate is not remembered."""
        key = (credential, fingerprint)
        with self._turn:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        found = signer.certificate_chain(credential)
        if found.state is CredentialState.ACTIVE and hashlib.sha256(found.certificate).hexdigest() == fingerprint:
            with self._turn:
                self._known[key] = found
                while len(self._known) > _MOST:
                    self._known.popitem(last=False)
        return found
