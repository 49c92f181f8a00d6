"""What is in each kind of structure, as plain values for a screen or JSON. Names are those of the norms."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from absah.cli.offline import Document, Kind
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import SignatureAlgorithm, describe_key, load_public_key
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import IssuerAndSerial, SignedData, SignerInfo, parse_signed_data
from absah.pki.crl import parse_crl
from absah.pki.ocsp import ResponderByKey, parse_ocsp_response
from absah.pki.revocation import Good, RevocationStatus, Revoked
from absah.pki.tsp import parse_timestamp_response, parse_timestamp_token

_SHOWN_ENTRIES = 50
_SHORT_NAMES = {
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.GIVEN_NAME: "givenName",
    NameOID.SURNAME: "surname",
    NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
}


def describe(document: Document, /) -> dict[str, Any]:
    """Raises the errors of the parsers."""
    match document.kind:
        case Kind.CERTIFICATE:
            return _certificate(document.der)
        case Kind.CRL:
            return _crl(document.der)
        case Kind.OCSP_RESPONSE:
            return _ocsp(document.der)
        case Kind.CMS:
            return _cms(parse_signed_data(document.der))
        case Kind.TIMESTAMP_TOKEN:
            return _token(document.der)
        case Kind.TIMESTAMP_RESPONSE:
            return _token(parse_timestamp_response(document.der))


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _algorithm(algorithm: SignatureAlgorithm) -> str:
    return f"{algorithm.scheme.value} with {algorithm.digest.value}"


def _key(spki_der: bytes) -> str:
    try:
        return describe_key(load_public_key(spki_der))
    except AbsahError as problem:
        return problem.code


def _certificate(certificate_der: bytes) -> dict[str, Any]:
    certificate = load_certificate(certificate_der)
    return {
        "subject": certificate.subject.rfc4514_string(_SHORT_NAMES),
        "issuer": certificate.issuer.rfc4514_string(_SHORT_NAMES),
        "serialNumber": f"{certificate.serial_number:x}",
        "notBefore": _time(certificate.not_valid_before_utc),
        "notAfter": _time(certificate.not_valid_after_utc),
        "key": _key(public_key_of_certificate(certificate)),
        "signatureAlgorithm": certificate.signature_algorithm_oid.dotted_string,
        "extensions": {_extension_name(extension): _extension(extension) for extension in certificate.extensions},
        "sha256": hashlib.sha256(certificate_der).hexdigest(),
    }


def _extension_name(extension: x509.Extension[x509.ExtensionType]) -> str:
    name = getattr(extension.oid, "_name", "Unknown OID")
    shown = extension.oid.dotted_string if name == "Unknown OID" else name
    return f"{shown} (critical)" if extension.critical else shown


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def _constraints(value: x509.BasicConstraints) -> str:
    return f"CA {value.ca}" + ("" if value.path_length is None else f", path length {value.path_length}")


def _authority(value: x509.AuthorityKeyIdentifier) -> str:
    return "without key identifier" if value.key_identifier is None else value.key_identifier.hex()


#: How the value of an extension is shown; what is not here is shown as hexadecimal DER.
_EXTENSIONS: dict[type[x509.ExtensionType], Callable[[Any], Any]] = {
    x509.BasicConstraints: _constraints,
    x509.KeyUsage: lambda value: ", ".join(name for name in _USAGES if getattr(value, name)),
    x509.ExtendedKeyUsage: lambda value: ", ".join(usage.dotted_string for usage in value),
    x509.SubjectKeyIdentifier: lambda value: value.digest.hex(),
    x509.AuthorityKeyIdentifier: _authority,
    x509.CertificatePolicies: lambda value: ", ".join(policy.policy_identifier.dotted_string for policy in value),
    x509.SubjectAlternativeName: lambda value: [str(name.value) for name in value],
    x509.CRLDistributionPoints: lambda value: [str(name.value) for point in value for name in point.full_name or ()],
    x509.AuthorityInformationAccess: lambda value: [str(description.access_location.value) for description in value],
    x509.OCSPNoCheck: lambda _: "present",
}


def _extension(extension: x509.Extension[x509.ExtensionType]) -> Any:
    show = _EXTENSIONS.get(type(extension.value))
    return extension.value.public_bytes().hex() if show is None else show(extension.value)


def _crl(crl_der: bytes) -> dict[str, Any]:
    found = parse_crl(crl_der)
    return {
        "issuer": found.listed.issuer.rfc4514_string(_SHORT_NAMES),
        "crlNumber": found.number,
        "thisUpdate": _time(found.this_update),
        "nextUpdate": _time(found.next_update),
        "signatureAlgorithm": _algorithm(found.signature_algorithm),
        "distributionPoints": list(found.distribution_points),
        "count": len(found),
        "revoked": [
            {"serialNumber": f"{entry.serial:x}", "at": _time(entry.at), "reason": entry.reason.name.lower()}
            for entry in islice(found, _SHOWN_ENTRIES)
        ],
    }


def _status(status: RevocationStatus) -> str:
    match status:
        case Good():
            return "good"
        case Revoked(at=at, reason=reason):
            return f"revoked {_time(at)} ({reason.name.lower()})"
        case _:
            return "unknown"


def _ocsp(response_der: bytes) -> dict[str, Any]:
    answer = parse_ocsp_response(response_der)
    responder = answer.responder
    return {
        "responder": f"key {responder.key_hash.hex()}" if isinstance(responder, ResponderByKey) else "by name",
        "producedAt": _time(answer.produced_at),
        "nonce": None if answer.nonce is None else answer.nonce.hex(),
        "signatureAlgorithm": _algorithm(answer.signature_algorithm),
        "responses": [
            {
                "serialNumber": f"{single.cert_id.serial:x}",
                "hashAlgorithm": single.cert_id.digest.value,
                "status": _status(single.status),
                "thisUpdate": _time(single.this_update),
                "nextUpdate": None if single.next_update is None else _time(single.next_update),
            }
            for single in answer.responses
        ],
        "certificates": [_name_of(certificate) for certificate in answer.certificates],
    }


def _name_of(certificate_der: bytes) -> str:
    try:
        return load_certificate(certificate_der).subject.rfc4514_string(_SHORT_NAMES)
    except AbsahError as problem:
        return problem.code


def _cms(signed: SignedData) -> dict[str, Any]:
    return {
        "contentType": signed.content_type,
        "content": "detached" if signed.content is None else f"{len(signed.content)} bytes",
        "signers": [_signer(signed, signer) for signer in signed.signers],
        "certificates": [_name_of(certificate) for certificate in signed.certificates],
        "crls": len(signed.crls),
        "ocspResponses": len(signed.ocsp_responses),
    }


def _signer(signed: SignedData, signer: SignerInfo) -> dict[str, Any]:
    certificate = signed.certificate_of(signer)
    identifier = signer.identifier
    attributes = signer.attributes
    shown: dict[str, Any] = {
        "sid": f"serial {identifier.serial:x}" if isinstance(identifier, IssuerAndSerial) else identifier.value.hex(),
        "certificate": "absent" if certificate is None else _name_of(certificate),
        "digestAlgorithm": signer.digest.value,
        "signatureAlgorithm": _algorithm(signer.signature_algorithm),
    }
    if attributes is not None:
        named = certificate is not None and attributes.names(certificate)
        shown |= {
            "messageDigest": attributes.message_digest.hex(),
            "signingCertificate": "names the certificate" if named else "does not name the certificate",
            "signingTime": None if attributes.signing_time is None else _time(attributes.signing_time),
            "otherSignedAttributes": list(attributes.others),
        }
    shown["signatureTimeStamps"] = [_token(token) for token in signer.signature_timestamps]
    return shown


def _token(token_der: bytes) -> dict[str, Any]:
    token = parse_timestamp_token(token_der)
    info = token.info
    return {
        "genTime": _time(info.time),
        "policy": info.policy,
        "serialNumber": f"{info.serial:x}",
        "messageImprint": f"{info.digest_algorithm.value} {info.imprint.hex()}",
        "accuracy": None if info.accuracy is None else f"{info.accuracy.as_timedelta.total_seconds()} s",
        "nonce": None if info.nonce is None else f"{info.nonce:x}",
        "signer": _signer(token.signed, token.signer),
    }
