"""Our verifier against documents that pyHanko signed, honest ones and mangled ones."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.sign import fields
from tests.conformance.pades_samples import (
    LATER,
    Bench,
    bench,
    blank_pdf,
    make_crl,
    make_ocsp,
    revoked,
    sign,
)
from tests.fixtures_pki import NOW, PERSON_NAME, certify, make_pki
from tests.report_schema import checked

from absah.adapters.verification import verify_document
from absah.kernel.clock import Instant, instant
from absah.pdf.refusals import Damaged, Empty, Encrypted, NoPages, NotAPdf, PasswordWrong, Truncated
from absah.pki.names import IndividualName
from absah.pki.profiles import Validity
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import Indication, SubIndication, Verdict
from absah.validation.evidence import ChangeKind
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors


def verify(document: bytes, using: Bench | None = None, **context: object) -> Report:
    return checked(verify_document(document, (using or bench()).context(**context)))


def failing(report: Report) -> set[CheckName]:
    checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
    return {check.name for check in checks if check.outcome is Outcome.FAILED and check.conclusion is not None}


def after(**delta: float) -> Instant:
    return instant(NOW + timedelta(**delta))


def append_revision(document: bytes, edit: object) -> bytes:
    """A well-formed incremental revision, written by hand: qpdf cannot append."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        number, body = edit(pdf)
    previous = int(re.findall(rb"startxref\s+(\d+)\s+%%EOF", document)[-1])
    size = int(re.findall(rb"/Size (\d+)", document)[-1])
    root = re.findall(rb"/Root (\d+ \d+ R)", document)[-1]
    start = len(document)
    added = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = start + len(added)
    added += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        number, start, max(size, number + 1), root, previous, table,
    )  # fmt: skip
    return document + added


def other_page_text(pdf: pikepdf.Pdf) -> tuple[int, bytes]:
    text = b"BT /F1 14 Tf 72 720 Td (Perjanjian palsu) Tj ET"
    return pdf.pages[0].obj["/Contents"].objgen[0], b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)


def test_every_level_passes_and_is_recognised():
    for level in ("B-B", "B-T", "B-LT", "B-LTA"):
        report = verify(sign(blank_pdf(), level=level))
        assert report.indication is Indication.TOTAL_PASSED, level
        assert report.verdict is Verdict.VALID
        assert [one.level for one in report.signatures] == [level]
        assert report.trial


def test_long_term_levels_need_no_register():
    for level in ("B-LT", "B-LTA"):
        report = verify(sign(blank_pdf(), level=level), register=False)
        assert (report.indication, report.signatures[0].level) == (Indication.TOTAL_PASSED, level)


def test_without_revocation_data_the_answer_is_open():
    report = verify(sign(blank_pdf()), register=False)
    assert report.conclusion.reason is SubIndication.TRY_LATER


def test_an_ocsp_response_of_an_authorised_responder_is_enough():
    pki = make_pki()
    context = bench().context(crls=(make_crl(pki.root),), ocsps=(make_ocsp(pki, pki.person),))
    assert verify_document(sign(blank_pdf()), context).indication is Indication.TOTAL_PASSED


def test_two_signers_and_an_archive_time_stamp_stay_green():
    first = sign(blank_pdf(), level="B-LT", box=(50, 50, 200, 100))
    both = sign(first, field="Signature2", level="B-LTA", box=(300, 50, 450, 100))
    report = verify(both, register=False)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.level for one in report.signatures] == ["B-LTA", "B-LTA"]
    assert [one.covers_whole_file for one in report.signatures] == [False, False]
    kinds = {change.kind for change in report.signatures[0].changes}
    # The engine that signs here writes the date of the change when a second has passed since the last one.
    assert kinds - {ChangeKind.METADATA} == {
        ChangeKind.SIGNATURE,
        ChangeKind.TIMESTAMP,
        ChangeKind.VALIDATION_MATERIAL,
    }
    assert len(report.timestamps) == 1


def test_a_certified_document_may_be_signed_again_unless_nothing_may_change():
    for permission, passes in ((fields.MDPPerm.FILL_FORMS, True), (fields.MDPPerm.NO_CHANGES, False)):
        certified = sign(blank_pdf(), certify=permission)
        assert verify(certified).indication is Indication.TOTAL_PASSED
        assert verify(certified).signatures[0].certification == permission.value
        with pikepdf.open(io.BytesIO(certified)) as pdf:  # pyHanko itself refuses to break the rule
            assert "/Perms" in pdf.Root
        loosened = certified.replace(b"/P 1", b"/P 2") if not passes else certified
        second = sign(loosened, field="Signature2")
        second = certified + second[len(certified) :]
        report = verify(second)
        assert (report.indication is Indication.TOTAL_PASSED) is passes
        assert (CheckName.CERTIFICATION in failing(report)) is not passes


def test_a_change_of_any_byte_outside_the_signature_value_is_never_accepted():
    document = sign(blank_pdf(), level="B-T")
    gap = re.search(rb"/Contents <[0-9a-fA-F]+>", document)
    assert gap is not None
    positions = [*range(0, gap.start(), 37), *range(gap.start(), gap.start() + 12), *range(gap.end(), len(document), 7)]
    for position in positions:
        tampered = bytearray(document)
        tampered[position] ^= 1
        try:
            report = verify(bytes(tampered))
        except (NotAPdf, Truncated, Damaged, NoPages):
            continue  # not readable as a PDF at all
        assert report.indication is Indication.TOTAL_FAILED, (position, document[position - 10 : position + 10])


def test_a_tampered_signature_value_fails():
    document = sign(blank_pdf())
    at = document.index(b"/Contents <") + 600
    flipped = document[:at] + (b"0" if document[at : at + 1] != b"0" else b"1") + document[at + 1 :]
    assert verify(flipped).indication is not Indication.TOTAL_PASSED


def test_a_tampered_copy_says_that_it_was_altered():
    report = verify(sign(blank_pdf()).replace(b"Perjanjian contoh", b"Perjanjian palsu!"))
    assert report.conclusion.reason is SubIndication.HASH_FAILURE
    assert report.sentence_message == "validation.sentence.altered"


def test_a_later_revision_that_changes_a_page_leaves_the_question_open():
    document = append_revision(sign(blank_pdf()), other_page_text)
    report = verify(document)
    assert report.conclusion.reason is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert {change.kind for change in report.signatures[0].changes} == {ChangeKind.PAGE_CONTENT}
    assert report.signatures[0].intact


def test_anything_after_the_end_of_the_file_is_found():
    document = sign(blank_pdf())
    assert verify(document + b"\r\n \x00").indication is Indication.TOTAL_PASSED
    for tail in (b"x", b"trailer << /Root 1 0 R >> startxref 9", b"1 0 obj << >> endobj\n" * 300):
        report = verify(document + tail)
        assert CheckName.TRAILING_BYTES in failing(report)
        assert report.indication is not Indication.TOTAL_PASSED


def test_a_revision_that_no_chain_reaches_is_found():
    document = sign(blank_pdf())
    stranger = b"9 0 obj\n<< >>\nendobj\nstartxref\n20\n%%EOF\n"
    last = document[document.rindex(b"startxref") :]
    assert CheckName.FILE_STRUCTURE in failing(verify(document + stranger + last))


def test_a_byte_range_that_leaves_out_more_or_less_fails():
    document = sign(blank_pdf())
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]", document)
    assert found is not None
    hole, resume, rest = (int(number) for number in found.groups())
    for numbers in (
        (0, hole - 10, resume, rest),
        (0, hole, resume + 8, rest - 8),
        (1, hole - 1, resume, rest),
        (0, hole, resume, rest - 60),
        (0, hole, resume, rest + 999),
    ):
        written = b"/ByteRange [%d %d %d %d]" % numbers
        forged = document.replace(found[0], written.ljust(len(found[0])))
        report = verify(forged)
        assert report.conclusion.reason is SubIndication.FORMAT_FAILURE, numbers


def test_a_broken_signature_does_not_hide_the_other():
    first = sign(blank_pdf(), field="Signature1")
    both = sign(first, field="Signature2")
    at = both.index(b"/Contents <", len(first))
    broken = both[: at + 11] + b"ff" * 20 + both[at + 51 :]
    report = verify(broken)
    assert [one.conclusion.indication for one in report.signatures] == [
        Indication.TOTAL_PASSED,
        Indication.TOTAL_FAILED,
    ]
    assert report.conclusion.reason is SubIndication.FORMAT_FAILURE


def test_a_signature_taken_out_of_the_form_is_missed():
    document = sign(blank_pdf())

    def without_form(pdf: pikepdf.Pdf) -> tuple[int, bytes]:
        pages = pdf.Root["/Pages"].objgen[0]
        return pdf.Root.objgen[0], b"<< /Type /Catalog /Pages %d 0 R >>" % pages

    report = verify(append_revision(document, without_form))
    assert report.indication is Indication.INDETERMINATE
    assert CheckName.REMOVED_SIGNATURE in failing(report)


def test_trust_makes_the_difference():
    document = sign(blank_pdf(), level="B-LT")
    stranger = certify("root-ca", type(PERSON_NAME) and make_root_name(), None)
    wrong = TrustAnchors(name="wrong", taken_at=NOW, certificates=(stranger.certificate,))
    report = verify(document, anchors=wrong)
    assert report.conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert report.sentence_message == "validation.sentence.unknown-issuer"
    nobody = verify(document, anchors=TrustAnchors(name="none", taken_at=NOW))
    assert nobody.conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert nobody.sentence_message == "validation.sentence.no-anchors"
    assert nobody.signatures[0].intact


def make_root_name() -> object:
    from absah.pki.names import AuthorityName

    return AuthorityName(common_name="Root lain UJI COBA", organisation="Lain")


def test_an_expired_certificate_without_proof_of_time_is_open_and_never_invalid():
    pki = make_pki()
    short = Validity(not_before=after(minutes=-5), not_after=after(days=2))
    brief = certify("individual-signer", PERSON_NAME, pki.issuing, emails=("siti@kota.example",), validity=short)
    signer = bench().signer(brief)
    later = after(days=10)
    report = verify(sign(blank_pdf(), signer=signer), now=later)
    assert report.conclusion.reason is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED
    assert report.verdict is Verdict.UNDETERMINED
    assert verify(sign(blank_pdf(), signer=signer, level="B-T"), now=later).indication is Indication.TOTAL_PASSED


def test_a_revocation_after_the_proven_time_does_not_hurt():
    pki = make_pki()
    crls = (make_crl(pki.root), make_crl(pki.issuing, revoked(pki.person, after(days=1)), at=after(days=2)))
    report = verify(sign(blank_pdf(), level="B-T"), now=after(days=3), crls=crls)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].revoked_later == after(days=1)
    unproven = verify(sign(blank_pdf()), now=after(days=3), crls=crls)
    assert unproven.indication is Indication.INDETERMINATE or unproven.conclusion.reason is SubIndication.REVOKED


def test_a_revocation_before_the_proven_time_does():
    pki = make_pki()
    crls = (make_crl(pki.root), make_crl(pki.issuing, revoked(pki.person, after(hours=-1))))
    report = verify(sign(blank_pdf(), level="B-T"), crls=crls)
    # pyHanko writes the machine's present time into /M, which lies after the revocation: the signer says so himself.
    assert report.conclusion.reason is SubIndication.REVOKED
    assert report.verdict is Verdict.INVALID


def test_an_archive_time_stamp_outlives_the_authority_of_the_inner_one():
    document = sign(blank_pdf(), level="B-LTA")
    report = verify(document, register=False, now=after(days=20))
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].proven_time is not None
    assert report.signatures[0].proven_time.at == NOW


def test_the_legacy_form_is_read_and_named():
    document = sign(blank_pdf(), subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    report = verify(document)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].level == ""


def test_a_document_without_signature_has_its_own_verdict():
    report = verify(blank_pdf())
    assert (report.verdict, report.signatures) == (Verdict.UNSIGNED, ())
    assert report.sentence_message == "validation.sentence.unsigned"


def test_an_encrypted_document_is_verified_with_its_password():
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank_pdf())) as pdf:
        pdf.save(written, encryption=pikepdf.Encryption(user="rahasia", owner="pemilik", R=6))
    locked = written.getvalue()
    with pytest.raises(Encrypted):
        verify(locked)
    with pytest.raises(PasswordWrong):
        verify_document(locked, bench().context(), password="salah")
    assert verify_document(locked, bench().context(), password="rahasia").verdict is Verdict.UNSIGNED


def test_what_is_no_pdf_is_refused_by_name():
    empty = io.BytesIO()
    pikepdf.new().save(empty)
    for document, refusal in (
        (b"", Empty),
        (b"Bukan PDF", NotAPdf),
        (blank_pdf()[: len(blank_pdf()) // 2], Truncated),
        (empty.getvalue(), NoPages),
        (b"%PDF-1.7\n" + b"x" * 50 + b"\nstartxref\n9\n%%EOF", Damaged),
    ):
        with pytest.raises(refusal):
            verify(document)


def test_a_report_is_ready_for_json():
    import json

    written = json.dumps(verify(sign(blank_pdf(), level="B-LTA", box=(1, 1, 99, 99))).to_dict())
    assert '"verdict": "valid"' in written
    assert "A7K2M9QX" not in written  # the subject's serialNumber is nobody's business


def test_a_report_names_no_number_of_a_person():
    assert isinstance(PERSON_NAME, IndividualName)
    report = verify(sign(blank_pdf()))
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.name == PERSON_NAME.common_name
    assert report.checked_at == LATER


def signed_with(key: object, *, subfilter: object = None, **more: object) -> tuple[bytes, Bench]:
    """Signed by pyHanko with a key of another kind, under our issuing authority."""
    from asn1crypto import keys as asn1_keys
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore
    from tests.conformance.pades_samples import asn1_certificate
    from tests.unit.validation.samples import SIGNER, odd

    party = odd(SIGNER, make_pki().issuing, key=key)
    store = SimpleCertificateStore()
    store.register(asn1_certificate(make_pki().issuing.certificate))
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=asn1_certificate(party.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
        **more,
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", subfilter=subfilter or fields.SigSeedSubFilter.PADES, md_algorithm="sha512"
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(blank_pdf()))
    return signers.sign_pdf(writer, meta, signer=signer).getvalue(), bench()


def test_keys_and_forms_of_others_are_understood():
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    legacy = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    rsa_key = rsa.generate_private_key(65537, 2048)
    made = {
        "ed25519 sha512": signed_with(ed25519.Ed25519PrivateKey.generate()),
        "rsa-pss rsa-2048 sha512": signed_with(rsa_key, prefer_pss=True),
        "rsa-pkcs1-v1_5 rsa-2048 sha512": signed_with(rsa_key, subfilter=legacy),
        "ecdsa secp521r1 sha512": signed_with(ec.generate_private_key(ec.SECP521R1()), subfilter=legacy),
    }
    for name, (document, using) in made.items():
        report = verify(document, using)
        assert report.indication is Indication.TOTAL_PASSED, (name, report.to_dict())
        told = report.signatures[0].algorithm
        assert told.split()[-1] == name.split()[-1]
        assert all(part in told for part in name.split()), (name, told)
        assert report.signatures[0].level == ("" if legacy.value.encode() in document else "B-B")
