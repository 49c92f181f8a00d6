"""Reading OCSP requests (RFC 6960 §4.1): which certificates are asked about, and the nonce to give back.

Strict and bounded, as anybody may send one. A requestor's name and signature are passed over: we answer everybody
alike (RFC 6960 §4.1.2 leaves signatures to the server).
"""

from typing import NamedTuple

from absah.kernel.errors import BadInput
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import AlgorithmUnknown, read_digest_algorithm
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.ocsp_answers import read_nonce

_WHAT = "OCSP request"
_REQUESTS_MAXIMUM = 100
_NONCE_MAXIMUM = 128  # RFC 9654 §2.1
_KNOWN_EXTENSIONS = frozenset({oids.OCSP_NONCE, oids.OCSP_RESPONSE_TYPES, oids.OCSP_PREFERRED_SIGNATURES})


class OcspRequestRefused(BadInput):
    """No certificate, too many, a nonce of a wrong length, or an unknown critical extension. Parameter: problem."""

    code = "pki.ocsp-request-refused"


class AskedCertificate(NamedTuple):
    """A CertID as the client wrote it, and what is in it. `digest` is None for one that we cannot compute."""

    encoded: bytes
    digest: DigestAlgorithm | None
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int


class OcspRequest(NamedTuple):
    """What is asked. `nonce` is the whole extension, to be given back as it came.

    `is_plain`: one certificate and nothing else, so that equal questions have equal bytes and an answer can be kept.
    """

    asked: tuple[AskedCertificate, ...]
    nonce: bytes | None
    is_plain: bool


def parse_ocsp_request(request_der: bytes, /) -> OcspRequest:
    """Raises OcspRequestRefused, DerMalformed, DerTooLarge."""
    outer = der.outermost(request_der, _WHAT).reader()
    fields = outer.read(der.SEQUENCE).reader()
    signature = outer.read_optional(0xA0)
    outer.finish()
    version = fields.read_optional(0xA0)  # v1 is the default and should not be written (X.690 §11.5); some do
    if version is not None and version.reader().read(der.INTEGER).integer() != 0:
        raise version.refuse("version")
    requestor = fields.read_optional(0xA1)
    asked: list[AskedCertificate] = []
    extended = False
    for request in fields.read(der.SEQUENCE).reader():
        if len(asked) == _REQUESTS_MAXIMUM:
            raise OcspRequestRefused(problem="too-many")
        one = request.reader()
        asked.append(_read_asked(one.read(der.SEQUENCE)))
        if (extensions := one.read_optional(0xA0)) is not None:
            _read_extensions(extensions)
            extended = True
        one.finish()
    if not asked:
        raise OcspRequestRefused(problem="nothing")
    extra = fields.read_optional(0xA2)
    fields.finish()
    bare = version is None and requestor is None and extra is None and signature is None
    plain = bare and not extended and len(asked) == 1
    return OcspRequest(asked=tuple(asked), nonce=None if extra is None else _read_extensions(extra), is_plain=plain)


def _read_asked(element: der.Element) -> AskedCertificate:
    fields = element.reader()
    algorithm = fields.read(der.SEQUENCE)
    name_hash = fields.read(der.OCTET_STRING).content
    key_hash = fields.read(der.OCTET_STRING).content
    serial = fields.read(der.INTEGER).integer()
    fields.finish()
    try:
        digest = read_digest_algorithm(algorithm)
    except AlgorithmUnknown:
        digest = None
    return AskedCertificate(element.encoded, digest, name_hash, key_hash, serial)


def _read_extensions(wrapper: der.Element) -> bytes | None:
    """The nonce extension, if there is one. Others ask for what we do not offer and are passed over."""
    outer = wrapper.reader()
    extensions = outer.read(der.SEQUENCE)
    outer.finish()
    seen = set[str]()
    nonce: bytes | None = None
    for extension in extensions.reader():
        fields = extension.reader()
        identifier = fields.read(der.OID).oid()
        critical = fields.read_optional(der.BOOLEAN)
        value = fields.read(der.OCTET_STRING).content
        fields.finish()
        if identifier in seen:
            raise extension.refuse("extension")
        seen.add(identifier)
        if critical is not None and critical.boolean() and identifier not in _KNOWN_EXTENSIONS:
            raise OcspRequestRefused(problem="critical-extension")
        if identifier == oids.OCSP_NONCE:
            octets = read_nonce({identifier: value}) or b""
            # RFC 9654 §2.1: "A server MUST reject any OCSP request that has a nonce ... with a length of either
            # 0 octets or more than 128 octets".
            if not 0 < len(octets) <= _NONCE_MAXIMUM:
                raise OcspRequestRefused(problem="nonce")
            nonce = extension.encoded
    return nonce
