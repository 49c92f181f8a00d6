"""The signed attributes of a CAdES/PAdES signature: what a signer's key really signs.

Three of them, in DER: content-type, message-digest and ESS signing-certificate-v2, which ties the signature to one
certificate. There is no signing-time: PAdES puts the claimed time into the PDF (`/M`), EN 319 142-1 §6.3 forbids both.
"""

import hmac
from dataclasses import dataclass

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_digest_algorithm, read_digest_algorithm
from absah.pki.algorithms import DigestAlgorithm

_WHAT = "CMS signed attributes"
_MAXIMUM_ATTRIBUTES = 64


class SignedAttributesIncomplete(BadInput):
    """content-type or message-digest is missing, twice there, or not one value. Parameter: attribute."""

    code = "pki.signed-attributes-incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute and its values, each in DER."""

    oid: str
    values: tuple[bytes, ...]

    @property
    def encoded(self) -> bytes:
        return der.sequence(der.oid(self.oid), der.set_of(*self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttributes:
    """What the signer signed. Without an ESS attribute its two fields are None; `others` are the OIDs not read."""

    content_type: str
    message_digest: bytes
    ess_certificate_hash: bytes | None
    ess_hash_algorithm: DigestAlgorithm | None
    signing_time: Instant | None
    others: tuple[str, ...]

    def names(self, certificate_der: bytes, /) -> bool:
        """Whether the ESS attribute names this certificate as the signer's (RFC 5035 §5)."""
        if self.ess_certificate_hash is None or self.ess_hash_algorithm is None:
            return False
        return hmac.compare_digest(self.ess_certificate_hash, self.ess_hash_algorithm.digest(certificate_der))


def build_signed_attributes(
    content_type: str, message_digest: bytes, certificate_der: bytes, digest: DigestAlgorithm, /
) -> bytes:
    """DER of the SET OF (tag 0x31), ready to be hashed and signed. The certificate is named by the same digest."""
    # RFC 5035 §4: hashAlgorithm DEFAULT SHA-256, so DER leaves it out. issuerSerial is optional and adds nothing.
    algorithm = b"" if digest is DigestAlgorithm.SHA256 else encode_digest_algorithm(digest)
    ess_cert_id = der.sequence(algorithm, der.octet_string(digest.digest(certificate_der)))
    attributes = (
        Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(content_type),)),
        Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(message_digest),)),
        Attribute(oid=oids.SIGNING_CERTIFICATE_V2, values=(der.sequence(der.sequence(ess_cert_id)),)),
    )
    return der.set_of(*(attribute.encoded for attribute in attributes))


def read_attributes(element: der.Element, /) -> tuple[Attribute, ...]:
    """The attributes inside a SET OF, whatever its tag; their order is not judged. Raises DerMalformed."""
    found: list[Attribute] = []
    for item in element.reader():
        fields = item.reader()
        identifier = fields.read(der.OID).oid()
        values = tuple(value.encoded for value in fields.read(der.SET).reader())
        fields.finish()
        found.append(Attribute(oid=identifier, values=values))
        if len(found) > _MAXIMUM_ATTRIBUTES:
            raise element.refuse("too-many-attributes")
    return tuple(found)


def _only_value(attributes: tuple[Attribute, ...], identifier: str) -> bytes | None:
    """RFC 5652 §11: each of these attributes is there at most once, with exactly one value."""
    values = [attribute.values for attribute in attributes if attribute.oid == identifier]
    if not values:
        return None
    if len(values) > 1 or len(values[0]) != 1:
        raise SignedAttributesIncomplete(attribute=identifier)
    return values[0][0]


def _read_ess(value: bytes, *, default: DigestAlgorithm) -> tuple[bytes, DigestAlgorithm]:
    """The first certificate of a SigningCertificate(V2): "the first ... is the certificate used to verify"."""
    fields = der.outermost(value, "ESS signing certificate").reader().read(der.SEQUENCE).reader().read(der.SEQUENCE)
    entry = fields.reader()
    algorithm = default
    if default is DigestAlgorithm.SHA256 and (given := entry.read_optional(der.SEQUENCE)) is not None:
        algorithm = read_digest_algorithm(given)
    return entry.read(der.OCTET_STRING).content, algorithm


_READ = frozenset(
    {
        oids.CONTENT_TYPE,
        oids.MESSAGE_DIGEST,
        oids.SIGNING_TIME,
        oids.SIGNING_CERTIFICATE,
        oids.SIGNING_CERTIFICATE_V2,
    }
)


def parse_signed_attributes(attributes_der: bytes, /) -> SignedAttributes:
    """DER of the SET OF (tag 0x31). Raises SignedAttributesIncomplete, DerMalformed, AlgorithmUnknown."""
    attributes = read_attributes(der.outermost(attributes_der, _WHAT, tag=der.SET))
    content_type = _only_value(attributes, oids.CONTENT_TYPE)
    message_digest = _only_value(attributes, oids.MESSAGE_DIGEST)
    if content_type is None:
        raise SignedAttributesIncomplete(attribute=oids.CONTENT_TYPE)
    if message_digest is None:
        raise SignedAttributesIncomplete(attribute=oids.MESSAGE_DIGEST)
    signing_time = _only_value(attributes, oids.SIGNING_TIME)
    ess: tuple[bytes | None, DigestAlgorithm | None] = (None, None)
    if (value := _only_value(attributes, oids.SIGNING_CERTIFICATE_V2)) is not None:
        ess = _read_ess(value, default=DigestAlgorithm.SHA256)
    elif (value := _only_value(attributes, oids.SIGNING_CERTIFICATE)) is not None:
        ess = _read_ess(value, default=DigestAlgorithm.SHA1)
    return SignedAttributes(
        content_type=der.outermost(content_type, _WHAT, tag=der.OID).oid(),
        message_digest=der.outermost(message_digest, _WHAT, tag=der.OCTET_STRING).content,
        ess_certificate_hash=ess[0],
        ess_hash_algorithm=ess[1],
        signing_time=None if signing_time is None else der.Reader(signing_time, _WHAT).read().time(),
        others=tuple(attribute.oid for attribute in attributes if attribute.oid not in _READ),
    )
