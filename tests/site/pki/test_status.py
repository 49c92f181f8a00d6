"""Revoking, holding, reinstating; the CRLs and the answers that say so."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import Instance, Walk

from absah.adapters.files import FileNotKept
from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.clock import instant as instant_of
from absah.pki.algorithms import SignatureInvalid
from absah.pki.crl import CrlPlan, build_crl, parse_crl
from absah.pki.ocsp import parse_ocsp_response
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown
from absah.signing.ports import CredentialState
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.pki import access, store
from absah_site.pki import actions as pki
from absah_site.pki.actions.material import status_of
from absah_site.pki.actions.publishing import CrlNotOurs
from absah_site.pki.actions.status import AlreadyRevoked
from absah_site.pki.models import CrlPublication
from absah_site.roles import Role

BY = Operator(name="test")


def ledger() -> int:
    return len(latest_entries(limit=10_000))


def crl_entries(slug: str = "issuing-ca") -> dict[str, RevocationReason]:
    (crl,) = access.published_crl(slug)
    return {access.serial_text(entry.serial): entry.reason for entry in parse_crl(crl)}


def test_a_revocation_is_final_reaches_the_key_and_the_next_crl(walk: Walk) -> None:
    held = walk.activated()
    pki.revoke_certificate(held.serial, RevocationReason.KEY_COMPROMISE, by=BY)
    assert walk.instance.signer.certificate_chain(held.credential).state is CredentialState.REVOKED
    before = ledger()
    pki.revoke_certificate(held.serial, RevocationReason.KEY_COMPROMISE, by=BY)
    for change in (
        lambda: pki.revoke_certificate(held.serial, RevocationReason.SUPERSEDED, by=BY),
        lambda: pki.suspend_certificate(held.serial, by=BY),
        lambda: pki.reinstate_certificate(held.serial, by=BY),
    ):
        with pytest.raises(AlreadyRevoked):
            change()
    assert ledger() == before
    pki.publish_due_crls(walk.instance.clock.now())
    assert crl_entries() == {held.serial: RevocationReason.KEY_COMPROMISE}


def test_a_hold_is_on_the_crl_and_gone_after_it_ends(walk: Walk) -> None:
    held = walk.activated()
    clock = walk.instance.clock
    pki.suspend_certificate(held.serial, by=BY)
    clock.advance(timedelta(seconds=1))
    pki.publish_due_crls(clock.now())
    assert crl_entries() == {held.serial: RevocationReason.CERTIFICATE_HOLD}
    pki.reinstate_certificate(held.serial, by=BY)
    assert walk.instance.signer.certificate_chain(held.credential).state is CredentialState.ACTIVE
    clock.advance(timedelta(seconds=1))
    pki.publish_due_crls(clock.now())
    assert crl_entries() == {}


def test_reinstating_what_is_not_held_changes_nothing(walk: Walk) -> None:
    held = walk.activated()
    before = ledger()
    pki.reinstate_certificate(held.serial, by=BY)
    assert ledger() == before


def test_a_verifikator_revokes_for_the_own_agency_and_never_our_own_services(walk: Walk) -> None:
    held = walk.activated()
    stranger = walk.instance.officer("asing", Role.VERIFIKATOR, agency="lain")
    own = access.certificate_of_credential(access.authority("tsa").credential)
    for person, serial in ((stranger, held.serial), (walk.office.verifying, own.serial), (walk.office.ra, own.serial)):
        with pytest.raises(NotPermitted):
            pki.suspend_certificate(serial, by=person)
    pki.suspend_certificate(held.serial, by=walk.office.verifying)
    assert access.certificate(held.serial).status is store.Status.SUSPENDED


def test_when_the_signer_is_away_the_register_has_the_revocation_and_repeating_it_reaches_the_key(walk: Walk) -> None:
    held = walk.activated()
    walk.instance.signer.away = wire.ChangeState
    with pytest.raises(SignerUnreachable):
        pki.revoke_certificate(held.serial, RevocationReason.KEY_COMPROMISE, by=BY)
    assert access.certificate(held.serial).status is store.Status.REVOKED
    walk.instance.signer.away = None
    pki.revoke_certificate(held.serial, RevocationReason.KEY_COMPROMISE, by=BY)
    assert walk.instance.signer.certificate_chain(held.credential).state is CredentialState.REVOKED


def test_crl_numbers_only_grow_and_a_number_lost_with_its_process_is_not_given_again(instance: Instance) -> None:
    now = instance.clock.now()
    first = store.latest_crl("issuing-ca")
    instance.signer.away = wire.BeginCrl
    with pytest.raises(SignerUnreachable):
        pki.publish_crls(now)
    instance.signer.away = None
    (published,) = pki.publish_crls(now)
    assert published.number == first.number + 2
    (crl,) = access.published_crl("issuing-ca")
    assert parse_crl(crl).number == published.number
    assert CrlPublication.objects.filter(published_at=None).count() == 1


def test_a_crl_is_due_after_a_day_or_a_change_and_not_before(walk: Walk) -> None:
    held = walk.activated()
    clock = walk.instance.clock
    assert pki.publish_due_crls(clock.now()) == ()
    clock.advance(timedelta(hours=23))
    assert pki.publish_due_crls(clock.now()) == ()
    clock.advance(timedelta(hours=1))
    assert len(pki.publish_due_crls(clock.now())) == 1
    clock.advance(timedelta(minutes=1))
    pki.suspend_certificate(held.serial, by=BY)
    clock.advance(timedelta(minutes=1))
    assert len(pki.publish_due_crls(clock.now())) == 1
    assert pki.publish_due_crls(clock.now()) == ()


def test_a_slower_publisher_does_not_replace_a_newer_crl(instance: Instance, monkeypatch) -> None:
    issue = instance.signer.issue_list
    now = instance.clock.now()

    def overtaken(*wanted):
        made = issue(*wanted)
        monkeypatch.setattr(instance.signer, "issue_list", issue)
        pki.publish_crls(now)
        return made

    monkeypatch.setattr(instance.signer, "issue_list", overtaken)
    (outcome,) = pki.publish_crls(now)
    (crl,) = access.published_crl("issuing-ca")
    assert parse_crl(crl).number == outcome.number == store.latest_crl("issuing-ca").number


def test_a_full_disk_leaves_the_old_crl_and_no_row_that_says_published(instance: Instance) -> None:
    folder = instance.config.repository / "crl"
    before = access.published_crl("issuing-ca")
    rows, written = ledger(), store.latest_crl("issuing-ca")
    folder.rename(folder.with_name("away"))
    folder.write_text("a file where a folder should be")
    with pytest.raises(FileNotKept):
        pki.publish_crls(instance.clock.now())
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert access.published_crl("issuing-ca") == before
    assert (ledger(), store.latest_crl("issuing-ca")) == (rows, written)


def test_the_roots_crl_comes_from_offline_and_must_be_its_own_and_newer(instance: Instance) -> None:
    now = instance.clock.now()
    root = access.authority("root-ca").certificate

    def made(number: int, issuer: bytes = root) -> bytes:
        plan = CrlPlan(
            issuer_der=issuer,
            number=number,
            this_update=now,
            next_update=instant_of(now + timedelta(days=30)),
            entries=(),
        )
        return build_crl(plan, instance.root_key)

    (foreign,) = access.published_crl("issuing-ca")
    broken = made(7)[:-1] + b"\x00"
    for crl, refusal in ((foreign, CrlNotOurs), (made(1), CrlNotOurs), (broken, SignatureInvalid)):
        with pytest.raises(refusal):
            pki.publish_offline_crl(crl, issuer="root-ca", now=now)
    assert store.latest_crl("root-ca").number == 1
    assert pki.publish_offline_crl(made(7), issuer="root-ca", now=now).number == 7
    assert parse_crl(access.published_crl("root-ca")[0]).number == 7


def test_material_holds_a_fresh_answer_for_people_and_services_and_the_roots_crl_for_the_ca(walk: Walk) -> None:
    held = walk.activated()
    found = access.certificate(held.serial)
    issuing, root = access.authority("issuing-ca"), access.authority("root-ca")
    chain = (found.certificate, issuing.certificate, root.certificate)
    material = pki.RegisterRevocationSource().material_for(chain)
    assert set(chain) <= set(material.certificates)
    assert access.authority("ocsp").certificate in material.certificates
    assert material.crls == access.published_crl("root-ca")
    (answer,) = material.ocsps
    read = parse_ocsp_response(answer)
    single = read.find(issuing.certificate, int(held.serial, 16))
    assert single.status == Good()
    assert read.produced_at == walk.instance.clock.now()
    pki.suspend_certificate(held.serial, by=BY)
    (answer,) = pki.revocation_material((found.certificate,)).ocsps
    single = parse_ocsp_response(answer).find(issuing.certificate, int(held.serial, 16))
    assert single.status == Revoked(at=walk.instance.clock.now(), reason=RevocationReason.CERTIFICATE_HOLD)
    assert status_of(None) == Unknown()


def test_without_a_responder_the_published_crl_stands_in_and_the_responder_itself_needs_nothing(walk: Walk) -> None:
    held = walk.activated()
    certificate = access.certificate(held.serial).certificate
    responder = access.authority("ocsp").certificate
    assert pki.revocation_material((responder,)).ocsps == ()
    walk.instance.clock.advance(timedelta(days=36))
    material = pki.revocation_material((certificate,))
    assert material.ocsps == ()
    assert material.crls == access.published_crl("issuing-ca")


def test_a_foreign_certificate_brings_nothing_of_ours(instance: Instance) -> None:
    from tests.fixtures_pki import make_pki

    foreign = make_pki()
    leaf = foreign.person.certificate
    material = pki.revocation_material((leaf,))
    assert (material.certificates, material.crls, material.ocsps) == ((leaf,), (), ())
