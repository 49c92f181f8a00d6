"""Signing with keys that another instance holds, in a process of its own, over a way that breaks in every place."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fakes.documents import agreement, page_with
from tests.fakes.faulty_way import (
    answering_with,
    cutting_the_answer,
    cutting_the_request,
    failing,
    refusing,
    withholding_the_answer,
)
from tests.site.registration.conftest import browser
from tests.site.relay.conftest import Agency, named

from absah.esign.client.ports import SignatureAsk
from absah.esign.client.refusals import (
    AnotherDocument,
    AnotherSigner,
    CertificateEnded,
    CertificateMissing,
    CertificateWithdrawn,
    OutcomeUnknown,
    PassphraseWrong,
    Unreachable,
)
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.kernel.rng import SystemRng, opaque_id
from absah.pdf.geometry import Rect
from absah.signing.factors import Factors, Secret
from absah.signing.placement import AtBox
from absah_site import composition
from absah_site.audit.models import Entry
from absah_site.jobs.actions import enqueue, run_due
from absah_site.national.access import national_service
from absah_site.outside.models import Certificate, Holder
from absah_site.relay.actions.signing import sign_elsewhere
from absah_site.relay.models import Errand
from absah_site.roles import Role
from absah_site.signing.actions import DocumentOrder, SignedDocument
from absah_site.signing.actions import reconcile as end_signatures
from absah_site.signing.models import SigningRecord
from absah_site.validation.access import report_on

BOX = AtBox(page=1, rect=Rect(left=50, bottom=50, right=240, top=120))
OTHER = AtBox(page=2, rect=Rect(left=50, bottom=50, right=240, top=120))


def order(agency: Agency, document: bytes, **changes) -> DocumentOrder:
    values = {
        "document": document,
        "factors": agency.factors,
        "application": "test",
        "placement": BOX,
        "record_id": opaque_id(SystemRng()),
    }
    return DocumentOrder(**(values | changes))


def sign(agency: Agency, document: bytes | None = None, **changes) -> SignedDocument:
    return sign_elsewhere(order(agency, document or page_with(pages=2), **changes), agency.person)


def told() -> list[str]:
    return list(Entry.objects.filter(tag__startswith="relay:").order_by("pk").values_list("tag", flat=True))


def test_a_document_is_signed_there_verified_here_and_kept(agency: Agency) -> None:
    made = sign(agency)
    report = report_on(made.document, password=None, now=composition.clock().now())
    assert len(report.signatures) == 1
    assert report.signatures[0].place.page == 1
    assert report.signatures[0].intact
    assert report.signatures[0].chain_trusted
    assert report.signatures[0].chain[0].sha256 == Certificate.objects.get().fingerprint
    assert composition.sealed_documents().read(made.sha256) == made.document
    use = SigningRecord.objects.get()
    assert (use.state, use.output_sha256, use.credential) == ("signed", made.sha256, "elsewhere")
    assert use.certificate == report.signatures[0].chain[0].sha256
    assert use.factors == "passphrase"
    assert told() == ["relay:signature:asked", "relay:signature:received"]
    assert browser().get(f"/d/{made.record_id}/").status_code == 200


def test_several_places_are_several_calls_one_after_the_other(agency: Agency) -> None:
    made = sign(agency, agreement(), also=(OTHER,))
    report = report_on(made.document, password=None, now=composition.clock().now())
    assert [one.place.page for one in report.signatures] == [1, 2]
    assert agency.way.asked == 2
    assert made.document.startswith(agreement())
    again = sign(agency, made.document, placement=AtBox(page=1, rect=Rect(left=300, bottom=50, right=490, top=120)))
    assert again.document.startswith(made.document)
    assert set(Errand.objects.values_list("signatures", flat=True)) == {0, 2}


def test_when_the_second_of_two_places_is_refused_nothing_is_handed_out(agency: Agency) -> None:
    passed = agency.way.passed

    def second_fails(way, connection, request) -> None:
        way.fault = refusing(2023, "revoke")
        connection.sendall(passed(request))

    agency.way.fault = second_fails
    with pytest.raises(CertificateWithdrawn):
        sign(agency, also=(OTHER,))
    errand = Errand.objects.get()
    assert (errand.state, errand.made, errand.output_sha256) == ("refused", 1, "")
    assert SigningRecord.objects.get().state == "failed"


def test_a_wrong_passphrase_signs_nothing_and_can_be_typed_again(agency: Agency) -> None:
    with pytest.raises(PassphraseWrong):
        sign(agency, factors=Factors(passphrase=Secret("bukan yang ini sama sekali")))
    assert Errand.objects.get().state == "refused"
    assert told() == ["relay:signature:asked", "relay:signature:refused"]
    assert sign(agency).document


def test_nobody_listening_means_that_nothing_was_sent(agency: Agency, settings) -> None:
    table = agency.config.upstream.model_copy(update={"base_url": "http://127.0.0.1:9"})
    settings.CONFIG = replace(agency.config, upstream=table)
    with pytest.raises(Unreachable):
        sign(agency)
    assert Errand.objects.get().state == "refused"
    assert SigningRecord.objects.get().error == "upstream.unreachable"


@pytest.mark.parametrize(
    "fault", [cutting_the_request, cutting_the_answer, withholding_the_answer, failing], ids=lambda one: one.__name__
)
def test_where_a_signature_may_exist_nothing_is_sent_again(
    agency: Agency, fault: Callable, request: pytest.FixtureRequest
) -> None:
    if fault is withholding_the_answer:
        request.getfixturevalue("impatient")
    agency.way.fault = fault
    with pytest.raises(OutcomeUnknown):
        sign(agency)
    assert agency.way.asked == 1
    errand = Errand.objects.get()
    assert (errand.state, errand.problem) == ("unknown", "upstream.outcome-unknown")
    assert SigningRecord.objects.get().state == "intended"
    assert told() == ["relay:signature:asked", "relay:outcome:unknown"]
    end_signatures()  # what ends uses of our own keys leaves this one alone
    assert SigningRecord.objects.get().state == "intended"
    page = browser(agency.admin).get("/tanda-tangan-terbuka/").content.decode()
    assert "Of one signature nobody knows whether it was made" in page


def test_the_certificate_that_ended_there_is_said_to_have_ended(agency: Agency) -> None:
    agency.way.fault = refusing(9999, "Sertifikat anda sudah expired")
    with pytest.raises(CertificateEnded):
        sign(agency)
    assert Errand.objects.get().state == "refused"


def test_another_document_is_not_kept_and_waits_for_a_person(agency: Agency) -> None:
    other = sign(agency, page_with("BT /F1 20 Tf 90 90 Td (x) Tj ET")).document
    agency.way.fault = answering_with(other)
    with pytest.raises(AnotherDocument):
        sign(agency, agreement())
    assert Errand.objects.filter(state="unknown", problem="upstream.another-document").count() == 1
    assert SigningRecord.objects.filter(state="signed").count() == 1


def test_the_signature_of_somebody_else_is_not_taken_for_this_persons(agency: Agency) -> None:
    second = agency.there.credentials["signers"][1]
    document = page_with(pages=2)
    factors = Factors(passphrase=Secret(second["passphrase"]))
    ask = SignatureAsk(nik=Nik(second["nik"]), factors=factors, document=document)
    foreign = national_service().sign(ask).document
    agency.way.fault = answering_with(foreign)
    with pytest.raises((AnotherSigner, AnotherDocument)):
        sign(agency, document)
    assert Errand.objects.get().state == "unknown"


def test_a_renewed_certificate_is_looked_up_before_it_is_called_anothers(agency: Agency) -> None:
    Certificate.objects.update(serial="ab", fingerprint="", not_after="2030-01-01")
    assert sign(agency).document
    assert Certificate.objects.exclude(serial="ab").count() == 1


@pytest.mark.parametrize(
    ("status", "refusal"),
    [("REVOKE", CertificateWithdrawn), ("EXPIRED", CertificateEnded), ("NO_CERTIFICATE", CertificateMissing)],
)
def test_what_our_register_knows_is_refused_before_anything_is_sent(
    agency: Agency, status: str, refusal: type[AbsahError]
) -> None:
    Holder.objects.update(status=status)
    with pytest.raises(refusal):
        sign(agency)
    assert agency.way.asked == 0
    assert Errand.objects.count() == 0


@pytest.mark.usefixtures("impatient")
def test_the_document_that_was_signed_after_all_is_brought_verified_and_kept(agency: Agency, settings) -> None:
    agency.way.fault = withholding_the_answer
    with pytest.raises(OutcomeUnknown):
        sign(agency)
    settings.CONFIG = agency.config
    errand = Errand.objects.get()
    address = f"/tanda-tangan-terbuka/{errand.pk}/"
    client = browser(agency.admin)
    assert "Verify and keep it" in client.get(address).content.decode()
    answer = client.post(f"{address}cari/")
    assert answer.status_code == 409
    assert "The service calls the person ISSUE" in answer.content.decode()
    wrong = SimpleUploadedFile("x.pdf", agreement(), "application/pdf")
    assert client.post(address, {"document": wrong}).status_code == 400
    found = SimpleUploadedFile("x.pdf", agency.way.signed, "application/pdf")
    assert client.post(address, {"document": found})["Location"] == "/tanda-tangan-terbuka/"
    errand.refresh_from_db()
    assert errand.state == "signed"
    assert errand.decided_by == agency.admin.reference
    assert SigningRecord.objects.get().state == "signed"
    assert told()[-2:] == ["relay:outcome:looked-for", "relay:outcome:found"]
    again = SimpleUploadedFile("x.pdf", agency.way.signed, "application/pdf")
    assert client.post(address, {"document": again}).status_code == 409


def test_what_lies_aside_is_looked_at_again(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    from absah_site.relay.actions import signing

    def away(*_: object) -> None:
        raise Unreachable(problem="worker")

    with monkeypatch.context() as patched:
        patched.setattr(signing, "accept", away)
        with pytest.raises(OutcomeUnknown):
            sign(agency)
    errand = Errand.objects.get()
    client = browser(agency.admin)
    assert "lies aside here" in client.get(f"/tanda-tangan-terbuka/{errand.pk}/").content.decode()
    assert client.post(f"/tanda-tangan-terbuka/{errand.pk}/cari/").status_code == 302
    errand.refresh_from_db()
    assert errand.state == "signed"
    assert composition.sealed_documents().get(f"answer {errand.pk}") is None


def test_a_wish_that_is_given_free_ends_without_a_signature(agency: Agency) -> None:
    agency.way.fault = failing
    with pytest.raises(OutcomeUnknown):
        sign(agency)
    errand = Errand.objects.get()
    client = browser(agency.admin)
    address = f"/tanda-tangan-terbuka/{errand.pk}/bebaskan/"
    assert client.post(address).status_code == 400
    assert client.post(address, {"sure": "on"}).status_code == 302
    assert client.post(address, {"sure": "on"}).status_code == 409
    errand.refresh_from_db()
    assert errand.state == "released"
    assert SigningRecord.objects.get().state == "failed"
    assert told()[-1] == "relay:outcome:released"
    stranger = named("lain", Role.AGENCY_ADMIN, opaque_id(SystemRng()))
    assert browser(stranger).get(f"/tanda-tangan-terbuka/{errand.pk}/").status_code == 404


def test_a_process_that_died_leaves_its_answer_or_a_question(agency: Agency) -> None:
    from django.db import transaction

    made = sign(agency)
    errand = Errand.objects.get()
    long_ago = errand.asked_at.replace(year=2025)
    Errand.objects.update(state="asked", ended_at=None, output_sha256="", asked_at=long_ago)
    SigningRecord.objects.update(state="intended", ended_at=None, output_sha256="")
    composition.sealed_documents().put(f"answer {errand.pk}", made.document)
    with transaction.atomic():
        enqueue("relay:reconcile", "")
    run_due()
    assert SigningRecord.objects.get().output_sha256 == made.sha256
    Errand.objects.update(state="asked", ended_at=None, output_sha256="", asked_at=long_ago)
    with transaction.atomic():
        enqueue("relay:reconcile", "")
    run_due()
    assert Errand.objects.get().problem == "relay.errand-interrupted"


def test_neither_nik_nor_passphrase_is_written_anywhere(agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    agency.way.fault = failing
    with pytest.raises(OutcomeUnknown):
        sign(agency)
    written = caplog.text + str(list(Errand.objects.values())) + str(list(Entry.objects.values()))
    written += str(list(SigningRecord.objects.values()))
    for secret in (agency.passphrase, agency.nik.digits, agency.there.credentials["esign"]["password"]):
        assert secret not in written
    kept = b"".join(path.read_bytes() for path in agency.config.data.rglob("*") if path.is_file())
    assert agency.passphrase.encode() not in kept
    assert agency.nik.digits.encode() not in kept
