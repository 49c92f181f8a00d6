"""One certificate follows another: who may have one, when it is renewed, how it is superseded; and its holds."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import Instance, Walk
from tests.site.pki.test_issuance import wanted

from absah.adapters.signer import wire
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.revocation import Cause, RevocationReason
from absah.pki.weak_keys import KeyExponentSmall, KeyOnWeakList, debian_fingerprint
from absah.signing.ports import CredentialState
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.access import weak_keys
from absah_site.pki.actions.eligibility import AlreadyActive, KeyKnown, NotReplaceable, RenewalTooEarly
from absah_site.pki.actions.issuance import IssuanceRunning
from absah_site.pki.actions.life import SuccessorDiffers
from absah_site.pki.models import Certificate, IssuanceIntent, StatusChange
from absah_site.pki.store import Hold, Status

BY = Operator(name="test")


def new_public_key() -> bytes:
    return public_key_of(ec.generate_private_key(ec.SECP256R1()))


def not_in_custody(**changes) -> pki.IssuanceRequest:
    return wanted(**({"credential": None} | changes))


def issue(**changes) -> pki.IssuedCertificate:
    return pki.issue_certificate(not_in_custody(**changes), by=BY)


def near_end(instance: Instance, serial: str) -> None:
    ends = access.certificate(serial).not_after
    instance.clock.advance(ends - timedelta(days=30) - instance.clock.now())


def test_a_person_has_one_active_certificate_of_a_product_and_the_refusal_names_it(instance: Instance) -> None:
    first = issue()
    with pytest.raises(AlreadyActive) as refused:
        issue()
    assert refused.value.parameters["serial"] == first.serial
    assert refused.value.parameters["until"] == access.certificate(first.serial).not_after.date().isoformat()
    issue(holder="SOMEBODY22")

    pki.suspend_certificate(first.serial, by=BY)
    with pytest.raises(AlreadyActive):
        issue()
    pki.revoke_for(first.serial, Cause.TRANSFERRED, by=BY)
    issue()
    assert IssuanceIntent.objects.filter(state="intended").count() == 0


def test_a_key_has_certificates_of_one_holder_and_none_after_a_revocation(instance: Instance) -> None:
    key = new_public_key()
    first = issue(public_key=key)
    with pytest.raises(KeyKnown):
        issue(public_key=key, holder="SOMEBODY22")
    pki.revoke_for(first.serial, Cause.KEY_COMPROMISED, by=BY)
    with pytest.raises(KeyKnown):
        issue(public_key=key)


@pytest.mark.parametrize("same", ["holder", "key"])
def test_two_issuances_for_a_holder_or_a_key_at_the_same_time_do_not_both_begin(instance: Instance, same: str) -> None:
    key = new_public_key()
    instance.signer.die_before = wire.FinishIssuance
    with pytest.raises(ProcessDied):
        issue(public_key=key)
    instance.signer.die_before = None
    second = {"holder": {"public_key": new_public_key()}, "key": {"public_key": key, "holder": "SOMEBODY22"}}[same]

    with pytest.raises(IssuanceRunning):
        issue(**second)
    instance.clock.advance(timedelta(minutes=10))
    pki.reconcile()
    issue(**second)


def test_weak_keys_are_refused_before_anything_is_intended(instance: Instance, monkeypatch) -> None:
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()

    def spki(exponent: int) -> bytes:
        key = rsa.RSAPublicNumbers(exponent, numbers.n).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    folder = instance.config.data / "weak-keys"
    folder.mkdir()
    (folder / "blacklist.RSA-2048").write_text(f"# test\n{debian_fingerprint(numbers.n)}\n", encoding="ascii")
    weak_keys._weak_keys_in.cache_clear()
    with pytest.raises(KeyExponentSmall):
        issue(public_key=spki(3))
    with pytest.raises(KeyOnWeakList):
        issue(public_key=spki(65537))
    assert not IssuanceIntent.objects.exists()


def test_a_certificate_is_renewed_for_the_same_key_in_its_last_thirty_days_only(walk: Walk) -> None:
    held, instance = walk.activated(), walk.instance
    with pytest.raises(RenewalTooEarly) as early:
        pki.renew_certificate(held.serial, by=BY)
    assert early.value.parameters["serial"] == held.serial
    near_end(instance, held.serial)

    renewed = pki.renew_certificate(held.serial, by=BY)

    old, new = access.certificate(held.serial), access.certificate(renewed.serial)
    assert (old.status, new.status) == (Status.GOOD, Status.GOOD)
    assert new.key_hash == old.key_hash
    assert new.subject == old.subject
    assert new.not_after > old.not_after
    assert instance.signer.certificate_chain(held.credential).certificate == renewed.certificate
    assert pki.renew_certificate(held.serial, by=BY) == renewed  # again: nothing more is issued


def test_a_renewal_that_was_cut_off_after_the_signature_is_taken_up_again(walk: Walk) -> None:
    held, instance = walk.activated(), walk.instance
    near_end(instance, held.serial)
    instance.signer.die_before = wire.AttachCertificate
    with pytest.raises(ProcessDied):
        pki.renew_certificate(held.serial, by=BY)
    instance.signer.die_before = None

    renewed = pki.renew_certificate(held.serial, by=BY)

    assert instance.signer.certificate_chain(held.credential).certificate == renewed.certificate
    assert Certificate.objects.filter(credential=held.credential).count() == 2


def test_what_is_over_on_hold_or_elsewhere_is_not_renewed(walk: Walk) -> None:
    held, instance = walk.activated(), walk.instance
    near_end(instance, held.serial)
    pki.suspend_certificate(held.serial, by=BY)
    outside = issue(holder="SOMEBODY22")
    for serial, state in ((held.serial, "suspended"), (outside.serial, "custody")):
        with pytest.raises(NotReplaceable) as refused:
            pki.renew_certificate(serial, by=BY)
        assert refused.value.parameters["state"] == state
    pki.reinstate_certificate(held.serial, by=BY)
    instance.clock.advance(timedelta(days=31))
    with pytest.raises(NotReplaceable) as refused:
        pki.renew_certificate(held.serial, by=BY)
    assert refused.value.parameters["state"] == "expired"


def test_a_superseded_certificate_is_revoked_in_the_moment_in_which_the_other_is_entered(walk: Walk) -> None:
    held, signer = walk.activated(), walk.instance.signer
    old = access.certificate(held.serial)
    request = not_in_custody(holder=old.holder, agency=old.agency)
    for wrong in (
        not_in_custody(holder="SOMEBODY22", agency=old.agency),
        not_in_custody(
            holder=old.holder,
            agency=old.agency,
            public_key=public_key_of_certificate(load_certificate(old.certificate)),
        ),
    ):
        with pytest.raises(SuccessorDiffers):
            pki.supersede_certificate(held.serial, wrong, by=BY)
    signer.die_after = wire.FinishIssuance
    with pytest.raises(ProcessDied):
        pki.supersede_certificate(held.serial, request, by=BY)
    assert access.certificate(held.serial).status is Status.GOOD
    signer.die_after = None
    walk.instance.clock.advance(timedelta(minutes=10))
    pki.reconcile()

    issued = pki.supersede_certificate(held.serial, request, by=BY)

    gone = access.certificate(held.serial)
    assert (gone.status, gone.reason) == (Status.REVOKED, RevocationReason.SUPERSEDED.name.lower())
    assert StatusChange.objects.get(certificate__serial=held.serial).cause == Cause.REPLACED.value
    assert signer.certificate_chain(held.credential).state is CredentialState.REVOKED
    assert access.certificate(issued.serial).status is Status.GOOD
    tags = [entry.tag.value for _, entry in latest_entries()[:3]]
    assert tags == ["pki:certificate:revoked", "pki:certificate:issued", "pki:certificate:intended"]
    with pytest.raises(NotReplaceable):
        pki.supersede_certificate(held.serial, request, by=BY)


def test_the_intervals_of_holds_are_kept_and_the_last_ends_with_the_revocation(walk: Walk) -> None:
    held, clock = walk.activated(), walk.instance.clock
    moments = []
    for change in (
        lambda: pki.suspend_certificate(held.serial, by=BY, cause=Cause.KEY_LOST),
        lambda: pki.reinstate_certificate(held.serial, by=BY),
        lambda: pki.suspend_certificate(held.serial, by=BY),
        lambda: pki.revoke_for(held.serial, Cause.RESIGNED, by=BY),
    ):
        clock.advance(timedelta(hours=1))
        change()
        moments.append(clock.now())
    found = access.certificate(held.serial)

    intervals = Hold(began=moments[0], ended=moments[1]), Hold(began=moments[2], ended=moments[3])
    assert access.every_hold() == {found.fingerprint: intervals}


def test_a_hold_that_lasts_has_no_end_yet(walk: Walk) -> None:
    held = walk.activated()
    pki.suspend_certificate(held.serial, by=BY)
    found = access.certificate(held.serial)
    now = walk.instance.clock.now()
    assert access.every_hold() == {found.fingerprint: (Hold(began=now, ended=None),)}
