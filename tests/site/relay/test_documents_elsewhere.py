"""Documents that go round in an agency and are signed with keys that the national instance holds, one or many."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.fakes.documents import agreement
from tests.fakes.faulty_way import failing
from tests.site.registration.conftest import browser
from tests.site.relay.conftest import Agency

from absah.audit.tags import RelayTag
from absah.esign.client.refusals import OutcomeUnknown, PassphraseNeeded
from absah.kernel.clock import FixedClock, instant
from absah.signing.factors import Factors
from absah.workflow.dossier import Dossier, Subject, Way
from absah.workflow.life import State
from absah.workflow.parts import Part, Spot
from absah_site import composition
from absah_site.audit.models import Entry
from absah_site.desk import actions as desk
from absah_site.desk import store as bundles
from absah_site.desk.store import ItemState
from absah_site.dossiers.access import people
from absah_site.dossiers.actions import answering, preparing, signing
from absah_site.dossiers.actions.preparing import Upload, WantedSeat
from absah_site.dossiers.actions.signing import Affirmation, TwoFactorsNeeded, held_now
from absah_site.dossiers.actions.steps import OutcomeOpen
from absah_site.outside.models import Holder
from absah_site.relay.actions import codes, release
from absah_site.relay.models import Errand

READ = Affirmation(seen=1, has_read=True, agrees=True)


def sent(agency: Agency, title: str = "Undangan rapat") -> Dossier:
    """By the administrator, to the one signer there is."""
    dossier = preparing.create(
        Upload(content=agreement()), Subject(title=title, number="005/771"), Way(), by=agency.admin
    )
    wanted = (WantedSeat(account=agency.signer.public_id, part=Part.SIGN, turn=1),)
    preparing.seat_people(dossier.id, wanted, by=agency.admin)
    preparing.place(dossier.id, {1: Spot(page=2, x=60, y=100, width=190, height=70)}, keep=False, by=agency.admin)
    return preparing.send(dossier.id, by=agency.admin)


def walked(agency: Agency, dossier: UUID):
    """The signer's browser at the form."""
    client = browser(agency.signer)
    client.get(f"/kotak-masuk/{dossier}/?hal=2")
    client.post(f"/kotak-masuk/{dossier}/setuju/")
    return client, f"/kotak-masuk/{dossier}/tanda-tangan/"


def test_who_signs_elsewhere_can_be_asked_and_signs_on_our_page(agency: Agency) -> None:
    assert [one.account for one in people.signers_for(agency.admin)] == [agency.signer.public_id]
    dossier = sent(agency).id
    client, address = walked(agency, dossier)
    page = client.get(address).content.decode()
    assert "held by the national certification body" in page
    assert "or, in place of the passphrase," in page
    form = {"seen": 1, "has_read": "on", "agrees": "on"}
    assert "This field is required" in client.post(address, form).content.decode()
    wrong = client.post(address, form | {"passphrase": "bukan yang ini"})
    assert wrong.status_code == 403
    assert "not that of the certificate at the national service" in wrong.content.decode()
    done = client.post(address, form | {"passphrase": agency.passphrase})
    assert done["Location"] == f"/kotak-masuk/{dossier}/selesai/"
    assert client.get(done["Location"]).status_code == 200
    assert held_now(dossier).state is State.COMPLETED
    mine = client.get("/sertifikat-saya/").content.decode()
    assert "Held by the national certification body" in mine


def test_the_service_is_asked_for_a_code_on_our_page_and_not_without_end(agency: Agency) -> None:
    codes._asked.cache_clear()
    dossier = sent(agency).id
    client, address = walked(agency, dossier)
    assert "Have the service send a code" in client.get(address).content.decode()
    for _ in range(3):
        assert client.post(f"{address}kode/")["Location"] == address
        assert "The service says:" in client.get(address).content.decode()
    asked = Entry.objects.filter(tag=RelayTag.CODE_ASKED)
    assert [row.subject for row in asked] == [f"subscriber:{agency.person.number.text}"] * 3
    client.post(f"{address}kode/")
    page = client.get(address).content.decode()
    assert "The service says:" not in page
    assert "You have asked for several codes a moment ago." in page
    assert asked.count() == 3


def test_a_certificate_that_ended_there_is_told_before_anything_is_typed(agency: Agency) -> None:
    dossier = sent(agency).id
    Holder.objects.update(status="EXPIRED")
    page = browser(agency.signer).get(f"/kotak-masuk/{dossier}/").content.decode()
    assert "certificate at the national service has ended" in page


def test_a_document_whose_signature_is_open_waits_until_somebody_decides(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = sent(agency).id
    agency.way.fault = failing
    with pytest.raises(OutcomeUnknown):
        signing.sign(dossier, READ, agency.factors, by=agency.signer)
    agency.way.fault = None
    later = FixedClock(instant(composition.clock().now() + timedelta(minutes=30)))
    monkeypatch.setattr(composition, "clock", lambda: later)
    assert signing.reconcile() == 0
    with pytest.raises(OutcomeOpen):
        signing.sign(dossier, READ, agency.factors, by=agency.signer)
    with pytest.raises(OutcomeOpen):
        answering.decline(dossier, "Tidak jadi", seen=1, by=agency.signer)
    assert agency.way.asked == 1
    release(Errand.objects.get().pk, by=agency.admin)
    assert signing.reconcile() == 1
    assert held_now(dossier).claim is None
    signing.sign(dossier, READ, agency.factors, by=agency.signer)
    assert held_now(dossier).state is State.COMPLETED


def test_a_document_that_was_signed_after_all_goes_on_its_way(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    from absah_site.dossiers.actions import signing as module

    dossier = sent(agency).id

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "conclude", dies)
        with pytest.raises(KeyboardInterrupt):
            signing.sign(dossier, READ, agency.factors, by=agency.signer)
    assert Errand.objects.get().state == "signed"
    later = FixedClock(instant(composition.clock().now() + timedelta(minutes=30)))
    monkeypatch.setattr(composition, "clock", lambda: later)
    assert signing.reconcile() >= 1
    assert held_now(dossier).state is State.COMPLETED


def test_a_list_is_signed_one_after_the_other_and_says_which_were_not(agency: Agency) -> None:
    made = tuple(sent(agency, f"SK {number}").id for number in range(3))
    bundle = desk.gather(made, by=agency.signer)
    page = browser(agency.signer).get(f"/meja/{bundle}/")
    assert page.status_code == 200
    assert "One-time code" not in page.content.decode()
    with pytest.raises(PassphraseNeeded):
        desk.authorise_bundle(bundle, Factors(totp="123456"), agrees=True, has_read=True, by=agency.signer)
    passed = agency.way.passed
    asked = 0

    def second_fails(way, connection, request) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            failing(way, connection, request)
        else:
            connection.sendall(passed(request))

    agency.way.fault = second_fails
    desk.authorise_bundle(bundle, agency.factors, agrees=True, has_read=True, by=agency.signer)
    found = bundles.find(bundle)
    assert (found.count(ItemState.DONE), found.count(ItemState.FAILED)) == (2, 1)
    assert [one.error for one in bundles.items_of(bundle)] == ["", "upstream.outcome-unknown", ""]
    assert browser(agency.signer).get(f"/meja/{bundle}/").status_code == 200


def test_a_wrong_passphrase_is_not_tried_on_the_rest_of_a_list(agency: Agency, settings) -> None:
    from absah.signing.factors import Secret

    made = tuple(sent(agency, f"SK {number}").id for number in range(3))
    bundle = desk.gather(made, by=agency.signer)
    wrong = Factors(passphrase=Secret("bukan yang ini juga"))
    desk.authorise_bundle(bundle, wrong, agrees=True, has_read=True, by=agency.signer)
    assert {one.error for one in bundles.items_of(bundle)} == {"upstream.passphrase-wrong"}
    assert agency.way.asked == 1


def test_where_the_service_takes_both_factors_one_is_not_enough(agency: Agency, settings) -> None:
    from dataclasses import replace

    table = agency.config.upstream.model_copy(update={"factors": "both"})
    settings.CONFIG = replace(agency.config, upstream=table)
    dossier = sent(agency).id
    with pytest.raises(TwoFactorsNeeded):
        signing.sign(dossier, READ, agency.factors, by=agency.signer)
    client, address = walked(agency, dossier)
    form = {"seen": 1, "has_read": "on", "agrees": "on", "passphrase": agency.passphrase}
    assert "This field is required" in client.post(address, form).content.decode()
