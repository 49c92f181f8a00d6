"""AlgorithmIdentifier in both directions: DER to our values and back.

Parameters follow RFC 5754 (absent for SHA-2, NULL for RSA) when written; NULL or absence is taken either way when read.
"""

from absah.kernel.errors import BadInput
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm, SignatureScheme

_DIGESTS = {
    "1.3.14.3.2.26": DigestAlgorithm.SHA1,
    "2.16.840.1.101.3.4.2.1": DigestAlgorithm.SHA256,
    "2.16.840.1.101.3.4.2.2": DigestAlgorithm.SHA384,
    "2.16.840.1.101.3.4.2.3": DigestAlgorithm.SHA512,
}
_SIGNATURES = {
    "1.2.840.113549.1.1.5": (SignatureScheme.RSA_PKCS1_V1_5, DigestAlgorithm.SHA1),
    "1.2.840.113549.1.1.11": (SignatureScheme.RSA_PKCS1_V1_5, DigestAlgorithm.SHA256),
    "1.2.840.113549.1.1.12": (SignatureScheme.RSA_PKCS1_V1_5, DigestAlgorithm.SHA384),
    "1.2.840.113549.1.1.13": (SignatureScheme.RSA_PKCS1_V1_5, DigestAlgorithm.SHA512),
    "1.2.840.10045.4.1": (SignatureScheme.ECDSA, DigestAlgorithm.SHA1),
    "1.2.840.10045.4.3.2": (SignatureScheme.ECDSA, DigestAlgorithm.SHA256),
    "1.2.840.10045.4.3.3": (SignatureScheme.ECDSA, DigestAlgorithm.SHA384),
    "1.2.840.10045.4.3.4": (SignatureScheme.ECDSA, DigestAlgorithm.SHA512),
    oids.ED25519: (SignatureScheme.ED25519, DigestAlgorithm.SHA512),  # RFC 8419 §2.3
}
_DIGEST_OIDS = {digest: dotted for dotted, digest in _DIGESTS.items()}
_SIGNATURE_OIDS = {pair: dotted for dotted, pair in _SIGNATURES.items()}
#: A bare key algorithm as signature algorithm: the digest is named beside it (RFC 3370 §3.2).
_DIGEST_BESIDE = {oids.RSA_ENCRYPTION: SignatureScheme.RSA_PKCS1_V1_5, oids.EC_PUBLIC_KEY: SignatureScheme.ECDSA}
_PSS_DEFAULT_SALT = 20
_PSS_MAXIMUM_SALT = 512


class AlgorithmUnknown(BadInput):
    """A digest or signature algorithm we cannot compute. Parameter: oid."""

    code = "pki.algorithm-unknown"


def encode_digest_algorithm(digest: DigestAlgorithm, /) -> bytes:
    return der.sequence(der.oid(_DIGEST_OIDS[digest]))


def encode_digest_info(digest: DigestAlgorithm, hashed: bytes, /) -> bytes:
    """DigestInfo (RFC 8017 §9.2): what a device that signs with bare PKCS #1 v1.5 puts its padding around."""
    return der.sequence(der.sequence(der.oid(_DIGEST_OIDS[digest]), der.null()), der.octet_string(hashed))


def encode_signature_algorithm(algorithm: SignatureAlgorithm, /) -> bytes:
    """For the algorithms that we sign with."""
    if algorithm.scheme is SignatureScheme.RSA_PSS:
        return der.sequence(der.oid(oids.RSASSA_PSS), _pss_parameters(algorithm))
    dotted = _SIGNATURE_OIDS[algorithm.scheme, algorithm.digest]
    parameters = der.null() if algorithm.scheme is SignatureScheme.RSA_PKCS1_V1_5 else b""
    return der.sequence(der.oid(dotted), parameters)


_KNOWN_DIGESTS = {
    der.sequence(der.oid(dotted), parameters): digest
    for dotted, digest in _DIGESTS.items()
    for parameters in (b"", der.null())
}


def _pss_parameters(algorithm: SignatureAlgorithm) -> bytes:
    # RFC 4055 §2.1: either form of a digest's parameters is right, "it was done using the NULL parameters" here.
    digest = der.sequence(der.oid(_DIGEST_OIDS[algorithm.digest]), der.null())
    mask = der.sequence(der.oid(oids.MGF1), digest)
    return der.sequence(
        der.explicit(0, digest), der.explicit(1, mask), der.explicit(2, der.integer(algorithm.salt_length))
    )


def _split(element: der.Element) -> tuple[str, der.Element | None]:
    fields = element.reader()
    dotted = fields.read(der.OID).oid()
    parameters = None if fields.at_end else fields.read()
    fields.finish()
    return dotted, parameters


def _refuse_parameters(parameters: der.Element | None) -> None:
    if parameters is not None and parameters.encoded != der.null():
        raise parameters.refuse("algorithm-parameters")


def read_digest_algorithm(element: der.Element, /) -> DigestAlgorithm:
    """Those we compute are known by their octets; DER has no others. Raises AlgorithmUnknown, DerMalformed."""
    known = _KNOWN_DIGESTS.get(element.encoded)
    if known is not None:
        return known
    dotted, parameters = _split(element)
    _refuse_parameters(parameters)
    raise AlgorithmUnknown(oid=dotted)


def read_signature_algorithm(
    element: der.Element, /, *, digest_beside: DigestAlgorithm | None = None
) -> SignatureAlgorithm:
    """`digest_beside` is the digestAlgorithm of a CMS SignerInfo, which RSA and EC key identifiers lean on.

    A digest named twice must be the same one (RFC 6211 §1: substitution). Raises AlgorithmUnknown, DerMalformed.
    """
    dotted, parameters = _split(element)
    if dotted == oids.RSASSA_PSS:
        found = _read_pss(element, parameters)
    else:
        _refuse_parameters(parameters)
        if digest_beside is not None and dotted in _DIGEST_BESIDE:
            found = SignatureAlgorithm(scheme=_DIGEST_BESIDE[dotted], digest=digest_beside)
        elif dotted in _SIGNATURES:
            scheme, digest = _SIGNATURES[dotted]
            found = SignatureAlgorithm(scheme=scheme, digest=digest)
        else:
            raise AlgorithmUnknown(oid=dotted)
    if digest_beside not in (None, found.digest):
        raise element.refuse("digest-mismatch")
    return found


def _read_pss(element: der.Element, parameters: der.Element | None) -> SignatureAlgorithm:
    """RSASSA-PSS-params (RFC 4055 §3.1): hash [0], MGF1 with the same hash [1], salt length [2], trailer [3]."""
    if parameters is None:
        raise element.refuse("algorithm-parameters")
    fields = parameters.reader()
    digest = mask_digest = DigestAlgorithm.SHA1
    salt = _PSS_DEFAULT_SALT
    if (field := fields.read_optional(0xA0)) is not None:
        digest = read_digest_algorithm(field.reader().read(der.SEQUENCE))
    if (field := fields.read_optional(0xA1)) is not None:
        mask, mask_parameters = _split(field.reader().read(der.SEQUENCE))
        if mask != oids.MGF1 or mask_parameters is None:
            raise AlgorithmUnknown(oid=mask)
        mask_digest = read_digest_algorithm(mask_parameters)
    if (field := fields.read_optional(0xA2)) is not None:
        salt = field.reader().read(der.INTEGER).integer()
    if (field := fields.read_optional(0xA3)) is not None and field.reader().read(der.INTEGER).integer() != 1:
        raise field.refuse("algorithm-parameters")
    fields.finish()
    if mask_digest is not digest or not 0 <= salt <= _PSS_MAXIMUM_SALT:
        raise parameters.refuse("algorithm-parameters")
    return SignatureAlgorithm(scheme=SignatureScheme.RSA_PSS, digest=digest, salt_length=salt)
