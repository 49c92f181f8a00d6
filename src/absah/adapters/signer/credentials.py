"""The life of a credential: made, certified, perhaps suspended, at last revoked. Each step is one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import BasicConstraints, Certificate, ExtendedKeyUsage, ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID

from absah.adapters.key_vault import ByPassphrase, ByService, KeyProtection, StoredKey
from absah.adapters.sealing import Belonging, wiped_after
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.errors import (
    CertificateForeign,
    CertificateUnfit,
    ChainBroken,
    CredentialExists,
    CredentialNotPending,
    CredentialPending,
    CredentialRevoked,
    KindRefused,
    ProtectionRefused,
    SignerBusy,
    TotpAlreadyBound,
)
from absah.adapters.signer.factors import FactorCheck
from absah.adapters.signer.records import BoundTotp, CertifiedChain, Credential, KeyKind, KeyUse, ProtectionMode
from absah.pki.algorithms import (
    KeyAlgorithm,
    SignatureScheme,
    digest_algorithm_for,
    key_algorithm_of,
    signature_algorithm_for,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId, CredentialState, CredentialView

_NEVER_USED = -1
_FIRST_VERSION = 1
# The applications in whose names passphrases and codes are tried, when nothing is signed.
_CHANGE_DESK = "absah:passphrase-change"
_APP_DESK = "absah:authenticator-app"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A key that is about to be kept."""

    name: CredentialId
    kind: KeyKind
    algorithm: KeyAlgorithm
    protection: ProtectionMode
    key: StoredKey
    scheme: SignatureScheme | None = None


@final
class CredentialKeeper:
    """Makes credentials and changes them."""

    def __init__(self, custody: Custody, factors: FactorCheck, /) -> None:
        self._custody = custody
        self._factors = factors

    def create_key(
        self,
        name: CredentialId,
        /,
        *,
        kind: KeyKind,
        algorithm: KeyAlgorithm,
        protection: KeyProtection,
        scheme: SignatureScheme | None = None,
    ) -> bytes:
        """Make a key where the settings say; its public half (SPKI DER), answered when the private half is kept.

        `scheme` is how it will sign documents, if not as usual. Raises CredentialExists, ProtectionRefused,
        SignatureKeyMismatch, and the errors of tokens.
        """
        custody = self._custody
        signature_algorithm_for(algorithm, digest_algorithm_for(algorithm), scheme)
        if isinstance(protection, ByPassphrase) and not kind.signs_documents:
            raise ProtectionRefused(kind=kind.value)
        self._check_new(name)
        with custody.pool.place():
            made = custody.pool.run(lambda: custody.vault.generate(algorithm, _belonging(name, kind), protection))
        mode = ProtectionMode.SERVICE if isinstance(protection, ByService) else ProtectionMode.PASSPHRASE
        new = _Made(name=name, kind=kind, algorithm=algorithm, protection=mode, key=made, scheme=scheme)
        self._keep(new, "create-key")
        return made.public_key

    def adopt_key(self, name: CredentialId, /, *, kind: KeyKind, token: str, key_id: bytes) -> bytes:
        """Take a service's key into custody that others made in a token; its public half.

        Raises ProtectionRefused, CredentialExists, TokenKeyMissing, TokenKeyExtractable, KeyNotAllowed.
        """
        self._check_foreign(name, kind)
        made = self._custody.vault.adopt(token, key_id, _belonging(name, kind))
        return self._keep_foreign(name, kind, made, "adopt-key")

    def import_key(self, name: CredentialId, /, *, kind: KeyKind, plain: bytearray) -> bytes:
        """Take a service's key into custody that was made elsewhere (PKCS #8 DER); its public half. Wipes `plain`.

        Raises ImportRefused, ProtectionRefused, CredentialExists, SealUnreadable, KeyNotAllowed.
        """
        with wiped_after(plain):
            self._check_foreign(name, kind)
            made = self._custody.vault.bring_in(plain, _belonging(name, kind))
        return self._keep_foreign(name, kind, made, "import-key")

    def _check_foreign(self, name: CredentialId, kind: KeyKind) -> None:
        # PP 71/2019 Ps 63: a signer's key is made under the signer's control; somebody else's copy would never be.
        if kind.signs_documents:
            raise ProtectionRefused(kind=kind.value)
        self._check_new(name)

    def _check_new(self, name: CredentialId) -> None:
        """Before a token makes a key that could then not be kept. Raises CredentialExists."""
        with self._custody.store.transaction() as transaction:
            if transaction.has_credential(name):
                raise CredentialExists

    def _keep_foreign(self, name: CredentialId, kind: KeyKind, made: StoredKey, operation: str) -> bytes:
        algorithm = key_algorithm_of(made.public_key)
        new = _Made(name=name, kind=kind, algorithm=algorithm, protection=ProtectionMode.SERVICE, key=made)
        self._keep(new, operation)
        return made.public_key

    def _keep(self, new: "_Made", operation: str) -> None:
        credential = Credential(
            credential=new.name,
            kind=new.kind,
            algorithm=new.algorithm,
            protection=new.protection,
            key_version=_FIRST_VERSION,
            public_key=new.key.public_key,
            stored_key=new.key.stored,
            state=CredentialState.PENDING,
            certified=None,
            place=new.key.place,
            scheme=new.scheme,
        )
        with self._custody.store.transaction() as transaction:
            transaction.add_credential(credential)
            use = KeyUse(credential=new.name, operation=operation, subject=new.key.place)
            transaction.record(use, self._custody.clock.now())

    def all(self) -> tuple[Credential, ...]:
        """Every credential, with the place of its key."""
        with self._custody.store.transaction() as transaction:
            return transaction.credentials()

    def of(self, names: Iterable[CredentialId], /) -> tuple[Credential, ...]:
        """The same for those of these names that are there."""
        with self._custody.store.reading() as transaction:
            return tuple(transaction.credential(name) for name in names if transaction.has_credential(name))

    def attach_certificate(self, name: CredentialId, certified: CertifiedChain, /) -> None:
        """Give a key its certificate, or a newer one. A pending credential becomes active.

        Raises CertificateForeign, CertificateUnfit, ChainBroken, CredentialRevoked, CertificateUnreadable.
        """
        custody = self._custody
        certificate = load_certificate(certified.certificate)
        _check_chain(certificate, certified.chain)
        with custody.store.transaction() as transaction:
            credential = transaction.credential(name)
            if credential.state is CredentialState.REVOKED:
                raise CredentialRevoked
            if public_key_of_certificate(certificate) != credential.public_key:
                raise CertificateForeign
            _check_purpose(certificate, credential.kind)
            transaction.attach(name, certified)
            use = KeyUse(credential=name, operation="attach-certificate", subject=f"{certificate.serial_number:x}")
            transaction.record(use, custody.clock.now())
        self._close(name)

    def view(self, name: CredentialId, /) -> CredentialView:
        """What everybody may know. Raises CredentialUnknown, CredentialPending."""
        credential = self._custody.credential(name)
        if credential.certified is None:
            raise CredentialPending
        return CredentialView(
            certificate=credential.certified.certificate,
            chain=credential.certified.chain,
            key_algorithm=credential.algorithm,
            state=credential.state,
            scheme=credential.scheme,
        )

    def change_state(self, name: CredentialId, state: CredentialState, /) -> None:
        """Suspend, lift a suspension, or revoke for ever. When this returns, nothing more is signed.

        Raises CredentialPending, CredentialRevoked.
        """
        custody = self._custody
        with custody.store.transaction() as transaction:
            before = transaction.credential(name).state
            if CredentialState.PENDING in (before, state):
                raise CredentialPending
            if before is CredentialState.REVOKED and state is not CredentialState.REVOKED:
                raise CredentialRevoked
            transaction.set_state(name, state)
            transaction.record(KeyUse(credential=name, operation=f"change-state:{state.value}"), custody.clock.now())
        if state is not CredentialState.ACTIVE:
            self._close(name)

    def change_passphrase(self, name: CredentialId, old: Secret, new: Secret, /) -> None:
        """Seal the same key under another passphrase. The old one counts as an attempt: WrongPassphrase, MustWait."""
        custody = self._custody
        credential = custody.credential(name)
        if credential.protection is not ProtectionMode.PASSPHRASE:
            raise ProtectionRefused(kind=credential.kind.value)
        self._factors.check_passphrase(_CHANGE_DESK, credential, old)
        protections = (ByPassphrase(old), ByPassphrase(new))
        with custody.pool.place():
            stored = custody.pool.run(
                lambda: custody.vault.protect_again(credential.stored_key, credential.belonging, protections)
            )
        with custody.store.transaction() as transaction:
            if transaction.credential(name).stored_key != credential.stored_key:
                raise SignerBusy  # somebody else changed it meanwhile
            transaction.set_stored_key(name, stored)
            transaction.record(KeyUse(credential=name, operation="change-passphrase"), custody.clock.now())
        self._close(name)

    def bind_totp(self, name: CredentialId, /, *, required: bool, passphrase: Secret | None = None) -> str:
        """Bind an authenticator app; its secret in base32, shown this once. Raises TotpAlreadyBound.

        With `required` a passphrase alone does not open the key any more. An app that has shown a code is never
        replaced: whoever took over the web process could otherwise bind an own one and sign with it. One that never
        has, because it never read the secret, is replaced by whoever shows the passphrase: WrongPassphrase, MustWait.
        """
        custody = self._custody
        may_replace = passphrase is not None and self._is_unconfirmed(name)
        if passphrase is not None and may_replace:
            self._factors.check_passphrase(_APP_DESK, custody.credential(name), passphrase)
        spelled, sealed = self._factors.make_totp(name)
        with custody.store.transaction() as transaction:
            credential = transaction.credential(name)
            if not credential.kind.signs_documents:
                raise KindRefused(kind=credential.kind.value, operation="bind-totp")
            if credential.state is CredentialState.REVOKED:
                raise CredentialRevoked
            bound = transaction.totp_of(name)
            if bound is not None and not (may_replace and bound.last_step == _NEVER_USED):
                raise TotpAlreadyBound
            transaction.bind_totp(name, BoundTotp(sealed_secret=sealed, required=required, last_step=_NEVER_USED))
            transaction.record(KeyUse(credential=name, operation="bind-totp"), custody.clock.now())
        self._close(name)
        return spelled

    def _is_unconfirmed(self, name: CredentialId) -> bool:
        with self._custody.store.transaction() as transaction:
            bound = transaction.totp_of(name)
        return bound is not None and bound.last_step == _NEVER_USED

    def confirm_totp(self, name: CredentialId, code: Secret, /) -> None:
        """The app that was bound shows its first code: it has read the secret. Counted like every attempt.

        Raises FactorNotBound, WrongTotp, MustWait.
        """
        custody = self._custody
        self._factors.check_totp(_APP_DESK, custody.credential(name), code)
        with custody.store.transaction() as transaction:
            transaction.record(KeyUse(credential=name, operation="confirm-totp"), custody.clock.now())

    def drop_pending(self, name: CredentialId, /) -> None:
        """Forget a key that never got a certificate, and remove it from its token. Raises CredentialNotPending."""
        custody = self._custody
        credential = custody.credential(name)
        if credential.state is not CredentialState.PENDING:
            raise CredentialNotPending
        # First the key, then the row: whoever is killed in between drops it again, and nothing is left in the token.
        custody.vault.destroy(credential.place)
        with custody.store.transaction() as transaction:
            if transaction.credential(name).state is not CredentialState.PENDING:
                raise CredentialNotPending
            transaction.drop_credential(name)
            transaction.record(KeyUse(credential=name, operation="drop-pending"), custody.clock.now())

    def _close(self, name: CredentialId) -> None:
        self._custody.consents.withdraw(name)
        self._custody.opened.close(name)


def _belonging(name: CredentialId, kind: KeyKind) -> Belonging:
    return Belonging(credential=name, kind=kind.value, key_version=_FIRST_VERSION)


def _check_chain(certificate: Certificate, chain: tuple[bytes, ...]) -> None:
    """Each certificate is signed by the next. Whether the last one is trusted is not a question for the signer."""
    below = certificate
    for above in map(load_certificate, chain):
        try:
            below.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            raise ChainBroken from None
        below = above


def _check_purpose(certificate: Certificate, kind: KeyKind) -> None:
    """The certificate says the same as the kind: a second lock, beside the check of the kind at each use."""
    try:
        is_authority = certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        is_authority = False
    try:
        usages = set(certificate.extensions.get_extension_for_class(ExtendedKeyUsage).value)
    except ExtensionNotFound:
        usages = set()
    of_services = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING}
    wanted = {KeyKind.TSA: {ExtendedKeyUsageOID.TIME_STAMPING}, KeyKind.OCSP: {ExtendedKeyUsageOID.OCSP_SIGNING}}
    # RFC 5280 §4.2.1.9 for the first, RFC 3161 §2.3 and RFC 6960 §4.2.2.2 for the second.
    if is_authority is not (kind is KeyKind.AUTHORITY) or usages & of_services != wanted.get(kind, set()):
        raise CertificateUnfit(kind=kind.value)
