"""The key is made for the person alone, and whatever stops on the way is undone."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import PASSWORD, Walk

from absah.adapters.signer import services, wire
from absah.adapters.signer.errors import CredentialUnknown, SignerUnreachable
from absah.audit.commitment import opens
from absah.audit.tags import EnrolmentTag
from absah.enrolment.invitation import InvitationExpired, InvitationUsed
from absah.enrolment.passphrase import PassphraseWeak
from absah.pki.algorithms import KeyAlgorithm, key_algorithm_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.issuance import LintFailed
from absah.signing.factors import Secret
from absah.signing.ports import CredentialState
from absah_site.accounts.actions import PasswordWeak, UsernameTaken
from absah_site.audit.access import commitments_about, latest_entries, newest_tagged
from absah_site.audit.actions import erase_salts
from absah_site.config import HolderKeys, RegistrationTable
from absah_site.enrolment import access
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions.activation import ActivationGivenUp, ActivationRunning
from absah_site.enrolment.models import ActivationAttempt, EnrolmentRequest, Invitation, Subscriber
from absah_site.pki import actions as pki
from absah_site.pki.models import Certificate, IssuanceIntent
from absah_site.roles import Role


def tags() -> list[str]:
    return [entry.tag.value for _, entry in reversed(latest_entries(limit=1000))]


def credentials(walk: Walk) -> int:
    """Keys in custody beside those of our own services."""
    held = [row.credential for row in ActivationAttempt.objects.all()]
    found = 0
    for name in held:
        try:
            walk.instance.signer.custody.credential(name)
        except CredentialUnknown:
            continue
        found += 1
    return found


def test_activation_leaves_certificate_account_and_used_link_and_says_so_in_the_ledger(walk: Walk) -> None:
    held = walk.activated(with_totp=True)
    assert held.totp_secret
    assert held.totp_secret not in repr(held)
    assert EnrolmentRequest.objects.get().state == "activated"
    assert Subscriber.objects.get().credential == held.credential
    assert walk.instance.signer.certificate_chain(held.credential).state is CredentialState.ACTIVE
    assert tags()[-5:] == [
        "enrolment:credential:intended",
        "pki:certificate:intended",
        "pki:certificate:issued",
        "accounts:role:granted",
        "enrolment:credential:activated",
    ]


def test_the_ledger_commits_to_who_was_registered_until_the_salt_is_erased(walk: Walk) -> None:
    walk.activated()
    newest = newest_tagged(EnrolmentTag.CREDENTIAL_ACTIVATED)
    assert newest is not None
    facts = dict(newest.facts)
    subscriber = access.subscriber_by_id(Subscriber.objects.get().pk)
    applicant = access.applicant_of(subscriber.id)
    ((committed, salt),) = commitments_about(subscriber.number.reference)
    assert committed == facts["identity"]
    assert opens(committed, applicant.identified_by, salt)
    assert not opens(committed, applicant.identified_by.replace(applicant.nik.digits, "9999" + "1" * 12), salt)
    assert erase_salts(subscriber.number.reference) == 1
    assert commitments_about(subscriber.number.reference) == ()


@pytest.mark.parametrize("kind", get_args(HolderKeys))
def test_a_person_gets_the_kind_of_key_that_the_instance_gives(walk: Walk, settings, kind: KeyAlgorithm) -> None:
    settings.CONFIG = replace(settings.CONFIG, registration=RegistrationTable(holder_keys=kind))
    walk.activated()
    certificate = load_certificate(bytes(Certificate.objects.get(profile="individual-signer").der))
    assert key_algorithm_of(public_key_of_certificate(certificate)) is kind


def test_the_link_works_once(walk: Walk) -> None:
    walk.approved()
    token = walk.invited()
    enrolment.activate(token, walk.form())
    with pytest.raises(InvitationUsed):
        enrolment.activate(token, walk.form())
    assert Certificate.objects.exclude(holder="").count() == 1


def test_the_link_ends_after_a_day(walk: Walk) -> None:
    walk.approved()
    token = walk.invited()
    walk.instance.clock.advance(timedelta(hours=24))
    with pytest.raises(InvitationExpired):
        enrolment.activate(token, walk.form())
    assert not ActivationAttempt.objects.exists()


@pytest.mark.parametrize(
    "weak", ["pendek", "RinaAyuLestari", "9999014107900001", "rahasianegara123", "aaaaaaaaaaaaaaaa"]
)
def test_a_weak_passphrase_is_refused_before_anything_is_made_and_a_better_one_taken(walk: Walk, weak: str) -> None:
    walk.approved()
    token, before = walk.invited(), tags()
    with pytest.raises(PassphraseWeak) as refused:
        enrolment.activate(token, walk.form(passphrase=Secret(weak)))
    assert weak not in str(refused.value)
    assert not ActivationAttempt.objects.exists()
    assert tags() == before
    enrolment.activate(token, walk.form())


def test_a_taken_name_or_weak_password_leaves_nothing(walk: Walk) -> None:
    walk.approved()
    token, before = walk.invited(), tags()
    for sign_in, refusal in (
        (enrolment.SignIn(username="enti", password=PASSWORD), UsernameTaken),
        (enrolment.SignIn(username="rina", password="12345678"), PasswordWeak),
    ):
        with pytest.raises(refusal):
            enrolment.activate(token, walk.form(sign_in=sign_in))
    assert not ActivationAttempt.objects.exists()
    assert tags() == before


def test_somebody_with_an_account_uses_it(walk: Walk) -> None:
    own = walk.instance.officer("rina-lama", Role.AGREEMENT_OFFICER)
    held = walk.activated(sign_in=enrolment.OwnAccount(public_id=own.public_id))
    assert held.account == own.public_id


@pytest.mark.parametrize("away", [wire.CreateKey, wire.FinishIssuance, wire.AttachCertificate, wire.BindTotp])
def test_what_a_missing_signer_interrupts_is_undone_at_once_and_the_same_link_works_again(walk: Walk, away) -> None:
    walk.approved()
    token = walk.invited()
    walk.instance.signer.away = away
    with pytest.raises(SignerUnreachable):
        enrolment.activate(token, walk.form(with_totp=True))
    assert ActivationAttempt.objects.get().state == "undone"
    assert not Certificate.objects.exclude(holder="").filter(status="good").exists()
    assert Subscriber.objects.get().credential == ""
    walk.instance.signer.away = None
    held = enrolment.activate(token, walk.form(with_totp=True))
    assert Certificate.objects.exclude(holder="").get(status="good").serial == held.serial


STEPS = [wire.CreateKey, wire.FinishIssuance, wire.AttachCertificate, wire.BindTotp]


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_what_a_dead_process_left_is_mended_and_the_same_link_works_again(walk: Walk, moment: str, step: type) -> None:
    walk.approved()
    token = walk.invited()
    setattr(walk.instance.signer, moment, step)
    with pytest.raises(ProcessDied):
        enrolment.activate(token, walk.form(with_totp=True))
    setattr(walk.instance.signer, moment, None)
    assert ActivationAttempt.objects.get().state == "begun"
    with pytest.raises(ActivationRunning):
        enrolment.activate(token, walk.form())
    assert (pki.reconcile(), enrolment.reconcile()) == (0, 0)
    walk.instance.clock.advance(timedelta(minutes=11))
    pki.reconcile()
    assert enrolment.reconcile() == 1
    assert enrolment.reconcile() == 0
    assert ActivationAttempt.objects.get().state == "undone"
    assert not IssuanceIntent.objects.filter(state="intended").exists()
    assert not Certificate.objects.exclude(holder="").filter(status="good").exists()
    held = enrolment.activate(token, walk.form(with_totp=True))
    assert Certificate.objects.exclude(holder="").get(status="good").serial == held.serial
    assert EnrolmentRequest.objects.get().state == "activated"


def test_an_activation_that_was_undone_meanwhile_does_not_end_as_done(walk: Walk, monkeypatch) -> None:
    walk.approved()
    token = walk.invited()
    bind = walk.instance.signer.bind_totp

    def bind_slowly(*arguments, **keywords):
        secret = bind(*arguments, **keywords)
        walk.instance.clock.advance(timedelta(minutes=11))
        enrolment.reconcile()
        return secret

    monkeypatch.setattr(walk.instance.signer, "bind_totp", bind_slowly)
    with pytest.raises(ActivationGivenUp):
        enrolment.activate(token, walk.form(with_totp=True))
    assert EnrolmentRequest.objects.get().state == "approved"
    assert Invitation.objects.get(purpose="activate").used_at is None
    assert Certificate.objects.exclude(holder="").get().status == "revoked"


def test_a_certificate_that_does_not_pass_the_lint_leaves_no_key(walk: Walk, monkeypatch) -> None:
    def refuse(*_, **__):
        raise LintFailed(findings="test")

    walk.approved()
    token = walk.invited()
    monkeypatch.setattr(services, "prepare", refuse)
    with pytest.raises(LintFailed):
        enrolment.activate(token, walk.form())
    assert credentials(walk) == 0
    assert IssuanceIntent.objects.get().state == "failed"
    assert ActivationAttempt.objects.get().error == "pki.lint-failed"


def test_while_the_signer_is_away_nothing_can_be_taken_back_and_reconcile_tries_again(walk: Walk) -> None:
    walk.approved()
    token = walk.invited()
    walk.instance.signer.die_after = wire.CreateKey
    with pytest.raises(ProcessDied):
        enrolment.activate(token, walk.form())
    walk.instance.clock.advance(timedelta(minutes=11))
    walk.instance.signer.away = wire.DropPending
    assert enrolment.reconcile() == 0
    assert credentials(walk) == 1
    walk.instance.signer.away = None
    assert enrolment.reconcile() == 1
    assert credentials(walk) == 0
