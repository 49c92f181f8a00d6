"""Signs documents: a consent to a set of digests first, then signed attributes that name one of them (design §2).

The signer never signs a hash that the caller chose. It reads the signed attributes, finds the document's digest and
its own certificate in them and nothing else, hashes them itself, and signs each digest of a consent once.

Who has the documents ready may have all of it at once: agreed, signed and time-stamped in one exchange, with one
intention for the keys of the signer and of the time-stamping authority.
"""

from collections.abc import Iterable
from typing import Final, final

from absah.adapters.signer.custody import Custody, check_kind, check_usable_now
from absah.adapters.signer.errors import (
    AttributesRefused,
    CertificateExpired,
    CredentialRevoked,
    CredentialSuspended,
    DigestNotConsented,
    MessageRefused,
)
from absah.adapters.signer.factors import FactorCheck
from absah.adapters.signer.opened_keys import OpenedKey
from absah.adapters.signer.records import CertifiedChain, Credential, KeyKind, KeyUse
from absah.adapters.signer.services import ServiceDesk
from absah.kernel.errors import AbsahError
from absah.pki import oids
from absah.pki.algorithm_policy import AlgorithmUse, check_usable
from absah.pki.algorithms import DigestAlgorithm, sign_with
from absah.pki.cms import build_signed_attributes, parse_signed_attributes
from absah.signing.ports import Activation, CredentialId, DocumentDigest, SignedValues, SignerConsent

_DOCUMENT_KINDS: Final = frozenset({KeyKind.SUBSCRIBER, KeyKind.SEAL})
#: After these a key that was opened meanwhile must not stay open.
_STATES: Final = (CredentialSuspended, CredentialRevoked, CertificateExpired)


@final
class DocumentDesk:
    """Where signers authorise and their keys sign."""

    def __init__(self, custody: Custody, factors: FactorCheck, services: ServiceDesk, /) -> None:
        self._custody = custody
        self._factors = factors
        self._services = services

    def authorise(self, activation: Activation, /) -> SignerConsent:
        """Check the factors; the consent lives in this process for 60 to 120 seconds. See `FactorCheck.open`.

        The state is looked at before the factors, so that nobody spends attempts on a key that cannot sign anyway.
        """
        custody = self._custody
        credential, _ = self._ready(activation)
        opened = self._opened(activation, credential)
        consent = custody.consents.give(activation, opened)
        try:
            # A suspension may have been answered while the passphrase was derived: it closed what was open *then*.
            check_usable_now(custody.credential(activation.credential), custody.clock)
        except AbsahError:
            custody.consents.withdraw(activation.credential)
            custody.opened.close(activation.credential)
            raise
        return consent

    def _ready(self, activation: Activation) -> tuple[Credential, CertifiedChain]:
        """The credential and its certificate, if it may sign such digests today."""
        custody = self._custody
        credential = custody.credential(activation.credential)
        check_kind(credential, _DOCUMENT_KINDS, "authorise")
        certified = check_usable_now(credential, custody.clock)
        check_usable(credential.algorithm, AlgorithmUse.NEW, custody.clock.now().date())
        if not activation.digests or {len(digest) for digest in activation.digests} != {credential.way.digest.size}:
            raise MessageRefused(problem="digest-length")
        return credential, certified

    def _opened(self, activation: Activation, credential: Credential) -> OpenedKey:
        return self._factors.open(activation.application, credential, activation.factors, activation.digests)

    def sign(self, consent_id: str, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """Sign all of them, or none. Raises ConsentUnknown, DigestNotConsented, AttributesRefused."""
        custody = self._custody
        consent = custody.consents.find(consent_id).consent
        name: CredentialId = consent.credential
        credential = custody.credential(name)
        certified = check_usable_now(credential, custody.clock)
        digests = _checked_digests(signed_attributes, certified.certificate, consent.digests, credential.way.digest)
        # Used up before the key is used: whatever goes wrong below, no digest is ever signed twice.
        live = custody.consents.use_up(consent_id, digests)
        with custody.using(*_uses(live.consent, live.application, digests)):
            key = live.opened.signing_key()
            return tuple(sign_with(key, one, credential.way) for one in signed_attributes)

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, tsa: CredentialId | None
    ) -> SignedValues:
        """Check the factors, sign all of them, stamp each signature value with the key `tsa`: all, or nothing.

        What can be refused without the factors is refused before them. Raises what `authorise` and `sign` raise.
        """
        custody = self._custody
        credential, certified = self._ready(activation)
        digests = _checked_digests(signed_attributes, certified.certificate, activation.digests, credential.way.digest)
        if len(set(digests)) != len(digests) or set(digests) != set(activation.digests):
            raise DigestNotConsented
        stamping = None if tsa is None else self._services.stamping(tsa, digests)
        opened = self._opened(activation, credential)
        consent = custody.consents.written(activation, opened)
        try:
            # A suspension may have been answered while the passphrase was derived: then no use begins here.
            with custody.using(
                *_uses(consent, activation.application, digests), *(() if stamping is None else stamping.uses)
            ):
                key = opened.signing_key()
                signatures = tuple(sign_with(key, one, credential.way) for one in signed_attributes)
                tokens = () if stamping is None else stamping.tokens(signatures, credential.way.digest)
        except _STATES:
            custody.consents.withdraw(activation.credential)
            custody.opened.close(activation.credential)
            raise
        return SignedValues(consent=consent, signatures=signatures, tokens=tokens)


def _uses(consent: SignerConsent, application: str, digests: tuple[DocumentDigest, ...]) -> tuple[KeyUse, ...]:
    """What the journal says of signatures that are about to be made."""
    factors = tuple(factor.value for factor in consent.factors_used)
    return tuple(
        KeyUse(
            credential=consent.credential,
            operation="sign",
            subject=one.hex(),
            application=application,
            factors=factors,
        )
        for one in digests
    )


def _checked_digests(
    signed_attributes: tuple[bytes, ...],
    certificate: bytes,
    consented: Iterable[DocumentDigest],
    algorithm: DigestAlgorithm,
) -> tuple[DocumentDigest, ...]:
    """The document's digest in each. What is written as we write it for a digest that was agreed to is not read."""
    ours = {build_signed_attributes(oids.DATA, digest, certificate, algorithm): digest for digest in consented}
    return tuple(ours.get(one) or _checked_digest(one, certificate) for one in signed_attributes)


def _checked_digest(attributes_der: bytes, certificate: bytes) -> DocumentDigest:
    """The document's digest, once the attributes are known to be exactly what this credential signs."""
    attributes = parse_signed_attributes(attributes_der)
    algorithm = attributes.ess_hash_algorithm
    # EN 319 142-1 §6.3: content-type is id-data, and signing-time is forbidden; the claimed time is /M.
    if attributes.content_type != oids.DATA:
        raise AttributesRefused(attribute="content-type")
    if attributes.signing_time is not None:
        raise AttributesRefused(attribute="signing-time")
    # RFC 5035 §3: ties the signature to this certificate, so that another one cannot be put in its place.
    if algorithm is None or algorithm is DigestAlgorithm.SHA1 or not attributes.names(certificate):
        raise AttributesRefused(attribute="signing-certificate")
    if attributes.others:
        raise AttributesRefused(attribute=attributes.others[0])
    # Whatever the reader overlooks, a second certificate say, or an order that is not DER's, differs from our own.
    if build_signed_attributes(oids.DATA, attributes.message_digest, certificate, algorithm) != attributes_der:
        raise AttributesRefused(attribute="form")
    return DocumentDigest(attributes.message_digest)
