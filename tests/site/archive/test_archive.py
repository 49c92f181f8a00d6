"""What all have signed comes into the archive by itself, is found, renewed, held, taken along, and destroyed."""

import io
import json
import zipfile
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.site.dossiers.conftest import Bureau
from tests.site.dossiers.test_signing import READ

from absah.adapters.files import DocumentNotKept
from absah.kernel.clock import legal_date
from absah.workflow.parts import Classification, Part
from absah.workflow.retention import HeldByLaw, KeptStill
from absah_site import composition
from absah_site.archive import access, actions, store
from absah_site.archive.access import EntryUnknown
from absah_site.archive.actions import ReasonNeeded
from absah_site.archive.models import Entry
from absah_site.dossiers.actions import signing

pytestmark = pytest.mark.django_db


class Work:
    """What a job is called with."""

    def progress(self, done: int, total: int, /) -> None:
        assert done <= total


def kept(bureau: Bureau, **about) -> UUID:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1), **about)
    return signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account).dossier.id


def test_what_is_finished_comes_in_once_and_is_found_by_number_title_signer_and_fingerprint(bureau: Bureau) -> None:
    identifier = kept(bureau, title="Undangan banjir", number="005/771")
    secret = kept(bureau, title="Rahasia banjir", classification=Classification.SECRET)
    bureau.sent((bureau.rina, Part.SIGN, 1), title="Belum selesai")
    assert actions.take_in(Work()) == "2 taken in"
    assert actions.take_in(Work()) is None
    for words in ("005/771", "banjir", "RINA lestari", signing.held_now(identifier).current.sha256):
        assert [one.dossier for one in access.search_for(bureau.budi, words, 1).entries] == [identifier]
    assert access.search_for(bureau.budi, "belum", 1).matching == 0
    entry = access.entry_for(bureau.budi, identifier)
    assert entry.keeping.keep_until == date(2031, 12, 31)
    assert entry.keeping.provable_until is not None
    with pytest.raises(EntryUnknown):
        access.entry_for(bureau.rina.account, secret)


def test_a_document_that_is_written_down_after_a_later_one_comes_in_too(bureau: Bureau, monkeypatch) -> None:
    late, newer = kept(bureau, title="Terlambat"), kept(bureau, title="Lebih baru")
    with monkeypatch.context() as patch:
        found = actions.finished_after
        patch.setattr(actions, "finished_after", lambda *a, **k: [one for one in found(*a, **k) if one[0] != late])
        assert actions.take_in(Work()) == "1 taken in"
    assert actions.take_in(Work()) == "1 taken in"
    assert access.entry_for(bureau.budi, late).title == "Terlambat"
    assert access.entry_for(bureau.budi, newer).title == "Lebih baru"


def test_a_proof_is_renewed_when_a_newer_one_lasts_longer(bureau: Bureau) -> None:
    identifier = kept(bureau)
    actions.take_in(Work())
    before = access.entry_for(bureau.budi, identifier)
    assert actions.renew_due(Work()) is None
    actions.renew(identifier)
    after = access.entry_for(bureau.budi, identifier)
    assert after.keeping.provable_until == before.keeping.provable_until


def test_what_cannot_be_renewed_stands_in_the_way_of_no_other(bureau: Bureau, monkeypatch) -> None:
    monkeypatch.setattr(store, "_PAGE", 2)
    lost = {kept(bureau, title=f"Hilang {number}") for number in range(3)}
    later = kept(bureau, title="Masih ada")
    actions.take_in(Work())
    near = legal_date(composition.clock().now())
    Entry.objects.filter(pk__in=lost).update(provable_until=near)
    Entry.objects.filter(pk=later).update(provable_until=near + timedelta(days=1))

    def renewed(identifier: UUID) -> date:
        if identifier in lost:
            raise DocumentNotKept
        return near + timedelta(days=1000)

    monkeypatch.setattr(actions.keeping, "renew", renewed)
    assert actions.renew_due(Work()) == "1 renewed, 3 failed"
    assert actions.renew_due(Work()) == "0 renewed, 3 failed"
    assert access.entry_for(bureau.budi, later).keeping.provable_until == near + timedelta(days=1000)
    monkeypatch.setattr(actions, "_LONGEST", -timedelta(seconds=1))
    assert actions.renew_due(Work()) == "0 renewed, 1 failed"  # its time is over: the next run goes on


def test_a_hold_keeps_and_time_destroys_and_both_need_a_reason(bureau: Bureau) -> None:
    identifier = kept(bureau)
    actions.take_in(Work())
    with pytest.raises(ReasonNeeded):
        actions.hold(identifier, " ", begins=True, by=bureau.budi)
    with pytest.raises(KeptStill):
        actions.destroy(identifier, "Berita acara 1", by=bureau.budi)
    actions.hold(identifier, "Perkara 12/2027", begins=True, by=bureau.budi)
    bureau.walk.instance.clock.advance(timedelta(days=6 * 365))
    with pytest.raises(HeldByLaw):
        actions.destroy(identifier, "Berita acara 1", by=bureau.budi)
    actions.hold(identifier, "Putusan tetap", begins=False, by=bureau.budi)
    sha256 = signing.held_now(identifier).current.sha256
    actions.destroy(identifier, "Berita acara 1", by=bureau.budi)
    with pytest.raises(DocumentNotKept):
        composition.sealed_documents().read(sha256)
    assert store.find(identifier).destroyed_at is not None
    with pytest.raises(EntryUnknown):
        actions.hold(identifier, "x", begins=True, by=bureau.budi)


def test_pages_of_the_archive_show_and_hand_out(bureau: Bureau, browser) -> None:
    identifier = kept(bureau, title="Undangan banjir")
    desk = browser(bureau.budi)
    assert "The archive is empty" in desk.get("/arsip/").content.decode()
    actions.take_in(Work())
    assert "Undangan banjir" in desk.get("/arsip/?cari=undangan").content.decode()
    address = f"/arsip/{identifier}/"
    assert "Provable until" in desk.get(address).content.decode()
    assert desk.post(f"{address}tindakan/", {"act": "hold", "reason": "Perkara"}).status_code == 302
    assert "End the legal hold" in desk.get(address).content.decode()
    assert desk.post(f"{address}tindakan/", {"act": "destroy", "reason": "x"}).status_code == 422
    assert desk.post(f"{address}tindakan/", {"act": "renew"}).status_code == 302
    with zipfile.ZipFile(io.BytesIO(desk.post(f"{address}paket.zip").content)) as package:
        metadata = json.loads(package.read("metadata.json"))
        assert metadata["perihal"] == "Undangan banjir"
        assert package.read("naskah.pdf").startswith(b"%PDF-")
    assert browser(bureau.rina.account).get("/arsip/").status_code == 403
