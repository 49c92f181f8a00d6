"""Whole judgements over evidence built by hand."""

import hashlib
from dataclasses import replace

from tests.fixtures_pki import NOW, Pki
from tests.unit.validation.samples import (
    CA,
    DIGEST,
    LATER,
    SHA256,
    SIGNER,
    after,
    context,
    document,
    document_stamp,
    good_crls,
    judge,
    make_cms,
    make_crl,
    make_token,
    odd,
    revoked,
    signature,
    stamped,
)

from absah.kernel.clock import Instant
from absah.pki import der, oids
from absah.pki.cms import Attribute, build_signed_attributes
from absah.pki.revocation import RevocationReason
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import Indication, SubIndication, Verdict
from absah.validation.evidence import (
    Change,
    ChangeKind,
    Covered,
    DigestFact,
    HiddenContent,
    Material,
    NotCovered,
    SecondOpinion,
    Statements,
    StructureProblem,
    UnreadableSignature,
    WidgetMismatch,
)
from absah.validation.material import Suspension
from absah.validation.process import ValidationContext, validate
from absah.validation.report import Report
from absah.validation.trust import AnchorTerms, TrustAnchors


def reason(report: Report) -> SubIndication | None:
    return report.conclusion.reason


def names(report: Report, outcome: Outcome = Outcome.FAILED) -> set[CheckName]:
    checks = [*report.findings, *(check for one in report.signatures for check in one.checks)]
    return {check.name for check in checks if check.outcome is outcome}


def test_an_honest_signature_passes_at_its_level(pki: Pki):
    plain = judge(signature())
    assert (plain.indication, plain.signatures[0].level) == (Indication.TOTAL_PASSED, "B-B")
    assert plain.deciding is None
    timed = judge(signature(stamped(make_cms())))
    assert (timed.indication, timed.signatures[0].level) == (Indication.TOTAL_PASSED, "B-T")
    carried = Material(certificates=(pki.issuing.certificate,), crls=good_crls())
    whole = validate(document(signature(stamped(make_cms())), material=carried), context(crls=()))
    assert (whole.indication, whole.signatures[0].level) == (Indication.TOTAL_PASSED, "B-LT")
    seen = frozenset(hashlib.sha256(crl).digest() for crl in carried.crls)
    signed = signature(stamped(make_cms()))
    archived = validate(document(signed, document_stamp(material=seen), material=carried), context(crls=()))
    assert (archived.indication, archived.signatures[0].level) == (Indication.TOTAL_PASSED, "B-LTA")
    unseen = validate(document(signed, document_stamp(), material=carried), context(crls=()))
    assert unseen.signatures[0].level == "B-LT"


def test_a_document_time_stamp_alone_proves_the_time():
    report = judge(signature(), document_stamp(at=after(minutes=5)))
    proven = report.signatures[0].proven_time
    assert proven is not None
    assert (proven.at, proven.by, proven.authority) == (after(minutes=5), "document-timestamp", "Absah TSA UJI COBA")
    assert report.signatures[0].time == after(minutes=5)


def test_the_earliest_proof_counts():
    stamps = (document_stamp(at=after(minutes=9), end=300), document_stamp(at=after(minutes=5), end=200))
    cms = stamped(stamped(make_cms(), at=after(minutes=3)), at=after(minutes=2))
    proven = judge(signature(cms), *stamps).signatures[0].proven_time
    assert proven is not None
    assert (proven.at, proven.by) == (after(minutes=2), "signature-timestamp")


def test_a_later_time_stamp_of_a_signature_changes_nothing():
    cms = stamped(stamped(make_cms(), at=after(minutes=2)), at=after(minutes=3))
    proven = judge(signature(cms)).signatures[0].proven_time
    assert proven is not None
    assert proven.at == after(minutes=2)


def test_time_stamps_must_stand_in_a_possible_order():
    report = judge(signature(stamped(make_cms(), at=after(minutes=9))), document_stamp(at=after(minutes=5)))
    assert reason(report) is SubIndication.TIMESTAMP_ORDER_FAILURE


def test_a_time_stamp_inside_does_not_prove_what_ends_after_it():
    report = judge(signature(), document_stamp(end=50))
    assert report.signatures[0].proven_time is None


def test_a_time_stamp_that_proves_nothing_is_a_warning(pki: Pki):
    other = pki.person
    unsigned = make_token(SHA256.digest(b"something else"))
    from absah.pki.cms import with_signature_timestamp

    report = judge(signature(with_signature_timestamp(make_cms(other), unsigned)))
    assert report.indication is Indication.TOTAL_PASSED
    assert CheckName.SIGNATURE_TIMESTAMP in names(report)


def test_an_untrusted_document_time_stamp_costs_nothing_and_a_broken_one_everything():
    strangers = context(anchors=replace(context().anchors, certificates=()))
    assert reason(validate(document(signature(), document_stamp()), strangers)) is not SubIndication.HASH_FAILURE
    broken = document_stamp(digests=(DigestFact(algorithm=SHA256, value=bytes(32)),))
    assert reason(judge(signature(), broken)) is SubIndication.HASH_FAILURE
    without = document_stamp(digests=())
    assert reason(judge(signature(), without)) is SubIndication.HASH_FAILURE
    outside = document_stamp(coverage=NotCovered(problem="not-four-numbers"))
    report = judge(signature(), outside)
    assert reason(report) is SubIndication.FORMAT_FAILURE
    assert report.timestamps[0].revision == 0


def test_a_digest_that_does_not_match_fails_whatever_else_is_true():
    altered = signature(digests=(DigestFact(algorithm=SHA256, value=bytes(32)),))
    report = judge(altered)
    assert reason(report) is SubIndication.HASH_FAILURE
    assert (report.verdict, report.signatures[0].intact) == (Verdict.INVALID, False)
    assert reason(judge(signature(digests=()))) is SubIndication.SIGNED_DATA_NOT_FOUND


def test_a_signature_value_of_another_key_fails(pki: Pki):
    attributes = build_signed_attributes(oids.DATA, DIGEST, pki.person.certificate, SHA256)
    foreign = make_cms(replace(pki.person, key=pki.seal.key), attributes=attributes)
    assert reason(judge(signature(foreign))) is SubIndication.SIG_CRYPTO_FAILURE


def test_one_broken_signature_never_hides_the_others():
    report = judge(UnreadableSignature(field_name="Broken", problem="KeyError"), signature())
    assert [one.conclusion.indication for one in report.signatures] == [
        Indication.TOTAL_FAILED,
        Indication.TOTAL_PASSED,
    ]
    assert reason(report) is SubIndication.FORMAT_FAILURE


def test_an_unlawful_byte_range_fails():
    report = judge(signature(coverage=NotCovered(problem="does-not-end-a-revision")))
    assert reason(report) is SubIndication.FORMAT_FAILURE
    assert report.signatures[0].revision == 0
    assert not report.signatures[0].covers_whole_file


def test_no_anchor_is_a_refusal_to_judge():
    nobody = ValidationContext.without_anchors(now=LATER)
    report = validate(document(signature()), nobody)
    assert reason(report) is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert report.sentence_message == "validation.sentence.no-anchors"
    assert not report.signatures[0].chain_trusted
    assert [link.subject for link in report.signatures[0].chain][:1] == ["Siti Contoh Rahayu"]


def test_a_later_change_leaves_the_question_open():
    permitted = (ChangeKind.SIGNATURE, ChangeKind.VALIDATION_MATERIAL, ChangeKind.FORM_FIELD)
    harmless = tuple(Change(kind=kind, where="x") for kind in permitted)
    assert judge(signature(changes=harmless)).indication is Indication.TOTAL_PASSED
    for kind in (ChangeKind.SIGNED_FIELD, ChangeKind.ANNOTATION, ChangeKind.PAGE_CONTENT, ChangeKind.OTHER):
        report = judge(signature(changes=(*harmless, Change(kind=kind, where="x"))))
        assert reason(report) is SubIndication.SIG_CONSTRAINTS_FAILURE
        assert report.sentence_message == "validation.sentence.changed-later"


def test_what_a_later_field_covers_leaves_the_question_open():
    covered = HiddenContent(revision=2, field="Second", page=1, box=(0, 0, 9, 9), text="9000")
    for revision, passes in ((1, False), (2, True)):
        later = signature(coverage=Covered(end=1, revision=revision, whole_file=False))
        report = validate(document(later, hidden=(covered,)), context())
        assert (report.indication is Indication.TOTAL_PASSED) is passes
    report = validate(document(signature(), hidden=(replace(covered, revision=9),)), context())
    assert report.sentence_message == "validation.sentence.hidden-content"


def test_the_second_reader_can_only_make_it_worse():
    for opinion, passes in (
        (SecondOpinion.AGREES, True),
        (SecondOpinion.UNAVAILABLE, True),
        (SecondOpinion.NOT_ASKED, True),
        (SecondOpinion.SUSPICIOUS, False),
    ):
        report = judge(signature(second_opinion=opinion))
        assert (report.indication is Indication.TOTAL_PASSED) is passes, opinion


def test_what_a_certification_forbids_leaves_the_question_open():
    later = (Change(kind=ChangeKind.SIGNATURE, where="x"),)
    archive = (Change(kind=ChangeKind.TIMESTAMP, where="x"),)
    for permission, changes, passes in ((1, later, False), (1, archive, True), (2, later, True), (3, (), True)):
        report = judge(signature(certification=permission, changes=changes))
        assert (report.indication is Indication.TOTAL_PASSED) is passes, (permission, changes)
        assert (CheckName.CERTIFICATION in names(report)) is not passes


def test_only_the_first_signature_certifies():
    late = signature(field_name="Signature2", certification=2)
    assert CheckName.CERTIFICATION in names(judge(signature(), late))
    unreadable = UnreadableSignature(field_name="Broken", problem="KeyError")
    assert CheckName.CERTIFICATION in names(judge(unreadable, late))
    assert CheckName.CERTIFICATION not in names(judge(document_stamp(end=20), signature(certification=2)))


def test_what_is_wrong_with_the_file_is_wrong_with_its_signatures():
    for problem in StructureProblem:
        report = validate(document(signature(), problems=(problem,)), context())
        assert reason(report) is SubIndication.SIG_CONSTRAINTS_FAILURE, problem
        assert report.signatures[0].conclusion.indication is Indication.TOTAL_PASSED
    liar = validate(document(signature(), widgets=(WidgetMismatch(field_name="payee", page=1),)), context())
    assert liar.sentence_message == "validation.sentence.misleading-field"


def test_in_a_file_without_signature_nothing_is_asked():
    report = validate(document(problems=(StructureProblem.TRAILING_BYTES,)), context())
    assert (report.verdict, report.findings) == (Verdict.UNSIGNED, ())
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.sentence_message == "validation.sentence.unsigned"


def test_a_revocation_is_weighed_against_the_proven_time(pki: Pki):
    lists = (make_crl(pki.root), make_crl(pki.issuing, revoked(pki.person, after(minutes=30)), at=after(minutes=40)))
    after_it = judge(signature(stamped(make_cms())), crls=lists)
    assert after_it.indication is Indication.TOTAL_PASSED
    assert after_it.signatures[0].revoked_later == after(minutes=30)
    # Claimed before, proven only now: nobody can say.
    assert reason(judge(signature(), crls=lists)) is SubIndication.REVOKED_NO_POE
    # Claimed after: the signer says so himself.
    stated = signature(statements=Statements(time=after(minutes=31)))
    assert reason(judge(stated, crls=lists)) is SubIndication.REVOKED
    silent = signature(statements=Statements())
    assert reason(judge(silent, crls=lists)) is SubIndication.REVOKED_NO_POE


def test_a_revoked_authority_leaves_the_question_open(pki: Pki):
    lists = (make_crl(pki.root, revoked(pki.issuing, after(minutes=-30))), make_crl(pki.issuing))
    assert reason(judge(signature(), crls=lists)) is SubIndication.REVOKED_CA_NO_POE
    later = (make_crl(pki.root, revoked(pki.issuing, after(minutes=9)), at=after(minutes=9)), make_crl(pki.issuing))
    tsa_too = judge(signature(stamped(make_cms())), document_stamp(at=after(minutes=5)), crls=later)
    assert tsa_too.signatures[0].proven_time is None  # the same authority vouches for the time-stamp


def test_without_fresh_revocation_data_try_later(pki: Pki):
    assert reason(judge(signature(), crls=())) is SubIndication.TRY_LATER
    old = (make_crl(pki.root, days=90), make_crl(pki.issuing, days=1))
    assert reason(judge(signature(), crls=old, now=after(days=3))) is SubIndication.TRY_LATER
    assert judge(signature(stamped(make_cms())), crls=old, now=after(days=3)).indication is Indication.TOTAL_PASSED


def test_an_expired_certificate_is_open_without_proof_of_time_and_good_with_it():
    long_ago = after(days=20 * 365)
    assert judge(signature(), now=long_ago).verdict is Verdict.UNDETERMINED
    assert reason(judge(signature(), now=long_ago)) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_signature_proven_before_its_certificate_existed_fails():
    report = judge(signature(), now=after(days=-30))
    assert reason(report) is SubIndication.NOT_YET_VALID


def test_a_weak_algorithm_is_weak_as_of_the_proven_time():
    lasting = context(now=after(days=1))
    assert validate(document(signature()), lasting).indication is Indication.TOTAL_PASSED


def test_the_legacy_form_may_state_its_time_inside(pki: Pki):
    attributes = der.set_of(
        Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(oids.DATA),)).encoded,
        Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(DIGEST),)).encoded,
        Attribute(oid=oids.SIGNING_TIME, values=(der.time(NOW),)).encoded,
    )
    cms = make_cms(attributes=attributes)
    legacy = judge(signature(cms, sub_filter="adbe.pkcs7.detached", statements=Statements()))
    assert legacy.indication is Indication.TOTAL_PASSED
    assert (legacy.signatures[0].claimed_time, legacy.signatures[0].level) == (NOW, "")
    # PAdES wants the certificate named, and names nobody without it.
    assert reason(judge(signature(cms))) is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_a_readable_signature_of_an_unknown_form_is_open_and_still_checked():
    assert reason(judge(signature(sub_filter="Odd.form"))) is SubIndication.GENERIC
    altered = signature(sub_filter="Odd.form", digests=(DigestFact(algorithm=SHA256, value=bytes(32)),))
    assert reason(judge(altered)) is SubIndication.HASH_FAILURE


def test_equal_evidence_gives_equal_reports():
    assert judge(signature()).to_dict() == judge(signature()).to_dict()


def test_each_process_tells_what_it_concludes_and_as_of_when():
    def told(report: Report) -> list[tuple[str, str, bool]]:
        return [
            (one.process.value, one.conclusion.indication.value, one.proven) for one in report.signatures[0].processes
        ]

    assert told(judge(signature())) == [("basic", "TOTAL-PASSED", False)]
    late = after(days=20 * 365)
    archived = judge(signature(stamped(make_cms())), document_stamp(at=after(minutes=5)))
    assert told(archived) == [
        ("basic", "TOTAL-PASSED", False),
        ("with-time", "TOTAL-PASSED", True),
        ("archive", "TOTAL-PASSED", True),
    ]
    assert str(archived.signatures[0].processes[2].process.citation) == "ETSI EN 319 102-1 §5.6"
    expired = judge(signature(stamped(make_cms())), now=late)
    assert told(expired) == [("basic", "INDETERMINATE", False), ("with-time", "INDETERMINATE", False)]


def test_a_stated_time_after_the_proven_one_is_a_warning():
    stated = signature(stamped(make_cms()), statements=Statements(time=after(minutes=30)))
    report = judge(stated)
    assert report.indication is Indication.TOTAL_PASSED
    assert CheckName.CLAIMED_TIME in names(report)
    silent = judge(signature(stamped(make_cms()), statements=Statements()))
    assert CheckName.CLAIMED_TIME not in names(silent) | names(silent, Outcome.PASSED)


def test_a_time_stamp_around_a_signature_that_nobody_can_read_proves_only_that_it_was_there():
    report = judge(signature(b"", sub_filter="Odd.form"), document_stamp(at=after(minutes=5)))
    assert report.signatures[0].proven_time is not None
    assert reason(report) is SubIndication.GENERIC


def test_what_was_signed_during_a_hold_is_flagged(pki: Pki):
    held = Suspension(certificate=hashlib.sha256(pki.person.certificate).digest(), since=NOW, until=after(minutes=30))
    stated = signature(statements=Statements(time=after(minutes=5)))
    report = judge(stated, suspensions=(held,))
    assert report.indication is Indication.TOTAL_PASSED
    assert CheckName.SUSPENSION in names(report)
    endless = judge(stated, suspensions=(replace(held, until=None),))
    assert CheckName.SUSPENSION in names(endless)
    assert CheckName.SUSPENSION in names(judge(signature(stamped(make_cms())), suspensions=(held,)))
    later = judge(signature(statements=Statements(time=after(minutes=31))), suspensions=(held,))
    assert CheckName.SUSPENSION in names(later, Outcome.PASSED)


def test_while_a_certificate_is_on_hold_the_answer_is_try_later(pki: Pki):
    hold = revoked(pki.person, after(minutes=-5), RevocationReason.CERTIFICATE_HOLD)
    lists = (make_crl(pki.root), make_crl(pki.issuing, hold))
    assert reason(judge(signature(), crls=lists)) is SubIndication.TRY_LATER


def test_an_anchor_is_believed_until_its_sunset(pki: Pki):
    root = pki.root.certificate
    fingerprint = hashlib.sha256(root).digest()

    def anchors(sunset: Instant | None) -> TrustAnchors:
        return TrustAnchors(
            name="test", taken_at=NOW, certificates=(root,), terms={fingerprint: AnchorTerms(sunset=sunset)}
        )

    timed = signature(stamped(make_cms()))
    assert judge(signature(), anchors=anchors(after(days=1))).indication is Indication.TOTAL_PASSED
    over = judge(signature(), anchors=anchors(after(minutes=5)))
    assert reason(over) is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert over.verdict is Verdict.UNDETERMINED
    # The time-stamping authority stands under the same anchor: nobody proves the time any more.
    assert reason(judge(timed, anchors=anchors(after(minutes=5)))) is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert anchors(None).digest != anchors(NOW).digest
    assert anchors(None).digest == replace(anchors(None), name="other", taken_at=LATER).digest
    told = judge(signature(), anchors=anchors(after(days=1))).to_dict()["trust"]
    assert told["sha256"] == anchors(after(days=1)).digest


def test_an_expired_authority_is_proven_by_another_one_that_stands(pki: Pki):
    """The legacy authority of the agreements: provable with a time-stamp of an authority that is still in force."""
    legacy = odd(replace(CA, name="Legacy CA", days=30))
    person = odd(replace(SIGNER, days=29), legacy)
    now = after(days=60)
    anchors = TrustAnchors(name="test", taken_at=NOW, certificates=(pki.root.certificate, legacy.certificate))
    lists = (make_crl(legacy, days=20), make_crl(pki.root, days=90), make_crl(pki.issuing, days=90))
    plain, timed = signature(make_cms(person)), signature(stamped(make_cms(person), at=after(minutes=1)))
    expired = judge(plain, anchors=anchors, crls=lists, now=now)
    assert reason(expired) is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert expired.sentence_message == "validation.sentence.expired-unproven"
    assert judge(timed, anchors=anchors, crls=lists, now=now).indication is Indication.TOTAL_PASSED
    # Once the time-stamping authority ends, too, only a time-stamp around it keeps the proof.
    alone = replace(anchors, certificates=(legacy.certificate,))
    assert reason(judge(timed, anchors=alone, crls=lists, now=now)) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_status_data_of_an_authority_that_ended_need_a_proof_that_they_are_older(pki: Pki):
    root = pki.root
    between = odd(replace(CA, name="Between", days=30), root)
    person = odd(replace(SIGNER, days=29), between)
    lists = (make_crl(root, days=90), make_crl(between, days=20))
    carried = Material(certificates=(between.certificate, pki.issuing.certificate), crls=lists)
    timed = signature(stamped(make_cms(person), at=after(minutes=1)))
    now = after(days=60)
    tsa_lists = (make_crl(pki.issuing, days=90), make_crl(root, days=90))
    bare = validate(document(timed, material=carried), context(crls=tsa_lists, now=now))
    assert reason(bare) is SubIndication.NO_POE
    assert bare.sentence_message == "validation.sentence.status-unproven"
    seen = frozenset(hashlib.sha256(one).digest() for one in lists)
    archived = document(timed, document_stamp(at=after(days=2), material=seen), material=carried)
    assert validate(archived, context(crls=tsa_lists, now=now)).indication is Indication.TOTAL_PASSED


def test_an_expired_certificate_that_was_never_revoked_is_told_so(pki: Pki):
    person = odd(replace(SIGNER, days=9), pki.issuing)
    lists = (make_crl(pki.root, days=90), make_crl(pki.issuing, days=30))
    report = judge(signature(make_cms(person)), crls=lists, now=after(days=20))
    assert reason(report) is SubIndication.OUT_OF_BOUNDS_NOT_REVOKED
