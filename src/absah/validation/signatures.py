"""One signature by itself: its form, its certificate, its digest, its value (ETSI EN 319 102-1 §5.2.2, 5.2.3, 5.2.7).

Nothing here needs trust or time. What is found broken is broken for ever; what passes still has to be somebody's.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from absah.kernel.errors import AbsahError
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, SignatureInvalid
from absah.pki.cms import SignedData, SignerInfo, verify_signer_info
from absah.pki.cms_attributes import SignedAttributes
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.checks import Check, CheckName, failed, passed
from absah.validation.conclusion import SubIndication
from absah.validation.evidence import SignatureEvidence

PADES: Final = "ETSI.CAdES.detached"
LEGACY: Final = "adbe.pkcs7.detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReading:
    """What could be read of a signature; later parts are None where an earlier one failed."""

    checks: tuple[Check, ...]
    signed: SignedData | None = None
    signer: SignerInfo | None = None
    certificate: KnownCertificate | None = None


def read_detached(
    evidence: SignatureEvidence, signed: SignedData, elsewhere: tuple[KnownCertificate, ...], covered: Check, /
) -> SignatureReading:
    """A detached CMS with signed attributes. `elsewhere` are certificates that did not come with it."""
    signer = signed.signers[0]
    attributes = signer.attributes
    problem = _form_problem(signed, attributes)
    if attributes is None or problem:
        check = failed(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE, problem=problem)
        return SignatureReading(checks=(covered, check))
    checks = [covered, passed(CheckName.SIGNATURE_READABLE), *_check_form(evidence, attributes)]
    digest = check_digest(evidence, signer.digest, attributes.message_digest)
    certificate = _signing_certificate(evidence, signed, signer, attributes, elsewhere)
    if certificate is None:
        check = failed(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
        return SignatureReading(checks=(*checks, digest, check), signed=signed, signer=signer)
    checks += [digest, passed(CheckName.SIGNING_CERTIFICATE), _check_value(signer, certificate)]
    return SignatureReading(checks=tuple(checks), signed=signed, signer=signer, certificate=certificate)


def _form_problem(signed: SignedData, attributes: SignedAttributes | None) -> str:
    """ISO 32000-2 §12.8.3.3 and EN 319 142-1 §6.3: one signer, detached, with signed attributes over plain data."""
    if len(signed.signers) != 1:
        return "several-signers"
    if signed.content is not None or signed.content_type != oids.DATA:
        return "content-inside"
    if attributes is None:
        return "no-signed-attributes"
    return "" if attributes.content_type == signed.content_type else "content-type"


def _check_form(evidence: SignatureEvidence, attributes: SignedAttributes) -> list[Check]:
    if evidence.sub_filter not in {PADES, LEGACY}:
        return [failed(CheckName.SIGNATURE_FORM, SubIndication.GENERIC, form=evidence.sub_filter)]
    checks = [passed(CheckName.SIGNATURE_FORM)]
    if evidence.sub_filter == LEGACY:
        checks.append(failed(CheckName.LEGACY_FORM, SubIndication.SIG_CONSTRAINTS_FAILURE, form=LEGACY))
    # EN 319 142-1 §6.3: the claimed time stands in /M; "the signing-time attribute shall not be used".
    elif attributes.signing_time is not None:
        checks.append(failed(CheckName.SIGNING_TIME_ATTRIBUTE, SubIndication.SIG_CONSTRAINTS_FAILURE))
    return checks


def check_digest(evidence: SignatureEvidence, algorithm: DigestAlgorithm, stated: bytes, /) -> Check:
    """Whether the bytes that are covered have the digest that the signature states."""
    found = next((fact.value for fact in evidence.digests if fact.algorithm is algorithm), None)
    if found is None:
        return failed(CheckName.DOCUMENT_DIGEST, SubIndication.SIGNED_DATA_NOT_FOUND, algorithm=algorithm)
    if not hmac.compare_digest(found, stated):
        return failed(CheckName.DOCUMENT_DIGEST, SubIndication.HASH_FAILURE, algorithm=algorithm)
    return passed(CheckName.DOCUMENT_DIGEST, algorithm=algorithm)


def _signing_certificate(
    evidence: SignatureEvidence,
    signed: SignedData,
    signer: SignerInfo,
    attributes: SignedAttributes,
    elsewhere: tuple[KnownCertificate, ...],
) -> KnownCertificate | None:
    """The certificate that the signature itself names. Who can swap the certificate can swap the signer's name.

    PAdES signs a digest of it (ESS); without that attribute a PAdES signature names nobody. Older forms may do
    without, and are then taken at the word of their issuer and serial number.
    """
    pool = [*signed.certificates, *(certificate.der for certificate in elsewhere)]
    if attributes.ess_certificate_hash is not None:
        named = (candidate for candidate in pool if attributes.names(candidate) and signer.is_by(candidate))
    elif evidence.sub_filter != PADES:
        named = (candidate for candidate in pool if signer.is_by(candidate))
    else:
        return None
    found = next(named, None)
    return None if found is None else read_certificate(found)


def _check_value(signer: SignerInfo, certificate: KnownCertificate) -> Check:
    return check_value(lambda: verify_signer_info(signer, certificate.public_key))


def check_value(verify: Callable[[], None], /) -> Check:
    """What a computation says of the signature value: it holds, it does not, or nobody here can compute it."""
    try:
        verify()
    except SignatureInvalid:
        return failed(CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE)
    except AbsahError as problem:
        return failed(CheckName.SIGNATURE_VALUE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, problem=problem.code)
    return passed(CheckName.SIGNATURE_VALUE)
