"""The forms of signatures in PDF by their /SubFilter (ISO 32000-2 §12.8.3): PAdES, and what came before it.

`adbe.pkcs7.detached` is PAdES without its profile. `adbe.pkcs7.sha1` signs a SHA-1 digest that it carries along;
`adbe.x509.rsa_sha1` is a bare RSA signature with its certificates beside it. The last two are deprecated since
ISO 32000-2, are told as legacy, and stand or fall with the date until which SHA-1 could be relied on.
"""

from functools import partial
from typing import Final

from absah.kernel.errors import AbsahError
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import AlgorithmUnknown
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm, SignatureInvalid, SignatureScheme, verify_digest
from absah.pki.certificates import issuer_bytes
from absah.pki.cms import IssuerAndSerial, SignedData, SignerInfo, verify_signer_info
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.checks import Check, CheckName, failed, passed
from absah.validation.conclusion import SubIndication
from absah.validation.containers import Containers
from absah.validation.evidence import NotCovered, SignatureEvidence
from absah.validation.signatures import (
    LEGACY,
    PADES,
    SignatureReading,
    check_digest,
    check_value,
    read_detached,
)

DIGEST_INSIDE: Final = "adbe.pkcs7.sha1"
BARE_RSA: Final = "adbe.x509.rsa_sha1"
KNOWN: Final = frozenset({PADES, LEGACY, DIGEST_INSIDE, BARE_RSA})


def read_signature(
    evidence: SignatureEvidence, elsewhere: tuple[KnownCertificate, ...], containers: Containers, /
) -> SignatureReading:
    """Read and check one signature of any form. `elsewhere` are certificates that did not come with it."""
    if isinstance(evidence.coverage, NotCovered):
        check = failed(CheckName.BYTE_RANGE, SubIndication.FORMAT_FAILURE, problem=evidence.coverage.problem)
        return SignatureReading(checks=(check,))
    covered = passed(CheckName.BYTE_RANGE, end=str(evidence.coverage.end), revision=str(evidence.coverage.revision))
    if evidence.sub_filter == BARE_RSA:
        return _read_bare_rsa(evidence, covered)
    try:
        signed = containers.signed_data(evidence.cms)
    except AbsahError as problem:
        return SignatureReading(checks=(covered, _unreadable(evidence, problem)))
    if evidence.sub_filter == DIGEST_INSIDE:
        return _read_digest_inside(evidence, signed, elsewhere, covered)
    if evidence.sub_filter == LEGACY and signed.signers[0].signed_attributes is None and signed.content is None:
        return _read_without_attributes(evidence, signed, elsewhere, covered)
    return read_detached(evidence, signed, elsewhere, covered)


def _unreadable(evidence: SignatureEvidence, problem: AbsahError) -> Check:
    """Broken, or only nothing that we can compute? In the second case the question stays open."""
    if evidence.sub_filter not in KNOWN:
        return failed(CheckName.SIGNATURE_FORM, SubIndication.GENERIC, form=evidence.sub_filter)
    unknown = isinstance(problem, AlgorithmUnknown)
    reason = SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE if unknown else SubIndication.FORMAT_FAILURE
    return failed(CheckName.SIGNATURE_READABLE, reason, problem=str(problem))


def _read_digest_inside(
    evidence: SignatureEvidence, signed: SignedData, elsewhere: tuple[KnownCertificate, ...], covered: Check
) -> SignatureReading:
    """ISO 32000-1 §12.8.3.3.1: "the SHA1 digest of the document's byte range shall be encapsulated"."""
    signer, content = signed.signers[0], signed.content
    attributes = signer.attributes
    if len(signed.signers) != 1 or content is None or signed.content_type != oids.DATA:
        return _misshapen(covered, "no-digest-inside")
    if attributes is not None and attributes.content_type != signed.content_type:
        return _misshapen(covered, "content-type")
    checks = [covered, passed(CheckName.SIGNATURE_READABLE), *_legacy(evidence)]
    checks.append(check_digest(evidence, DigestAlgorithm.SHA1, content))
    certificate = _named(signed, signer, elsewhere)
    if certificate is None:
        return _anonymous(checks, signed, signer)
    checks.append(passed(CheckName.SIGNING_CERTIFICATE))
    # What the signed attributes state is the digest of the digest.
    if attributes is not None and attributes.message_digest != signer.digest.digest(content):
        checks.append(failed(CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE, problem="message-digest"))
    else:
        checks.append(check_value(partial(verify_signer_info, signer, certificate.public_key, content=content)))
    return SignatureReading(checks=tuple(checks), signed=signed, signer=signer, certificate=certificate)


def _read_without_attributes(
    evidence: SignatureEvidence, signed: SignedData, elsewhere: tuple[KnownCertificate, ...], covered: Check
) -> SignatureReading:
    """RFC 5652 §5.4: without signed attributes the signature is over the content itself."""
    signer = signed.signers[0]
    if len(signed.signers) != 1 or signed.content_type != oids.DATA:
        return _misshapen(covered, "several-signers")
    checks = [covered, passed(CheckName.SIGNATURE_READABLE), *_legacy(evidence)]
    certificate = _named(signed, signer, elsewhere)
    if certificate is None:
        return _anonymous(checks, signed, signer)
    checks += [passed(CheckName.SIGNING_CERTIFICATE), *_check_over_document(evidence, signer, certificate)]
    return SignatureReading(checks=tuple(checks), signed=signed, signer=signer, certificate=certificate)


def _check_over_document(
    evidence: SignatureEvidence, signer: SignerInfo, certificate: KnownCertificate
) -> tuple[Check, ...]:
    """A value over the document: when it holds, that is what was signed.

    When it does not, nobody can say which of the two was altered.
    """
    digest = next((fact.value for fact in evidence.digests if fact.algorithm is signer.digest), None)
    if digest is None:
        missing = SubIndication.SIGNED_DATA_NOT_FOUND
        return (failed(CheckName.DOCUMENT_DIGEST, missing, algorithm=signer.digest),)
    verify = partial(verify_digest, certificate.public_key, signer.signature, digest, signer.signature_algorithm)
    value = check_value(verify)
    if value.reason is not None:
        return (value,)
    return passed(CheckName.DOCUMENT_DIGEST, algorithm=signer.digest), value


def _read_bare_rsa(evidence: SignatureEvidence, covered: Check) -> SignatureReading:
    """ISO 32000-1 §12.8.3.2: a PKCS #1 signature in an OCTET STRING; the first of /Cert is the signer's."""
    try:
        signature = der.outermost(evidence.cms, "signature", tag=der.OCTET_STRING, zero_padded=True).content
    except AbsahError as problem:
        return SignatureReading(checks=(covered, _unreadable(evidence, problem)))
    checks = [covered, passed(CheckName.SIGNATURE_READABLE), *_legacy(evidence)]
    certificate = read_certificate(evidence.certificates[0]) if evidence.certificates else None
    if certificate is None:
        check = failed(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
        return SignatureReading(checks=(*checks, check))
    signer = _bare_signer(evidence, signature, certificate)
    checks += [passed(CheckName.SIGNING_CERTIFICATE), *_check_over_document(evidence, signer, certificate)]
    return SignatureReading(checks=tuple(checks), signer=signer, certificate=certificate)


def _bare_signer(evidence: SignatureEvidence, signature: bytes, certificate: KnownCertificate) -> SignerInfo:
    """The bare signature in the words of CMS. Only its value knows its digest: the first that fits, else SHA-1."""

    def told(digest: DigestAlgorithm) -> SignerInfo:
        return SignerInfo(
            identifier=IssuerAndSerial(issuer=issuer_bytes(certificate.view), serial=certificate.serial),
            digest=digest,
            signed_attributes=None,
            attributes=None,
            signature_algorithm=SignatureAlgorithm(scheme=SignatureScheme.RSA_PKCS1_V1_5, digest=digest),
            signature=signature,
            unsigned=(),
        )

    for fact in evidence.digests:
        candidate = told(fact.algorithm)
        try:
            verify_digest(certificate.public_key, signature, fact.value, candidate.signature_algorithm)
        except SignatureInvalid:
            continue
        except AbsahError:
            break
        return candidate
    return told(DigestAlgorithm.SHA1)


def _legacy(evidence: SignatureEvidence) -> list[Check]:
    told = failed(CheckName.LEGACY_FORM, SubIndication.SIG_CONSTRAINTS_FAILURE, form=evidence.sub_filter)
    return [passed(CheckName.SIGNATURE_FORM), told]


def _named(signed: SignedData, signer: SignerInfo, elsewhere: tuple[KnownCertificate, ...]) -> KnownCertificate | None:
    """The certificate that the signature means by issuer and number; these forms swear to no other."""
    pool = (*signed.certificates, *(certificate.der for certificate in elsewhere))
    found = next((candidate for candidate in pool if signer.is_by(candidate)), None)
    return None if found is None else read_certificate(found)


def _misshapen(covered: Check, problem: str) -> SignatureReading:
    check = failed(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE, problem=problem)
    return SignatureReading(checks=(covered, check))


def _anonymous(checks: list[Check], signed: SignedData, signer: SignerInfo) -> SignatureReading:
    check = failed(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    return SignatureReading(checks=(*checks, check), signed=signed, signer=signer)
