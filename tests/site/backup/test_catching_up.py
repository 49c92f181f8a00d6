"""A restored register learns from the lists that were published since the backup."""

from dataclasses import replace
from datetime import timedelta

import pytest

from absah.adapters.high_water import read_high_water
from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl, parse_crl
from absah.pki.revocation import RevocationReason
from absah.signing.ports import CredentialId, CredentialState
from absah_site.accounts.access import NotPermitted
from absah_site.audit.access import latest_entries
from absah_site.backup.standing import (
    BehindPublished,
    RestoredNotCaughtUp,
    check_may_serve,
    drop_note,
    leave_note,
)
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.actions.catching_up import CrlOfNobodyHere, CrlOlderThanRegister
from absah_site.pki.store import Status
from absah_site.roles import Role

LOST = 0x4A << 100  # a serial of which the backup knows nothing


def published_later(instance, *entries: RevokedEntry, number: int = 9) -> bytes:
    """What the issuing CA told the world after the backup."""
    issuer = register.authority("issuing-ca")
    now = instance.clock.now()
    plan = CrlPlan(
        issuer_der=issuer.certificate,
        number=number,
        this_update=now,
        next_update=instant(now + timedelta(days=7)),
        entries=tuple(sorted(entries, key=lambda entry: entry.serial)),
    )
    return instance.signer.issue_crl(issuer.credential, plan)


def entry(instance, serial: str | int, reason: RevocationReason) -> RevokedEntry:
    number = int(serial, 16) if isinstance(serial, str) else serial
    return RevokedEntry(serial=Serial(number), at=instance.clock.now(), reason=reason)


def test_what_a_published_list_says_is_taken_over_and_its_number_never_given_again(instance, walk, operator):
    active = walk.activated()
    serial = register.certificate_of_credential(CredentialId(active.credential)).serial
    crl = published_later(
        instance,
        entry(instance, serial, RevocationReason.KEY_COMPROMISE),
        entry(instance, LOST, RevocationReason.SUPERSEDED),
    )
    learned = pki.catch_up(crl, by=operator)
    assert (learned.issuer, learned.number, learned.changed, learned.unknown) == ("issuing-ca", 9, 1, 1)
    found = register.certificate(serial)
    assert (found.status, found.reason) == (Status.REVOKED, "key_compromise")
    assert instance.signer.certificate_chain(CredentialId(active.credential)).state is CredentialState.REVOKED
    next_list = pki.publish_crls(instance.clock.now())[0]
    assert next_list.number == 10
    content = parse_crl((instance.config.repository / "crl" / "issuing-ca.crl").read_bytes())
    assert content.find(Serial(LOST)) is not None
    again = pki.catch_up(published_later(instance, *parse_crl(crl), number=11), by=operator)
    assert (again.changed, again.unknown) == (0, 0)


def test_a_held_certificate_is_held_and_a_list_without_it_lets_nothing_go(instance, walk, operator):
    serial = register.certificate_of_credential(CredentialId(walk.activated().credential)).serial
    pki.catch_up(published_later(instance, entry(instance, serial, RevocationReason.CERTIFICATE_HOLD)), by=operator)
    assert register.certificate(serial).status is Status.SUSPENDED
    pki.catch_up(published_later(instance, number=10), by=operator)
    assert register.certificate(serial).status is Status.SUSPENDED


def test_an_older_list_a_foreign_list_and_a_stranger_are_refused(instance, operator):
    pki.publish_crls(instance.clock.now())
    with pytest.raises(CrlOlderThanRegister) as refused:
        pki.catch_up(published_later(instance, number=1), by=operator)
    assert refused.value.parameters == {"issuer": "issuing-ca", "ours": 2, "shown": 1}
    now = instance.clock.now()
    plan = CrlPlan(
        issuer_der=register.authority("root-ca").certificate,
        number=5,
        this_update=now,
        next_update=instant(now + timedelta(days=1)),
        entries=(),
    )
    crl = build_crl(plan, instance.root_key)
    forged = crl[:-4] + bytes(byte ^ 0xFF for byte in crl[-4:])
    with pytest.raises(CrlOfNobodyHere):
        pki.catch_up(forged, by=operator)
    assert pki.catch_up(crl, by=operator).issuer == "root-ca"
    with pytest.raises(NotPermitted):
        pki.catch_up(crl, by=instance.officer("rara", Role.RA))


def test_a_restored_instance_does_not_serve_until_its_note_is_gone(instance):
    check_may_serve(instance.config)
    leave_note(instance.config.data, made_at="2026-11-20T00:00:00+00:00", now=instance.clock.now())
    with pytest.raises(RestoredNotCaughtUp) as refused:
        check_may_serve(instance.config)
    assert refused.value.parameters == {"made_at": "2026-11-20T00:00:00+00:00"}
    (instance.config.data / "restored.json").write_text("no json")
    with pytest.raises(RestoredNotCaughtUp):
        check_may_serve(instance.config)
    drop_note(instance.config.data)
    check_may_serve(instance.config)


def test_a_register_behind_the_published_file_does_not_serve(instance, operator):
    file = instance.config.repository / "crl" / "issuing-ca.crl"
    crl = published_later(instance, number=4)
    file.write_bytes(crl)
    with pytest.raises(BehindPublished) as refused:
        check_may_serve(instance.config)
    assert refused.value.parameters == {"issuer": "issuing-ca", "ours": 1, "published": 4}
    pki.catch_up(crl, by=operator)
    check_may_serve(instance.config)
    file.write_bytes(b"damaged: the doctor's to report")
    check_may_serve(instance.config)


def test_the_number_outside_the_instance_is_raised_before_the_list_and_holds_a_restored_register_back(
    instance, settings, tmp_path
):
    outside = tmp_path / "outside"
    outside.mkdir()
    config = replace(instance.config, high_water=outside / "numbers.json")
    settings.CONFIG = config
    pki.publish_crls(instance.clock.now())
    assert read_high_water(config.high_water) == {"issuing-ca": 2}
    check_may_serve(config)
    config.high_water.write_text('{"issuing-ca": 3, "of-another-instance": 99}')
    with pytest.raises(BehindPublished):
        check_may_serve(config)


def test_restore_and_declaration_leave_rows_in_the_ledger(instance, operator):
    pki.record_restore(made_at="2026-11-20T00:00:00+00:00", by=operator)
    pki.declare_nothing_newer(by=operator)
    tags = [entry.tag.value for _, entry in latest_entries(limit=2)]
    assert tags == ["pki:register:caught-up", "pki:register:restored"]


def test_a_row_that_contradicts_its_certificate_is_found(instance, walk):
    walk.activated()
    assert register.assess_register().consistent
    from absah_site.pki.models import Certificate, IssuanceIntent

    row = Certificate.objects.order_by("-pk")[0]
    Certificate.objects.filter(pk=row.pk).update(serial="0" * 32)
    assert register.assess_register().damaged == 2  # the row, and the intention that lost it
    Certificate.objects.filter(pk=row.pk).update(serial=row.serial, fingerprint="0" * 64)
    assert register.assess_register().damaged == 1
    other = Certificate.objects.order_by("pk")[0]
    Certificate.objects.filter(pk=row.pk).update(fingerprint=row.fingerprint, authority=other.authority)
    IssuanceIntent.objects.update(authority=other.authority)
    assert register.assess_register().damaged == 1  # signed by somebody else
