"""A document goes round, is signed in order with two factors, verified, finished; nothing is signed twice or unread."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.fakes.documents import agreement
from tests.site.dossiers.conftest import Bureau

from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError, Unavailable
from absah.signing.factors import Factors, Secret
from absah.validation.conclusion import Verdict
from absah.workflow.dossier import (
    ChangedMeanwhile,
    DossierUnknown,
    NotYourTurn,
    SignedAlready,
    SomebodySigns,
    Way,
)
from absah.workflow.life import Act, State
from absah.workflow.parts import Origin, Part, Urgency
from absah_site.dossiers.access import lists, opening
from absah_site.dossiers.actions import answering, following, preparing, signing
from absah_site.dossiers.actions.following import RemindedAlready
from absah_site.dossiers.actions.preparing import Upload
from absah_site.dossiers.actions.signing import Affirmation, NotAffirmed, TwoFactorsNeeded
from absah_site.dossiers.models import Happening
from absah_site.dossiers.store import history
from absah_site.signing.models import SigningRecord
from absah_site.validation.access import report_on

pytestmark = pytest.mark.django_db

READ = Affirmation(seen=1, has_read=True, agrees=True)


def test_an_initial_then_a_signature_then_the_archive_time_stamp(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.sari, Part.INITIAL, 1), (bureau.rina, Part.SIGN, 2), way=Way(certify=True, notice=True))
    assert lists.waiting_for(bureau.rina.account.public_id).number == 0
    with pytest.raises(NotYourTurn):
        signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    first = signing.sign(sent.id, READ, bureau.sari.factors(), by=bureau.sari.account)
    assert first.dossier.state is State.CIRCULATING
    assert first.verdict is Verdict.VALID
    assert lists.waiting_for(bureau.rina.account.public_id).number == 1
    done = signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account).dossier
    assert done.state is State.COMPLETED
    assert [one.origin for one in done.versions] == [
        Origin.UPLOADED,
        Origin.NOTED,
        Origin.SIGNED,
        Origin.SIGNED,
        Origin.COMPLETED,
    ]
    document = opening.document_of(done)
    assert document.startswith(opening.document_of(done, done.versions[1].sha256))
    report = report_on(document, password=None, now=bureau.walk.instance.clock.now())
    assert report.verdict is Verdict.VALID
    assert len(report.signatures) == 2
    acts = [line.act for line in history.of(done.id)]
    assert acts == [Act.CREATE, Act.SEAT, Act.PLACE, Act.SEND, Act.SIGN, Act.SIGN, Act.COMPLETE]
    assert not list(bureau.walk.instance.config.documents.rglob("*.*"))  # nothing of it lies readable


def test_nothing_is_signed_unread_without_agreement_or_with_one_factor(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    for affirmed in (
        Affirmation(seen=1, has_read=False, agrees=True),
        Affirmation(seen=1, has_read=True, agrees=False),
    ):
        with pytest.raises(NotAffirmed):
            signing.sign(sent.id, affirmed, bureau.rina.factors(), by=bureau.rina.account)
    with pytest.raises(TwoFactorsNeeded):
        signing.sign(sent.id, READ, Factors(passphrase=Secret("x")), by=bureau.rina.account)
    assert not SigningRecord.objects.exists()


def test_two_tabs_make_one_signature(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1), (bureau.sari, Part.SIGN, 1))
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    with pytest.raises(SignedAlready):
        signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert SigningRecord.objects.count() == 1


def test_a_wrong_passphrase_frees_the_document_for_the_next_try(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    with pytest.raises(AbsahError, match=r"signer\.wrong-passphrase"):
        signing.sign(sent.id, READ, bureau.rina.factors("salah sama sekali"), by=bureau.rina.account)
    assert signing.held_now(sent.id).claim is None
    assert signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account).dossier.state is State.COMPLETED


def test_a_document_that_was_mended_meanwhile_is_not_signed_by_who_read_the_old_one(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.sari, Part.SIGN, 1), (bureau.rina, Part.SIGN, 1))
    answering.send_back(sent.id, "Tanggalnya salah", seen=1, by=bureau.sari.account)
    preparing.replace_document(sent.id, Upload(content=agreement("a-2b")), by=bureau.budi)
    preparing.send(sent.id, by=bureau.budi)
    with pytest.raises(ChangedMeanwhile):
        signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    again = Affirmation(seen=2, has_read=True, agrees=True)
    assert signing.sign(sent.id, again, bureau.rina.factors(), by=bureau.rina.account).verdict is Verdict.VALID


def test_a_process_that_died_after_the_key_was_used_loses_no_signature(bureau: Bureau, monkeypatch) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(signing, "conclude", killed)
        with pytest.raises(KeyboardInterrupt):
            signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    with pytest.raises(SomebodySigns):
        signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert signing.reconcile() == 0
    bureau.walk.instance.clock.advance(timedelta(minutes=11))
    assert signing.reconcile() == 1
    assert signing.held_now(sent.id).state is State.COMPLETED
    assert SigningRecord.objects.count() == 1


def test_a_claim_without_a_signature_is_given_up_after_its_time(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    signing.claim(sent.id, sent.id, READ, by=bureau.rina.account)
    bureau.walk.instance.clock.advance(timedelta(minutes=11))
    assert signing.reconcile() == 1
    assert signing.held_now(sent.id).claim is None


def test_a_time_stamping_authority_that_is_away_delays_the_end_and_loses_nothing(bureau: Bureau, monkeypatch) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))

    def away(*_args: object, **_more: object) -> None:
        raise _Away

    with monkeypatch.context() as patch:
        patch.setattr(signing, "add_archive_timestamp", away)
        made = signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert made.dossier.state is State.CIRCULATING
    assert signing.reconcile() == 1
    assert signing.held_now(sent.id).state is State.COMPLETED


class _Away(Unavailable):
    code = "test.away"


def test_the_turn_is_passed_on_declined_cancelled_or_runs_out(bureau: Bureau) -> None:
    passed = bureau.sent((bureau.rina, Part.SIGN, 1), may_forward=True)
    answering.forward(passed.id, bureau.sari.account.public_id, "Sedang dinas", seen=1, by=bureau.rina.account)
    assert lists.waiting_for(bureau.sari.account.public_id).number == 1
    declined = answering.decline(passed.id, "Bukan wewenang", seen=1, by=bureau.sari.account)
    assert declined.state is State.DECLINED
    gone = bureau.sent((bureau.rina, Part.SIGN, 1))
    with pytest.raises(DossierUnknown):
        following.cancel(gone.id, "", by=bureau.rina.account)
    assert following.cancel(gone.id, "Keliru", by=bureau.budi).state is State.CANCELLED
    today = legal_date(bureau.walk.instance.clock.now())
    late = bureau.sent((bureau.rina, Part.SIGN, 1), way=Way(deadline=today))
    assert following.expire_overdue() == 0
    bureau.walk.instance.clock.advance(timedelta(days=1))
    assert following.expire_overdue() == 1
    assert signing.held_now(late.id).state is State.EXPIRED


def test_strangers_see_nothing_and_history_is_not_rewritten(bureau: Bureau) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    with pytest.raises(DossierUnknown):
        opening.dossier_for(bureau.sari.account, sent.id)
    assert opening.dossier_for(bureau.rina.account, sent.id).is_asked
    with pytest.raises(DatabaseError), transaction.atomic():
        Happening.objects.all().delete()


def test_a_turn_that_was_taken_counts_as_read_and_an_urgent_one_is_told_by_itself(bureau: Bureau) -> None:
    from absah_site.notices import access as notices

    ordinary = bureau.sent((bureau.rina, Part.SIGN, 1), title="Biasa")
    bureau.sent((bureau.rina, Part.SIGN, 1), title="Segera", urgency=Urgency.URGENT)
    signing.sign(ordinary.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    told, _more = notices.inbox(bureau.rina.account.reference)
    read = {one.kind: one.read_at is not None for one in told}
    assert read["dossiers.your-turn"]
    assert not read["dossiers.urgent-turn"]


def test_who_was_asked_earlier_is_reminded_once_before_the_last_day(bureau: Bureau) -> None:
    from absah_site.notices import access as notices

    def reminders() -> int:
        told, _more = notices.inbox(bureau.rina.account.reference)
        return sum(one.kind == "dossiers.last-day" for one in told)

    clock = bureau.walk.instance.clock
    today = legal_date(clock.now())
    soon = bureau.sent((bureau.rina, Part.SIGN, 1), way=Way(deadline=today + timedelta(days=2)))
    bureau.sent((bureau.rina, Part.SIGN, 1), way=Way(deadline=today + timedelta(days=9)))
    assert following.remind_of_last_days() == 0
    clock.advance(timedelta(days=1))
    bureau.sent((bureau.rina, Part.SIGN, 1), way=Way(deadline=today + timedelta(days=2)))  # asked today: told already
    assert (following.remind_of_last_days(), following.remind_of_last_days()) == (1, 0)
    assert reminders() == 1
    with pytest.raises(RemindedAlready):
        following.remind(soon.id, by=bureau.budi)
