"""A report of ours in the words of the wire, its misspellings included (`timestampInfomation`, `signatureAlgoritm`).

The report says more than the wire can: TOTAL-PASSED is VALID, TOTAL-FAILED is INVALID, and what is neither is WARNING.
Where certificates are for trial the description says so (design D13); clients compare `conclusion`, not its words.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography import x509

from absah.esign.errors import wire_moment
from absah.kernel.clock import JAKARTA, Instant
from absah.kernel.messages import Language, render
from absah.pki.certificates import load_certificate
from absah.validation.conclusion import Indication
from absah.validation.report import CertificateView, Report, SignatureReport

_CONCLUSIONS: Final = {
    Indication.TOTAL_PASSED: "VALID",
    Indication.TOTAL_FAILED: "INVALID",
    Indication.INDETERMINATE: "WARNING",
}
_UNSIGNED: Final = "Dokumen tidak memiliki tandatangan elektronik"
_VALID: Final = "Dokumen valid, Sertifikat yang digunakan terpercaya"
_TRIAL: Final = " (UJI COBA: sertifikat tidak tersertifikasi)"
_USAGES: Final = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "crlSign",
}


def description_of(report: Report, /) -> str:
    """One sentence about the whole."""
    if not report.signatures:
        return _UNSIGNED
    if report.indication is Indication.TOTAL_PASSED:
        return _VALID + (_TRIAL if report.trial else "")
    return render(report.sentence_message, Language.INDONESIAN)


def v2_answer(report: Report, /) -> dict[str, Any]:
    """`POST /api/v2/verify/pdf`."""
    if not report.signatures:
        return {
            "conclusion": "NO_SIGNATURE",
            "description": _UNSIGNED,
            "signatureCount": 0,
            "signatureInformations": [],
        }
    return {
        "conclusion": _CONCLUSIONS[report.indication],
        "description": description_of(report),
        "signatureCount": len(report.signatures),
        "signatureInformations": [_v2_signature(report, one) for one in report.signatures],
    }


def _v2_signature(report: Report, one: SignatureReport) -> dict[str, Any]:
    level = one.level.removeprefix("B-")
    return {
        "id": _identifier("S", report.document.sha256, one.field_name),
        "signatureFormat": f"PAdES-BASELINE-{level}" if level else "PKCS7",
        "signerName": one.signer.name if one.signer else "",
        "signatureDate": _moment_or_none(one.time),
        "fieldName": one.field_name,
        "reason": one.reason or None,
        "location": one.location or None,
        "certLevelCode": 0,
        "signatureAlgorithm": None,
        "digestAlgorithm": None,
        "timestampInfomation": _v2_timestamp(report, one),
        "certificateDetails": [_v2_certificate(link) for link in one.chain],
        "integrityValid": one.intact,
        "certificateTrusted": one.chain_trusted,
        "lastSignature": False,
        "ltv": level in {"LT", "LTA"},
        "modified": bool(one.beyond),
    }


def _v2_timestamp(report: Report, one: SignatureReport) -> dict[str, Any] | None:
    if one.proven_time is None:
        return None
    return {
        "id": _identifier("T", report.document.sha256, one.field_name),
        "signerName": one.proven_time.authority,
        "timestampDate": wire_moment(one.proven_time.at),
    }


def _v2_certificate(link: CertificateView) -> dict[str, Any]:
    certificate = load_certificate(link.certificate)
    return {
        "id": f"C-{link.sha256.upper()}",
        "commonName": common_name(certificate.subject),
        "issuerName": certificate.issuer.rfc4514_string(),
        "serialNumber": str(certificate.serial_number),
        "notAfterDate": wire_moment(link.not_after),
        "notBeforeDate": wire_moment(link.not_before),
        "signatureAlgoritm": _algorithm(certificate),
        "keyUsages": key_usages(certificate),
    }


def common_name(name: x509.Name, /) -> str:
    """The last common name of a subject, or the whole of it where it has none."""
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[-1].value) if found else name.rfc4514_string()


def key_usages(certificate: x509.Certificate, /) -> list[str]:
    """Key usages as RFC 5280 spells them; the second by its older name."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return []
    return [spelled for name, spelled in _USAGES.items() if getattr(usage, name)]


def _algorithm(certificate: x509.Certificate) -> str:
    """`RSA with SHA256`, as the wire has it. The key is the issuer's, which the signature algorithm names."""
    digest = certificate.signature_hash_algorithm
    family = "ECDSA" if "ecdsa" in certificate.signature_algorithm_oid._name.lower() else "RSA"  # noqa: SLF001  (the library's only name for it)
    return f"{family} with {digest.name.upper()}" if digest is not None else family


def v1_answer(report: Report, name: str, /) -> dict[str, Any]:
    """`POST /api/sign/verify`; `name` is that of the file that was sent."""
    signed = bool(report.signatures)
    valid = report.indication is Indication.TOTAL_PASSED
    return {
        "nama_dokumen": name,
        "jumlah_signature": len(report.signatures),
        "notes": description_of(report) if signed else None,
        "details": [_v1_detail(one) for one in report.signatures],
        "summary": ("VALID" if valid else "INVALID") if signed else None,
    }


def _v1_detail(one: SignatureReport) -> Mapping[str, Any]:
    leaf = one.chain[0] if one.chain else None
    proven = one.proven_time
    return {
        "info_tsa": {"name": proven.authority if proven else None, "tsa_cert_validity": None},
        "signature_field": one.field_name,
        "info_signer": {
            "issuer_dn": load_certificate(leaf.certificate).issuer.rfc4514_string() if leaf else None,
            "signer_name": one.signer.name if one.signer else "",
            "signer_cert_validity": f"{_v1_moment(leaf.not_before)} to {_v1_moment(leaf.not_after)}" if leaf else None,
            "signer_dn": one.signer.name if one.signer else "",
            "cert_user_certified": one.chain_trusted,
        },
        "signature_document": {
            "signed_using_tsa": proven is not None,
            "reason": one.reason or None,
            "document_integrity": one.intact,
            "signature_value": None,
            "signed_in": _v1_moment(one.time) if one.time else None,
            "location": one.location or None,
            "hash_value": None,
        },
    }


def _v1_moment(moment: Instant) -> str:
    """In the time of Jakarta, without a zone, hundredths of a second."""
    return moment.astimezone(JAKARTA).strftime("%Y-%m-%d %H:%M:%S.00")


def _moment_or_none(moment: Instant | None) -> str | None:
    return None if moment is None else wire_moment(moment)


def _identifier(kind: str, *parts: str) -> str:
    """An identifier as long as those of the service, the same for the same signature of the same file."""
    return f"{kind}-{sha256(chr(0).join(parts).encode()).hexdigest().upper()}"
