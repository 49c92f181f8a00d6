"""Verification over both versions: the words of the wire, its misspellings included."""

import base64
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.documents import page_with
from tests.site.esign.conftest import WireClient
from tests.site.esign.test_signing import refusal, v2_body

SIGNATURE_KEYS = {
    "id", "signatureFormat", "signerName", "signatureDate", "fieldName", "reason", "location", "certLevelCode",
    "signatureAlgorithm", "digestAlgorithm", "timestampInfomation", "certificateDetails", "integrityValid",
    "certificateTrusted", "lastSignature", "ltv", "modified",
}  # fmt: skip
CERTIFICATE_KEYS = {
    "id", "commonName", "issuerName", "serialNumber", "notAfterDate", "notBeforeDate", "signatureAlgoritm", "keyUsages",
}  # fmt: skip


def signed(client: WireClient) -> bytes:
    properties = [{"tampilan": "INVISIBLE", "reason": "persetujuan", "location": "null"}]
    return base64.b64decode(client.json("/api/v2/sign/pdf", v2_body(signatureProperties=properties)).json["file"][0])


def test_v2_tells_every_signature_with_its_chain(client: WireClient, holder: Any) -> None:
    told = client.json("/api/v2/verify/pdf", {"file": base64.b64encode(signed(client)).decode()}).json
    assert list(told) == ["conclusion", "description", "signatureCount", "signatureInformations"]
    assert (told["conclusion"], told["signatureCount"]) == ("VALID", 1)
    assert told["description"].startswith("Dokumen valid, Sertifikat yang digunakan terpercaya")
    assert "UJI COBA" in told["description"]
    (one,) = told["signatureInformations"]
    assert set(one) == SIGNATURE_KEYS
    assert (one["signatureFormat"], one["reason"], one["location"]) == ("PAdES-BASELINE-T", "persetujuan", None)
    assert (one["integrityValid"], one["certificateTrusted"], one["lastSignature"]) == (True, True, False)
    assert one["timestampInfomation"]["timestampDate"].endswith("+00:00")
    assert [len(found["id"]) for found in (one, one["timestampInfomation"])] == [66, 66]
    assert [set(link) for link in one["certificateDetails"]] == [CERTIFICATE_KEYS] * 3
    leaf = one["certificateDetails"][0]
    assert (leaf["signatureAlgoritm"], leaf["keyUsages"]) == ("ECDSA with SHA256", ["nonRepudiation"])
    assert leaf["serialNumber"].isdecimal()


def test_v1_tells_times_of_jakarta(client: WireClient, holder: Any) -> None:
    file = SimpleUploadedFile("surat.pdf", signed(client), "application/pdf")
    told = client.form("/api/sign/verify", signed_file=file).json
    assert (told["nama_dokumen"], told["jumlah_signature"], told["summary"]) == ("surat.pdf", 1, "VALID")
    (one,) = told["details"]
    assert one["signature_document"]["signed_in"] == "2026-11-20 14:03:00.00"
    assert one["info_signer"]["cert_user_certified"] is True
    assert " to " in one["info_signer"]["signer_cert_validity"]


def test_an_unsigned_document_is_one_without_signatures(client: WireClient) -> None:
    told = client.json("/api/v2/verify/pdf", {"file": base64.b64encode(page_with()).decode()}).json
    assert told == {
        "conclusion": "NO_SIGNATURE",
        "description": "Dokumen tidak memiliki tandatangan elektronik",
        "signatureCount": 0,
        "signatureInformations": [],
    }
    v1 = client.form("/api/sign/verify", signed_file=SimpleUploadedFile("a.pdf", page_with())).json
    assert v1 == {"nama_dokumen": "a.pdf", "jumlah_signature": 0, "notes": None, "details": [], "summary": None}


def test_an_altered_document_is_invalid_and_says_why(client: WireClient, holder: Any) -> None:
    spoilt = bytearray(signed(client))
    spoilt[spoilt.index(b"stream") + 10] ^= 1
    told = client.json("/api/v2/verify/pdf", {"file": base64.b64encode(bytes(spoilt)).decode()}).json
    assert told["conclusion"] == "INVALID"
    assert told["signatureInformations"][0]["integrityValid"] is False


def test_what_is_no_pdf_is_refused_and_not_a_500(client: WireClient) -> None:
    assert refusal(client.json("/api/v2/verify/pdf", {"file": "YWJj"})) == 4031
    assert refusal(client.json("/api/v2/verify/pdf", {})) == 4001
    assert refusal(client.form("/api/sign/verify")) == 4001
