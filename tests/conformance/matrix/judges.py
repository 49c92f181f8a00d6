"""The outside judges of the matrix, and our own verifier. Each raises AssertionError with the judge's own words.

Which judge can speak about which key is a table, so that what nobody checks is seen: OpenSSL's `cms` and poppler know
RSASSA-PKCS1-v1_5 and ECDSA; PSS is judged by OpenSSL, pyHanko and our verifier (see `JUDGES_OF`).
"""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext as PyhankoContext
from tests.conformance.matrix.people import AFTER, crls
from tests.conformance.matrix.signing import Outcome
from tests.fixtures_pki import Party, make_pki

from absah.adapters.verification import verify_document
from absah.pki.certificates import load_certificate
from absah.signing.levels import Level
from absah.validation.conclusion import Indication
from absah.validation.process import ValidationContext
from absah.validation.trust import TrustAnchors

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_SECONDS_ALLOWED = 120
_SIGNATURE_TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
_CHANGES_ALLOWED = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}


def run(*command: str | Path, statuses: tuple[int, ...] = (0,)) -> str:
    """The output of an outside program that ends well; one that is not here skips the test and is named."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"judge missing: {command[0]}")
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, check=False, timeout=_SECONDS_ALLOWED)
    output = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode in statuses, output
    return output


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One CMS of a document, the bytes that it covers, and what it is."""

    der: bytes
    covered: bytes
    message: asn1_cms.ContentInfo

    @property
    def is_timestamp(self) -> bool:
        return str(self.message["content"]["encap_content_info"]["content_type"].native) == "tst_info"

    @property
    def signature_timestamps(self) -> list[bytes]:
        """The tokens over the signature value (RFC 3161 appendix A)."""
        unsigned = self.message["content"]["signer_infos"][0]["unsigned_attrs"]
        found = [attribute for attribute in unsigned or () if attribute["type"].dotted == _SIGNATURE_TIMESTAMP]
        return [value.dump() for attribute in found for value in attribute["values"]]

    @property
    def signature(self) -> bytes:
        return bytes(self.message["content"]["signer_infos"][0]["signature"].native)


def containers(document: bytes, start: int = 0) -> Iterator[Container]:
    """Every signature value and document time-stamp from an offset on, found by its ByteRange alone."""
    for found in _BYTE_RANGE.finditer(document, start):
        _, first, second, rest = map(int, found.groups())
        message = asn1_cms.ContentInfo.load(bytes.fromhex(document[first + 1 : second - 1].decode()))
        yield Container(
            der=message.dump(), covered=document[:first] + document[second : second + rest], message=message
        )


def prefix(outcome: Outcome, _folder: Path) -> None:
    """We only append."""
    assert outcome.signed.startswith(outcome.original)


def pdfsig(outcome: Outcome, folder: Path) -> None:
    told = run("pdfsig", "-nocert", file(folder, "signed.pdf", outcome.signed))
    assert told.count("Signature Validation: Signature is Valid.") == outcome.signatures, told


def qpdf(outcome: Outcome, folder: Path) -> None:
    told = run("qpdf", "--check", file(folder, "signed.pdf", outcome.signed))
    assert "No syntax or stream encoding errors found" in told, told


def openssl_cms(outcome: Outcome, folder: Path) -> None:
    """Each CMS over its covered bytes, with its chain up to the root, at the time of the judges."""
    found = [one for one in containers(outcome.signed) if not one.is_timestamp]
    assert len(found) == outcome.signatures
    for one in found:
        run(
            *("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any"),
            *("-CAfile", pem(folder, make_pki().root), "-attime", str(int(AFTER.timestamp()))),
            *("-in", file(folder, "cms.der", one.der), "-content", file(folder, "covered", one.covered)),
            *("-out", folder / "out"),
        )


def openssl_ts(outcome: Outcome, folder: Path) -> None:
    """Each token: those over a signature value, and the document time-stamps."""
    found = list(containers(outcome.signed))
    document_timestamps = [(one.der, one.covered) for one in found if one.is_timestamp]
    tokens = [(token, one.signature) for one in found for token in one.signature_timestamps]
    assert len(document_timestamps) == outcome.document_timestamps
    assert len(tokens) >= sum(level.has_timestamp for level in outcome.levels)
    for token, data in (*tokens, *document_timestamps):
        told = run(
            *("openssl", "ts", "-verify", "-token_in", "-in", file(folder, "token.der", token)),
            *("-data", file(folder, "stamped", data), "-attime", str(int(AFTER.timestamp()))),
            *("-CAfile", pem(folder, make_pki().root), "-untrusted", pem(folder, make_pki().issuing)),
        )
        assert "Verification: OK" in told, told


def pyhanko(outcome: Outcome, _folder: Path) -> None:
    """Intact, valid, trusted, and nothing after a signature but what may come after it."""
    pki = make_pki()
    context = PyhankoContext(
        trust_roots=[asn1_x509.Certificate.load(pki.root.certificate)],
        other_certs=[asn1_x509.Certificate.load(pki.issuing.certificate)],
        crls=[asn1_crl.CertificateList.load(crl) for crl in crls()],
        moment=AFTER,
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
    reader = PdfFileReader(io.BytesIO(outcome.signed), strict=False)
    assert len(reader.embedded_regular_signatures) == outcome.signatures
    assert len(reader.embedded_timestamp_signatures) == outcome.document_timestamps
    usage = KeyUsageConstraints(key_usage={"non_repudiation"})
    for signature in reader.embedded_regular_signatures:
        status = validate_pdf_signature(signature, context, key_usage_settings=usage)
        assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
        assert status.docmdp_ok is not False
        assert status.modification_level in _CHANGES_ALLOWED, status.pretty_print_details()
    for stamp in reader.embedded_timestamp_signatures:
        told = validate_pdf_timestamp(stamp, context)
        assert (told.intact, told.valid, told.trusted) == (True, True, True)
        assert told.coverage is SignatureCoverageLevel.ENTIRE_FILE


def absah(outcome: Outcome, _folder: Path) -> None:
    """Our own verifier: TOTAL-PASSED at the level that was asked for. Lists help only where the document has none."""
    pki = make_pki()
    helped = any(not level.has_material for level in outcome.levels) or outcome.signatures > len(outcome.levels)
    report = verify_document(
        outcome.signed,
        ValidationContext(
            anchors=TrustAnchors(name="test", taken_at=AFTER, certificates=(pki.root.certificate,)),
            now=AFTER,
            trial=True,
            crls=crls() if helped else (),
        ),
    )
    ours = report.signatures[-len(outcome.levels) :]
    told = [(one.conclusion.indication, Level(one.level)) for one in ours]
    assert told == [(Indication.TOTAL_PASSED, level) for level in outcome.levels], report.to_dict()
    assert report.indication is Indication.TOTAL_PASSED, report.to_dict()


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def pem(folder: Path, party: Party) -> Path:
    certificate = load_certificate(party.certificate)
    return file(folder, f"{certificate.serial_number}.pem", certificate.public_bytes(Encoding.PEM))


Judge = Callable[[Outcome, Path], None]

_EVERYBODY: tuple[Judge, ...] = (prefix, pdfsig, qpdf, openssl_cms, openssl_ts, pyhanko, absah)
JUDGES_OF: Mapping[str, tuple[Judge, ...]] = {
    "rsa-2048": _EVERYBODY,
    "rsa-pss": _EVERYBODY,
    "ec-p256": _EVERYBODY,
    "ec-p384": _EVERYBODY,
}
"""Who judges the signatures of a kind of key."""
