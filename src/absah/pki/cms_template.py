"""CMS for a key that signs often: everything that does not change from one signature to the next is encoded once.

What comes out is, octet for octet, what `absah.pki.cms` builds; that module is the definition and this one the short
cut. Between two signatures of one credential only four things differ: message digest, signature value, time-stamp and
the content of a token. The rest are constants, and the lengths around them.
"""

from functools import lru_cache
from typing import final

from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_digest_algorithm, encode_signature_algorithm
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm
from absah.pki.cms import issuer_and_serial
from absah.pki.cms_attributes import Attribute, build_signed_attributes

_KEPT_TEMPLATES = 256


@final
class CmsTemplate:
    """The constant octets of one credential's signatures. `certificates` begin with the signer's own."""

    __slots__ = (
        "_after_digest",
        "_before_digest",
        "_certificates",
        "_content_type",
        "_head",
        "_signature_algorithm",
        "_signer_head",
        "algorithm",
        "content_type",
    )

    def __init__(self, certificates: tuple[bytes, ...], algorithm: SignatureAlgorithm, content_type: str, /) -> None:
        digest = algorithm.digest
        self.algorithm = algorithm
        self.content_type = content_type
        self._before_digest, self._after_digest = _attributes_around_digest(certificates[0], digest, content_type)
        digest_algorithm = encode_digest_algorithm(digest)
        # RFC 5652 §5.1: version 1 where the content is plain data, 3 elsewhere.
        self._head = der.integer(1 if content_type == oids.DATA else 3) + der.set_of(digest_algorithm)
        self._content_type = der.oid(content_type)
        self._certificates = der.tlv(0xA0, *sorted(set(certificates)))
        self._signer_head = der.integer(1) + issuer_and_serial(certificates[0]) + digest_algorithm
        self._signature_algorithm = encode_signature_algorithm(algorithm)

    def signed_attributes(self, message_digest: bytes, /) -> bytes:
        """What the key signs: `build_signed_attributes` with this credential's certificate."""
        return self._before_digest + message_digest + self._after_digest

    def signed_data(
        self,
        signed_attributes: bytes,
        signature: bytes,
        /,
        *,
        timestamp: bytes | None = None,
        content: bytes | None = None,
        include_certificates: bool = True,
    ) -> bytes:
        """What `build_signed_data` makes; `timestamp` is a token (DER) over the signature value."""
        if timestamp is None and content is None and include_certificates:
            before, between = _frame(self, len(signed_attributes), len(signature))
            return b"".join((before, signed_attributes[1:], between, signature))
        certificates = self._certificates if include_certificates else b""
        return self._assembled(signed_attributes, signature, timestamp, content, certificates)

    def frame(self, attributes: int, signature: int, /) -> tuple[bytes, bytes]:
        """Of a signature alone: what stands before the signed attributes, and between them and the signature value.

        Their lengths, in octets, decide.
        """
        whole = self._assembled(bytes(attributes), bytes(signature), None, None, self._certificates)
        between = self._signature_algorithm + der.header(der.OCTET_STRING, signature)
        return whole[: len(whole) - signature - len(between) - (attributes - 1)], between

    def _assembled(
        self,
        signed_attributes: bytes,
        signature: bytes,
        timestamp: bytes | None,
        content: bytes | None,
        certificates: bytes,
    ) -> bytes:
        enclosed = self._content_type if content is None else self._content_type + _explicit_octets(content)
        signer = (
            self._signer_head,
            b"\xa0",  # RFC 5652 §5.4: sent with [0] IMPLICIT, signed with the tag of SET OF
            signed_attributes[1:],
            self._signature_algorithm,
            der.header(der.OCTET_STRING, len(signature)),
            signature,
            b"" if timestamp is None else _unsigned(timestamp),
        )
        # From the inside outwards every layer's size is known before anything is copied; then all is copied once.
        size = sum(map(len, signer))
        info = der.header(der.SEQUENCE, size)
        infos = der.header(der.SET, size := size + len(info))
        enclosing = der.header(der.SEQUENCE, len(enclosed))
        size += len(infos) + len(self._head) + len(enclosing) + len(enclosed) + len(certificates)
        data = der.header(der.SEQUENCE, size)
        wrapper = der.header(0xA0, size := size + len(data))
        outermost = der.header(der.SEQUENCE, size + len(wrapper) + len(_SIGNED_DATA))
        outside = (outermost, _SIGNED_DATA, wrapper, data, self._head, enclosing, enclosed, certificates, infos, info)
        return b"".join(outside + signer)


_SIGNED_DATA = der.oid(oids.SIGNED_DATA)
_STAMP_OID = der.oid(oids.SIGNATURE_TIME_STAMP)


def _attributes_around_digest(certificate: bytes, digest: DigestAlgorithm, content_type: str) -> tuple[bytes, bytes]:
    """Signed attributes before and after the message digest. It has one length, so it never moves in the SET OF."""
    blank = bytes(digest.size)
    whole = build_signed_attributes(content_type, blank, certificate, digest)
    attribute = Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(blank),)).encoded
    end = whole.index(attribute) + len(attribute)
    return whole[: end - len(blank)], whole[end:]


def _explicit_octets(content: bytes) -> bytes:
    return der.explicit(0, der.octet_string(content))


def _unsigned(token: bytes) -> bytes:
    """Unsigned attributes [1] with one signature time-stamp (EN 319 122-1 §5.3)."""
    values = der.header(der.SET, len(token))
    inner = len(_STAMP_OID) + len(values) + len(token)
    attribute = der.header(der.SEQUENCE, inner)
    return b"".join((der.header(0xA1, len(attribute) + inner), attribute, _STAMP_OID, values, token))


@lru_cache(maxsize=_KEPT_TEMPLATES)
def _frame(template: CmsTemplate, attributes: int, signature: int) -> tuple[bytes, bytes]:
    """The frame of a length that a template has had lately: a key has one, or, if it is elliptic, a few."""
    return template.frame(attributes, signature)


@lru_cache(maxsize=_KEPT_TEMPLATES)
def template_for(
    certificates: tuple[bytes, ...], algorithm: SignatureAlgorithm, /, *, content_type: str = oids.DATA
) -> CmsTemplate:
    """The template of a credential, made at its first use. Raises CertificateUnreadable.

    Whether the certificate may be used today is asked elsewhere, each time.
    """
    return CmsTemplate(certificates, algorithm, content_type)
