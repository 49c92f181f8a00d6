"""CMS SignedData (RFC 5652): written for one signer, read for any number.

Writing puts together what was signed elsewhere: the key signs the DER of the signed attributes and never sees this
structure. Reading takes what other products make (several signers, foreign certificates, unsorted attributes, zero
padding after the end as PDF has it) and refuses BER with indefinite lengths by name.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography import x509

from absah.kernel.errors import BadInput
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import (
    encode_digest_algorithm,
    encode_signature_algorithm,
    read_digest_algorithm,
    read_signature_algorithm,
)
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureInvalid,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificates import CertificateUnreadable, issuer_bytes, load_certificate
from absah.pki.cms_attributes import (
    Attribute,
    SignedAttributes,
    build_signed_attributes,
    parse_signed_attributes,
    read_attributes,
)

__all__ = [
    "Attribute",
    "CmsNotSignedData",
    "CmsSignersRefused",
    "IssuerAndSerial",
    "KeyIdentifier",
    "SignedAttributes",
    "SignedData",
    "SignerInfo",
    "build_signed_attributes",
    "build_signed_data",
    "parse_signed_attributes",
    "parse_signed_data",
    "signature_timestamp",
    "verify_signer_info",
    "with_signature_timestamp",
]

_WHAT = "CMS SignedData"
_MAXIMUM_SIGNERS = 32
_MAXIMUM_CERTIFICATES = 256


class CmsNotSignedData(BadInput):
    """A CMS structure of another content type. Parameter: content_type."""

    code = "pki.cms-not-signed-data"


class CmsSignersRefused(BadInput):
    """No signer, or too many, or more than one where one is meant. Parameter: signers."""

    code = "pki.cms-signers-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerAndSerial:
    """A certificate by its issuer's name (DER) and serial number."""

    issuer: bytes
    serial: Serial


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIdentifier:
    """A certificate by its subjectKeyIdentifier."""

    value: bytes


SignerIdentifier: TypeAlias = IssuerAndSerial | KeyIdentifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """One signature. `signed_attributes` is the SET OF as it came (tag 0x31); None: the content itself is signed."""

    identifier: SignerIdentifier
    digest: DigestAlgorithm
    signed_attributes: bytes | None
    attributes: SignedAttributes | None
    signature_algorithm: SignatureAlgorithm
    signature: bytes
    unsigned: tuple[Attribute, ...]

    @property
    def signature_timestamps(self) -> tuple[bytes, ...]:
        """Time-stamp tokens (DER) over the signature value."""
        return tuple(
            value for found in self.unsigned if found.oid == oids.SIGNATURE_TIME_STAMP for value in found.values
        )

    def is_by(self, certificate_der: bytes, /) -> bool:
        """Whether the identifier means this certificate. An unreadable certificate is nobody's."""
        try:
            certificate = load_certificate(certificate_der)
        except CertificateUnreadable:
            return False
        sid = self.identifier
        if isinstance(sid, IssuerAndSerial):
            return certificate.serial_number == sid.serial and issuer_bytes(certificate) == sid.issuer
        try:
            found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        except x509.ExtensionNotFound:
            return False
        return found.value.digest == sid.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """A CMS SignedData as it was read. `content` is None when the signature is detached."""

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsp_responses: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
    encoded: bytes = field(repr=False)

    def certificate_of(self, signer: SignerInfo, /) -> bytes | None:
        """The signer's certificate among those sent along."""
        return next((candidate for candidate in self.certificates if signer.is_by(candidate)), None)


def issuer_and_serial(certificate_der: bytes, /) -> bytes:
    """The DER that names a certificate's signer in a SignerInfo (RFC 5652 §10.2.4)."""
    certificate = load_certificate(certificate_der)
    return der.sequence(issuer_bytes(certificate), der.integer(certificate.serial_number))


def build_signed_data(  # noqa: PLR0913  (the parts of one structure, each named at the call)
    *,
    content: bytes | None,
    content_type: str,
    certificates: tuple[bytes, ...],
    signed_attributes: bytes,
    signature: bytes,
    digest: DigestAlgorithm,
    key_algorithm: KeyAlgorithm,
    unsigned: tuple[Attribute, ...] = (),
    include_certificates: bool = True,
    signature_algorithm: SignatureAlgorithm | None = None,
) -> bytes:
    """DER of a ContentInfo with one signer, whose certificate is the first; `content` None makes it detached.

    `signed_attributes` are exactly the bytes that were signed (`build_signed_attributes`). Without a
    `signature_algorithm` it is the usual one of the key.
    """
    way = signature_algorithm or signature_algorithm_for(key_algorithm, digest)
    algorithm = encode_digest_algorithm(digest)
    plain = content_type == oids.DATA
    signer = der.sequence(
        der.integer(1),
        issuer_and_serial(certificates[0]),
        algorithm,
        b"\xa0" + signed_attributes[1:],  # RFC 5652 §5.4: sent with [0] IMPLICIT, signed with the tag of SET OF
        encode_signature_algorithm(way),
        der.octet_string(signature),
        der.tlv(0xA1, *sorted(attribute.encoded for attribute in unsigned)) if unsigned else b"",
    )
    signed_data = der.sequence(
        der.integer(1 if plain else 3),  # RFC 5652 §5.1
        der.set_of(algorithm),
        der.sequence(der.oid(content_type), b"" if content is None else der.explicit(0, der.octet_string(content))),
        der.tlv(0xA0, *sorted(set(certificates))) if include_certificates else b"",
        der.set_of(signer),
    )
    return der.sequence(der.oid(oids.SIGNED_DATA), der.explicit(0, signed_data))


def _read_identifier(element: der.Element) -> SignerIdentifier:
    if element.tag == 0x80:
        return KeyIdentifier(value=element.content)
    if element.tag != der.SEQUENCE:
        raise element.refuse("signer-identifier")
    fields = element.reader()
    found = IssuerAndSerial(issuer=fields.read(der.SEQUENCE).encoded, serial=Serial(fields.read(der.INTEGER).integer()))
    fields.finish()
    return found


def _read_signer(element: der.Element) -> SignerInfo:
    fields = element.reader()
    fields.read(der.INTEGER)
    identifier = _read_identifier(fields.read())
    digest = read_digest_algorithm(fields.read(der.SEQUENCE))
    sent = fields.read_optional(0xA0)
    signed_attributes = None if sent is None else b"\x31" + sent.encoded[1:]
    algorithm = read_signature_algorithm(fields.read(der.SEQUENCE), digest_beside=digest)
    signature = fields.read(der.OCTET_STRING).content
    extra = fields.read_optional(0xA1)
    fields.finish()
    return SignerInfo(
        identifier=identifier,
        digest=digest,
        signed_attributes=signed_attributes,
        attributes=None if signed_attributes is None else parse_signed_attributes(signed_attributes),
        signature_algorithm=algorithm,
        signature=signature,
        unsigned=() if extra is None else read_attributes(extra),
    )


def _read_revocation(element: der.Element | None) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """CRLs, and OCSP responses that travel among them (RFC 5940 §2)."""
    crls: list[bytes] = []
    answers: list[bytes] = []
    for item in element.reader() if element is not None else ():
        if item.tag == der.SEQUENCE:
            crls.append(item.encoded)
        elif item.tag == 0xA1:
            fields = item.reader()
            if fields.read(der.OID).oid() == oids.REVOCATION_INFO_OCSP:
                answers.append(fields.read(der.SEQUENCE).encoded)
    return tuple(crls), tuple(answers)


def _signed_data_of(cms_der: bytes) -> der.Element:
    """The SignedData inside a ContentInfo."""
    info = der.outermost(cms_der, _WHAT, zero_padded=True).reader()
    content_type = info.read(der.OID).oid()
    if content_type != oids.SIGNED_DATA:
        raise CmsNotSignedData(content_type=content_type)
    wrapper = info.read(0xA0)
    info.finish()
    return wrapper.reader().read(der.SEQUENCE)


def parse_signed_data(cms_der: bytes, /) -> SignedData:
    """A ContentInfo; zero octets may follow it. Raises CmsNotSignedData, CmsSignersRefused, DerMalformed and kin."""
    fields = _signed_data_of(cms_der).reader()
    fields.read(der.INTEGER)
    fields.read(der.SET)
    enclosed = fields.read(der.SEQUENCE).reader()
    content_type = enclosed.read(der.OID).oid()
    wrapper = enclosed.read_optional(0xA0)
    enclosed.finish()
    sent = fields.read_optional(0xA0)
    # Other kinds of certificate than X.509 (attribute certificates and older forms) bear context tags: passed over.
    certificates = () if sent is None else tuple(one.encoded for one in sent.reader() if one.tag == der.SEQUENCE)
    crls, ocsp_responses = _read_revocation(fields.read_optional(0xA1))
    signer_set = fields.read(der.SET)
    fields.finish()
    signers = tuple(signer_set.reader())
    if not 0 < len(signers) <= _MAXIMUM_SIGNERS:
        raise CmsSignersRefused(signers=len(signers))
    if len(certificates) > _MAXIMUM_CERTIFICATES:
        raise signer_set.refuse("too-many-certificates")
    return SignedData(
        content_type=content_type,
        content=None if wrapper is None else wrapper.reader().read(der.OCTET_STRING).content,
        certificates=certificates,
        crls=crls,
        ocsp_responses=ocsp_responses,
        signers=tuple(_read_signer(signer) for signer in signers),
        encoded=cms_der,
    )


def verify_signer_info(signer: SignerInfo, public_key: bytes, /, *, content: bytes | None = None) -> None:
    """Check the signature value with a SubjectPublicKeyInfo. Raises SignatureInvalid and its kin.

    With signed attributes the signature covers them, and comparing `message_digest` with the document is the caller's
    next step. Without, it covers `content` itself.
    """
    covered = signer.signed_attributes if signer.signed_attributes is not None else content
    if covered is None:
        raise SignatureInvalid
    try:
        verify_bytes(public_key, signer.signature, covered, signer.signature_algorithm)
    except SignatureInvalid:
        # RFC 5652 §5.4 signs the DER, in which a SET OF is sorted; some products send it in another order.
        ordered = _sorted_set(covered) if signer.signed_attributes is not None else covered
        if ordered == covered:
            raise
        verify_bytes(public_key, signer.signature, ordered, signer.signature_algorithm)


def _sorted_set(attributes_der: bytes) -> bytes:
    return der.set_of(*(item.encoded for item in der.outermost(attributes_der, _WHAT, tag=der.SET).reader()))


def signature_timestamp(token_der: bytes, /) -> Attribute:
    """The unsigned attribute that carries a time-stamp token over the signature value (EN 319 122-1 §5.3)."""
    return Attribute(oid=oids.SIGNATURE_TIME_STAMP, values=(token_der,))


def with_signature_timestamp(cms_der: bytes, token_der: bytes, /) -> bytes:
    """The same signature with a time-stamp token over its value (CAdES-T, EN 319 122-1 §5.3). One signer only.

    Every other byte stays as it was. Raises CmsSignersRefused, DerMalformed.
    """
    parts = list(_signed_data_of(cms_der).reader())
    signers = list(parts[-1].reader())
    if len(signers) != 1:
        raise CmsSignersRefused(signers=len(signers))
    fields = list(signers[0].reader())
    kept = [part.encoded for part in fields if part.tag != 0xA1]
    present = [item.encoded for part in fields if part.tag == 0xA1 for item in part.reader()]
    signer = der.sequence(*kept, der.tlv(0xA1, *sorted([*present, signature_timestamp(token_der).encoded])))
    signed_data = der.sequence(*(part.encoded for part in parts[:-1]), der.set_of(signer))
    return der.sequence(der.oid(oids.SIGNED_DATA), der.explicit(0, signed_data))
