"""A person of this instance signs: what is recorded before and after, and what a refusal leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.documents import agreement, page_with
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import NIK, PASSPHRASE, Walk

from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable, WrongPassphrase
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.pdf.intake import inspect
from absah.pki.revocation import RevocationReason
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah.signing.refusals import CertificateExpired, CertificateRevoked, CredentialNotUsable
from absah_site import composition
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment.actions import ActivatedCredential
from absah_site.pki import actions as pki
from absah_site.signing import actions
from absah_site.signing.actions import NoCredential, SigningInterrupted, SigningOrder, documents, sign_for_subscriber
from absah_site.signing.models import SigningRecord


@pytest.fixture
def holder(walk: Walk) -> ActivatedCredential:
    return walk.activated(with_totp=True)


def order(**changes) -> SigningOrder:
    values = {
        "document": page_with(),
        "nik": Nik(NIK),
        "factors": Factors(passphrase=Secret(PASSPHRASE)),
        "application": "test",
    }
    return SigningOrder(**(values | changes))


def tags() -> list[str]:
    return [entry.tag.value for _, entry in reversed(latest_entries()) if entry.tag.value.startswith("signing:")]


def test_a_signature_is_recorded_before_and_after_and_the_document_is_kept(holder, walk: Walk) -> None:
    signed = sign_for_subscriber(order(document=agreement(), placement=AtAnchor(text="#"), level=Level.B_LTA))
    record = SigningRecord.objects.get(pk=signed.record_id)
    assert (record.state, record.output_sha256, record.factors) == ("signed", signed.sha256, "passphrase")
    assert record.holder == holder.number.text
    assert composition.documents().read(signed.sha256) == signed.document
    assert len(inspect(signed.document).fields) == 2
    assert tags() == ["signing:signature:intended", "signing:signature:made"]
    assert signed.signer_name == "Dr. Rina Ayu Lestari, M.Kom."


def test_a_wrong_passphrase_fails_the_row_with_its_code_and_hands_out_nothing(holder) -> None:
    with pytest.raises(WrongPassphrase):
        sign_for_subscriber(order(factors=Factors(passphrase=Secret("not this one, sorry"))))
    record = SigningRecord.objects.get()
    assert (record.state, record.error, record.output_sha256) == ("failed", "signer.wrong-passphrase", "")
    assert tags() == ["signing:signature:intended", "signing:signature:failed"]


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"", "pdf.empty"), (b"not a pdf", "pdf.not-a-pdf"), (page_with("BT ET"), "pdf.anchor-not-found")],
)
def test_what_can_be_refused_without_a_key_leaves_no_row_at_all(holder, document: bytes, code: str) -> None:
    with pytest.raises(AbsahError) as refused:
        sign_for_subscriber(order(document=document, placement=AtAnchor(text="#")))
    assert refused.value.code == code
    assert not SigningRecord.objects.exists()
    assert tags() == []


def test_a_suspended_revoked_or_expired_certificate_signs_nothing_and_a_reinstated_one_does(holder, walk: Walk) -> None:
    by = Operator(name="test")
    pki.suspend_certificate(holder.serial, by=by)
    with pytest.raises(CredentialNotUsable):
        sign_for_subscriber(order())
    pki.reinstate_certificate(holder.serial, by=by)
    sign_for_subscriber(order(level=Level.B_B))
    pki.revoke_certificate(holder.serial, RevocationReason.KEY_COMPROMISE, by=by)
    with pytest.raises(CertificateRevoked):
        sign_for_subscriber(order())
    assert SigningRecord.objects.count() == 1


def test_an_expired_certificate_signs_nothing(holder, walk: Walk) -> None:
    walk.instance.clock.advance(timedelta(days=731))
    with pytest.raises(CertificateExpired):
        sign_for_subscriber(order())
    assert not SigningRecord.objects.exists()


def test_somebody_without_a_key_cannot_sign(walk: Walk) -> None:
    walk.approved()
    with pytest.raises(NoCredential):
        sign_for_subscriber(order())


def test_a_use_that_a_dead_process_left_is_ended_by_reconcile(holder, walk: Walk) -> None:
    walk.instance.signer.die_after = wire.SignAtOnce
    with pytest.raises(ProcessDied):
        sign_for_subscriber(order())
    assert SigningRecord.objects.get().state == "intended"
    assert actions.reconcile() == 0
    walk.instance.clock.advance(timedelta(minutes=11))
    assert actions.reconcile() == 1
    record = SigningRecord.objects.get()
    assert (record.state, record.error) == ("failed", SigningInterrupted.code)
    assert actions.reconcile() == 0


def test_a_signer_that_is_away_fails_the_row_and_a_second_try_succeeds(holder, walk: Walk) -> None:
    walk.instance.signer.away = wire.SignAtOnce
    with pytest.raises(SignerUnreachable):
        sign_for_subscriber(order())
    walk.instance.signer.away = None
    signed = sign_for_subscriber(order())
    assert SigningRecord.objects.filter(state="failed").count() == 1
    assert SigningRecord.objects.get(state="signed").pk == signed.record_id


def test_a_result_that_was_given_up_meanwhile_is_not_handed_out(holder, walk: Walk, monkeypatch) -> None:
    def give_up(document: bytes, order: SigningOrder) -> str:
        walk.instance.clock.advance(timedelta(minutes=11))
        actions.reconcile()
        return "0" * 64

    monkeypatch.setattr(documents, "_kept", give_up)
    with pytest.raises(SigningInterrupted):
        sign_for_subscriber(order())
    assert SigningRecord.objects.get().state == "failed"


def test_two_sign_and_one_archive_timestamp_completes_the_document(holder, walk: Walk) -> None:
    first = sign_for_subscriber(order(document=agreement(), placement=AtAnchor(text="#")))
    completed = actions.complete_document(first.document, by=Operator(name="test"))
    assert completed.document.startswith(first.document)
    assert composition.documents().read(completed.sha256) == completed.document
    assert tags()[-1] == "signing:document:completed"


def test_a_document_that_shall_not_be_kept_is_not(holder, walk: Walk) -> None:
    signed = sign_for_subscriber(replace(order(), keep=False, level=Level.B_B))
    assert not (walk.instance.config.documents / signed.sha256[:2] / signed.sha256).exists()
