"""The register's side of a batch: a row before the key is used, one end for each, and what `reconcile` gave up."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.fakes.batch import COMPLETED, KEY, PREPARED, activation
from tests.fixtures_instance import NIK, PASSPHRASE, Walk

from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_tasks import Workbench
from absah.adapters.signer.errors import WrongPassphrase
from absah.kernel.people import Nik
from absah.pki.revocation import RevocationReason
from absah.signing.batch.order import BatchItem
from absah.signing.factors import Factors, Secret
from absah.signing.refusals import CertificateRevoked
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.enrolment.actions import ActivatedCredential
from absah_site.pki import actions as pki
from absah_site.signing import actions
from absah_site.signing.actions import BatchSigningOrder, NoCredential, sign_batch_for_subscriber
from absah_site.signing.actions.batches import RegisterLedger
from absah_site.signing.actions.documents import usable_signer
from absah_site.signing.models import SigningRecord

ITEM = BatchItem(key=KEY, sha256="1" * 64, names=("satu.pdf",))
CONSENTS = {"c1": activation()}


@pytest.fixture
def holder(walk: Walk) -> ActivatedCredential:
    return walk.activated()


def never() -> Workbench:
    raise AssertionError("no worker is needed for this")


def order(tmp_path: Path) -> BatchSigningOrder:
    return BatchSigningOrder(
        folders=BatchFolders(inputs=tmp_path / "in", outputs=tmp_path / "out"),
        nik=Nik(NIK),
        factors=Factors(passphrase=Secret(PASSPHRASE)),
        application="test",
        jobs=1,
        opening=never,
    )


@pytest.fixture
def ledger(holder: ActivatedCredential, tmp_path: Path) -> RegisterLedger:
    return RegisterLedger(order(tmp_path), usable_signer(Nik(NIK)))


def row() -> SigningRecord:
    return SigningRecord.objects.get()


def tags() -> list[str]:
    found = [entry.tag.value for _, entry in reversed(latest_entries())]
    return [tag.removeprefix("signing:signature:") for tag in found if tag.startswith("signing:")]


def test_an_intention_is_written_before_and_its_end_after(ledger: RegisterLedger, holder: ActivatedCredential) -> None:
    ledger.intend(((ITEM, PREPARED),))
    assert (row().state, row().input_sha256, row().holder) == ("intended", ITEM.sha256, holder.number.text)
    assert ledger.conclude((COMPLETED,), CONSENTS) == {COMPLETED.record}
    assert (row().state, row().output_sha256, row().pk) == ("signed", COMPLETED.sha256, COMPLETED.record)
    assert tags() == ["intended", "made"]


def test_concluding_again_after_a_kill_is_the_same_and_with_other_bytes_it_is_refused(ledger: RegisterLedger) -> None:
    ledger.intend(((ITEM, PREPARED),))
    ledger.conclude((COMPLETED,), CONSENTS)
    assert ledger.conclude((COMPLETED,), CONSENTS) == {COMPLETED.record}
    other = type(COMPLETED)(
        record=COMPLETED.record, name=COMPLETED.name, consent_id="c1", part=COMPLETED.part, sha256="e" * 64
    )
    assert ledger.conclude((other,), CONSENTS) == frozenset()
    assert tags() == ["intended", "made"]


def test_what_reconcile_gave_up_is_not_concluded(ledger: RegisterLedger, walk: Walk) -> None:
    ledger.intend(((ITEM, PREPARED),))
    walk.instance.clock.advance(timedelta(minutes=11))
    assert actions.reconcile() == 1
    assert ledger.conclude((COMPLETED,), CONSENTS) == frozenset()
    assert (row().state, row().error) == ("failed", "register.signing-interrupted")


def test_giving_up_ends_what_is_open_and_nothing_else(ledger: RegisterLedger) -> None:
    ledger.intend(((ITEM, PREPARED),))
    ledger.give_up((PREPARED.record, UUID(int=99)), WrongPassphrase(left=4))
    ledger.give_up((PREPARED.record,), None)
    assert (row().state, row().error) == ("failed", "signer.wrong-passphrase")
    assert ledger.conclude((COMPLETED,), CONSENTS) == frozenset()
    assert tags() == ["intended", "failed"]


def test_a_dead_run_ends_as_interrupted(ledger: RegisterLedger) -> None:
    ledger.intend(((ITEM, PREPARED),))
    ledger.give_up((PREPARED.record,), None)
    assert (row().state, row().error) == ("failed", "register.signing-interrupted")
    ledger.give_up((), None)


def test_a_certificate_revoked_during_the_batch_stops_the_next_intention(
    ledger: RegisterLedger, holder: ActivatedCredential
) -> None:
    pki.revoke_certificate(holder.serial, RevocationReason.KEY_COMPROMISE, by=Operator(name="test"))
    with pytest.raises(CertificateRevoked):
        ledger.intend(((ITEM, PREPARED),))
    assert not SigningRecord.objects.exists()


def test_somebody_without_a_key_begins_no_batch(walk: Walk, tmp_path: Path) -> None:
    walk.approved()
    with pytest.raises(NoCredential):
        sign_batch_for_subscriber(order(tmp_path), told=print, asked_to_stop=lambda: False)
    assert not (tmp_path / "out").exists()
