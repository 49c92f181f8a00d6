import json
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.fixtures_pki import NOW, Party, Pki
from tests.unit.validation.samples import (
    SHA256,
    SIGNER,
    Shape,
    context,
    document,
    document_stamp,
    judge,
    make_cms,
    odd,
    signature,
    stamped,
)

from absah.kernel.messages import Language, catalogue
from absah.pki import der, oids
from absah.validation.answers import Question, answers_for
from absah.validation.checks import Check, CheckLevel, CheckName, Outcome
from absah.validation.conclusion import SubIndication, Verdict, because
from absah.validation.evidence import (
    Change,
    ChangeKind,
    DigestFact,
    NotCovered,
    SecondOpinion,
    SignaturePlace,
    Statements,
    StructureProblem,
    UnreadableSignature,
)
from absah.validation.process import validate
from absah.validation.report import Report, SignatureReport, TimestampReport
from absah.validation.report_text import render_check, render_moment, render_report
from absah.validation.trust import TrustAnchors
from absah.validation.views import display_name, person_view


def how(report: Report) -> dict[Question, str]:
    return {one.question: one.message_id.rsplit(".", 1)[1] for one in answers_for(report.signatures[0])}


def test_the_four_words_are_exactly_these():
    expected = {
        Verdict.VALID: ("Sah", "Valid"),
        Verdict.UNDETERMINED: ("Belum dapat dipastikan", "Cannot be established yet"),
        Verdict.INVALID: ("Tidak sah", "Not valid"),
        Verdict.UNSIGNED: ("Tidak ada tanda tangan elektronik", "No electronic signature"),
    }
    for verdict, words in expected.items():
        found = tuple(catalogue(language)[f"validation.verdict.{verdict}"]["text"] for language in Language)
        assert found == words


def test_every_check_and_every_reason_has_words_in_both_languages():
    for language in Language:
        known = catalogue(language)
        assert all(f"validation.check.{name}" in known for name in CheckName)
        base = judge(signature())
        for reason in SubIndication:
            check = Check(name=CheckName.CHAIN, level=CheckLevel.FAIL, outcome=Outcome.FAILED, reason=reason)
            report = replace(base, conclusion=because(reason), verdict=Verdict.UNDETERMINED, deciding=check)
            assert report.sentence_message in known
            assert report.next_message in known


def test_the_catalogues_say_the_same_things():
    one, other = ({key for key in catalogue(language) if key.startswith("validation.")} for language in Language)
    assert one == other


def test_the_four_questions_are_answered_apart_from_one_another(pki: Pki):
    assert how(judge(signature())) == {"who": "known-at", "when": "claimed", "changed": "no", "vouched": "known"}
    timed = judge(signature(stamped(make_cms()), changes=(Change(kind=ChangeKind.SIGNATURE, where="x"),)))
    assert how(timed) == {"who": "known-at", "when": "proven", "changed": "permitted", "vouched": "known"}
    later = judge(signature(changes=(Change(kind=ChangeKind.OTHER, where="x"),)))
    assert how(later)[Question.CHANGED] == "later"
    doubted = judge(
        signature(changes=(Change(kind=ChangeKind.SIGNATURE, where="x"),), second_opinion=SecondOpinion.SUSPICIOUS)
    )
    assert how(doubted)[Question.CHANGED] == "later"
    stranger = judge(signature(), anchors=TrustAnchors(name="none", taken_at=NOW))
    assert how(stranger)[Question.WHO] == "claimed"
    assert how(stranger)[Question.VOUCHED] == "unknown"
    altered = judge(signature(digests=(DigestFact(algorithm=SHA256, value=bytes(32)),), statements=Statements()))
    assert how(altered) == {"who": "unknown", "when": "unknown", "changed": "broken", "vouched": "known"}
    broken = judge(UnreadableSignature(field_name="x", problem="KeyError"))
    assert how(broken)[Question.VOUCHED] == "nobody"
    lonely = odd(Shape(name="Lonely", usages=("content_commitment",)))
    alone = judge(
        signature(make_cms(lonely)), anchors=TrustAnchors(name="t", taken_at=NOW, certificates=(lonely.certificate,))
    )
    assert how(alone)[Question.WHO] == "known"


def reports() -> list[Report]:
    return [
        judge(signature(), document_stamp()),
        judge(UnreadableSignature(field_name="x", problem="KeyError")),
        judge(signature(), document_stamp(cms=b"", coverage=NotCovered(problem="p"))),
        judge(signature(digests=())),
        judge(signature(sub_filter="adbe.pkcs7.detached"), trial=False),
        judge(),
        validate(document(signature(), problems=(StructureProblem.TRAILING_BYTES,)), context()),
        judge(signature(), anchors=TrustAnchors(name="none", taken_at=NOW)),
    ]


@pytest.mark.parametrize("language", list(Language))
def test_every_report_can_be_told(language: Language):
    for report in reports():
        lines = render_report(report, language)
        assert lines[0].startswith(catalogue(language)[report.verdict_message]["text"].upper())
        assert all("{" not in line for line in lines)


def test_a_trial_is_labelled_and_only_a_trial():
    assert "UJI COBA" in render_report(judge(signature()), Language.INDONESIAN)[0]
    assert any("tidak tersertifikasi" in line for line in render_report(judge(signature()), Language.INDONESIAN))
    assert "UJI COBA" not in render_report(judge(signature(), trial=False), Language.INDONESIAN)[0]


def test_a_document_time_stamp_without_a_known_authority_is_told_so():
    stamp = TimestampReport(
        field_name="DocTimeStamp1", conclusion=because(SubIndication.HASH_FAILURE), checks=(), time=NOW
    )
    told = render_report(replace(judge(signature()), timestamps=(stamp,)), Language.ENGLISH)
    (line,) = (line for line in told if line.startswith("Document time-stamp"))
    assert line.endswith("by an authority that could not be established")


def test_moments_are_written_the_way_of_the_language():
    assert render_moment(NOW, Language.INDONESIAN) == "21 November 2026, 09.00 WIB"
    assert render_moment(NOW, Language.ENGLISH) == "21 November 2026, 09:00 WIB"


def test_a_check_is_told_with_its_source_and_its_details():
    bare = Check(name=CheckName.CHAIN, level=CheckLevel.FAIL, outcome=Outcome.PASSED)
    assert render_check(bare, Language.ENGLISH).endswith("[ETSI EN 319 102-1 §5.2.6]")
    told = render_check(replace(bare, details=(("length", "3"), ("empty", ""))), Language.ENGLISH)
    assert "(length=3)" in told


def test_a_report_is_ready_for_json_and_keeps_its_shape():
    placed = signature(place=SignaturePlace(page=1, rect=(1, 2, 3, 4)), certification=2)
    report = judge(placed, document_stamp(), UnreadableSignature(field_name="x", problem="p"))
    written = json.loads(json.dumps(report.to_dict()))
    assert written["schema"] == 1
    assert written["verdict"] == "invalid"
    assert set(written) == {
        "schema", "verdict", "indication", "sub_indication", "trial", "checked_at", "messages", "document", "trust",
        "policy", "signatures", "timestamps", "findings", "online",
    }  # fmt: skip
    first = written["signatures"][0]
    assert first["signer"] == {
        "name": "Siti Contoh Rahayu",
        "organisation": "Pemerintah Kota Contoh",
        "units": ["Dinas Komunikasi dan Informatika"],
    }
    assert (first["place"], first["certification"]) == ({"page": 1, "rect": [1, 2, 3, 4]}, 2)
    assert first["proven_time"] is not None
    assert written["signatures"][1]["signer"] is None


def test_the_number_of_a_subject_is_never_shown(pki: Pki):
    report = judge(signature())
    told = json.dumps(report.to_dict()) + "".join(render_report(report, Language.INDONESIAN))
    assert "A7K2M9QX" not in told


def test_a_subject_without_common_name_goes_by_its_organisation(pki: Pki):
    from absah.validation.certificates import read_certificate

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kantor")])
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from tests.unit.validation.samples import after

    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(5)
        .not_valid_before(NOW).not_valid_after(after(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate = read_certificate(made.public_bytes(Encoding.DER))
    assert certificate is not None
    assert (display_name(certificate), person_view(certificate).units) == ("Kantor", ())


def test_a_key_of_an_unknown_kind_has_no_name(pki: Pki):
    usual = odd(SIGNER, pki.issuing)
    keyless = usual.certificate.replace(der.oid(oids.EC_PUBLIC_KEY), der.oid("1.2.840.10045.2.9"))
    report = judge(signature(make_cms(Party(usual.key, keyless))))
    assert report.signatures[0].algorithm == "ecdsa ? sha256"
    assert report.verdict is not Verdict.VALID


def test_a_signature_report_knows_its_best_time():
    bare = SignatureReport(field_name="x", conclusion=because(SubIndication.GENERIC), checks=())
    assert bare.time is None
    assert replace(bare, claimed_time=NOW).time == NOW


def test_an_empty_set_of_anchors_knows_that_it_is_empty(pki: Pki):
    assert TrustAnchors(name="none", taken_at=NOW).empty
    assert not TrustAnchors(name="one", taken_at=NOW, certificates=(pki.root.certificate,)).empty


def test_every_later_change_is_written_with_whether_it_was_permitted():
    later = (Change(kind=ChangeKind.SIGNATURE, where="x"), Change(kind=ChangeKind.OTHER, where="y"))
    written = judge(signature(changes=later)).to_dict()["signatures"][0]["changes"]
    assert [(one["kind"], one["permitted"]) for one in written] == [("signature", True), ("other", False)]


@pytest.mark.parametrize("language", list(Language))
def test_a_detailed_report_adds_processes_law_and_every_check(language: Language):
    report = judge(signature(stamped(make_cms())))
    simple, detailed = render_report(report, language), render_report(report, language, detailed=True)
    assert set(simple) < set(detailed)
    assert any("§5.5: TOTAL-PASSED" in line for line in detailed)
    assert sum(line.startswith("    ") and line[4:6] in {f"{letter}." for letter in "abcdef"} for line in detailed) == 6
    open_ = render_report(judge(signature(), crls=()), language, detailed=True)
    assert any("TRY_LATER" in line for line in open_)
