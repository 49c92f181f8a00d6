"""The record of a ceremony: what was done with what, as JSON for programs, as PDF/A for people who sign it by hand.

The JSON is signed by a key that is made for this ceremony and gone with it. Its fingerprint is read aloud and stands on
the printed record above the people's signatures: whoever holds that paper can tell an altered record. A CA's own key
signs certificates and lists only, so never this.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from absah.adapters.typst_press import press
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import AbsahError, BadInput
from absah.kernel.rng import Rng, serial_number
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, sign_bytes
from absah.pki.ceremony import read_aloud
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import build_signed_attributes, build_signed_data, parse_signed_data, verify_signer_info

_DIGEST: Final = DigestAlgorithm.SHA384


class RecordAltered(BadInput):
    """The record, its signature or a file of the ceremony is not what it was. Parameter: what."""

    code = "ceremony.record-altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRecord:
    """The record (JSON), its detached signature (CMS, DER), the certificate of the ceremony's key, and the print."""

    text: bytes
    signature: bytes
    certificate: bytes
    printed: bytes

    def files(self) -> dict[str, bytes]:
        """By the names they have in the folder."""
        return {
            "record.json": self.text,
            "record.p7s": self.signature,
            "record.cer": self.certificate,
            "record.pdf": self.printed,
        }


def sign_record(facts: dict[str, Any], now: Instant, rng: Rng, /) -> SignedRecord:
    """Sign with a key that nobody keeps, and print."""
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = _certificate_for(key, str(facts["ceremony"]), now, rng)
    text = (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    attributes = build_signed_attributes(oids.DATA, _DIGEST.digest(text), certificate, _DIGEST)
    signature = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=(certificate,),
        signed_attributes=attributes,
        signature=sign_bytes(key, attributes, _DIGEST),
        digest=_DIGEST,
        key_algorithm=KeyAlgorithm.P384,
    )
    printed = press(
        "ceremony",
        facts | {"record_hash": read_aloud(text), "key_fingerprint": read_aloud(certificate)},
        dated=legal_date(now),
    )
    return SignedRecord(text=text, signature=signature, certificate=certificate, printed=printed)


def check_record(text: bytes, signature: bytes, certificate: bytes, /) -> dict[str, Any]:
    """The facts of a record whose signature holds. Raises RecordAltered."""
    try:
        signed = parse_signed_data(signature)
        (signer,) = signed.signers
        attributes = signer.attributes
        if attributes is None or attributes.message_digest != signer.digest.digest(text):
            raise RecordAltered(what="record.json")
        if signed.certificate_of(signer) != certificate or not attributes.names(certificate):
            raise RecordAltered(what="record.cer")
        verify_signer_info(signer, public_key_of_certificate(load_certificate(certificate)))
        facts = json.loads(text)
    except (AbsahError, ValueError) as problem:
        if isinstance(problem, RecordAltered):
            raise
        raise RecordAltered(what="record.p7s") from None
    if not isinstance(facts, dict):
        raise RecordAltered(what="record.json")
    return facts


def _certificate_for(key: ec.EllipticCurvePrivateKey, ceremony: str, now: Instant, rng: Rng) -> bytes:
    """A certificate that the key gives itself: a form for its fingerprint, trusted by nobody on its own."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Absah"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Record of ceremony {ceremony}"[:64]),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial_number(rng))
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA384())
        .public_bytes(Encoding.DER)
    )
