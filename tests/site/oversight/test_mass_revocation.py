"""Many certificates ended in one action that may be cut short at any moment."""

import pytest

from absah.adapters.signer.errors import SignerUnreachable
from absah.kernel.rng import Serial
from absah.pki.crl import parse_crl
from absah.pki.revocation import RevocationReason
from absah.signing.ports import CredentialId
from absah_site.oversight import access, actions
from absah_site.oversight.access import State
from absah_site.oversight.actions.mass_revocation import (
    IssuedBy,
    Listed,
    ListUnfit,
    NothingToRevoke,
    ReasonUnfit,
    WithKey,
)
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import AuthorityUnknown, Status
from absah_site.roles import Role

LEAKED = RevocationReason.KEY_COMPROMISE


@pytest.fixture
def first(instance):
    return instance.officer("melati", Role.CA)


@pytest.fixture
def second(instance):
    return instance.officer("stefanus", Role.CA)


@pytest.fixture
def person(walk) -> str:
    return register.certificate_of_credential(CredentialId(walk.activated().credential)).serial


def approved(selection, first, second, reason=LEAKED):
    made = actions.propose_mass_revocation(selection, reason, "Latihan", by=first)
    return actions.approve(made.public_id, by=second)


def published(instance) -> set[str]:
    crl = parse_crl((instance.config.repository / "crl" / "issuing-ca.crl").read_bytes())
    return {register.serial_text(entry.serial) for entry in crl}


def test_everything_of_an_authority_is_ended_and_the_world_is_told(instance, person, first, second):
    proposal = approved(IssuedBy("issuing-ca"), first, second, RevocationReason.CA_COMPROMISE)
    assert access.progress_of(proposal).total == 3  # the person, the TSA, the responder
    assert register.certificate(person).status is Status.GOOD
    progress = actions.carry_out_mass_revocation(proposal)
    assert (progress.total, progress.ended, progress.waiting) == (3, 3, 0)
    found = register.certificate(person)
    assert (found.status, found.reason) == (Status.REVOKED, "ca_compromise")
    assert person in published(instance)
    assert access.proposal(proposal.public_id).state is State.DONE
    holders = access.affected_holders(proposal)
    assert [(holder.serial, holder.ended) for holder in holders] == [(person, True)]
    assert actions.carry_out_mass_revocation(access.proposal(proposal.public_id)) == progress


def test_a_run_that_was_cut_short_is_taken_up_where_it_stopped(instance, person, first, second, monkeypatch):
    proposal = approved(IssuedBy("issuing-ca"), first, second)
    assert actions.carry_out_mass_revocation(proposal, at_most=1).ended == 1
    with monkeypatch.context() as broken:

        def silent(*_arguments: object) -> None:
            raise SignerUnreachable

        broken.setattr(instance.signer, "change_state", silent)
        with pytest.raises(SignerUnreachable):
            actions.carry_out_mass_revocation(proposal)
    assert access.proposal(proposal.public_id).state is State.APPROVED
    assert actions.carry_out_mass_revocation(proposal).waiting == 0
    assert access.proposal(proposal.public_id).state is State.DONE


def test_what_was_issued_while_the_list_was_worked_off_is_ended_too(instance, walk, first, second):
    proposal = approved(IssuedBy("issuing-ca"), first, second)
    late = register.certificate_of_credential(CredentialId(walk.activated().credential)).serial
    assert actions.carry_out_mass_revocation(proposal).total == 3
    assert register.certificate(late).status is Status.REVOKED


def test_a_key_and_a_list_name_certificates_too_and_an_earlier_reason_stays(person, first, second, operator):
    tsa = register.certificate_of_credential(CredentialId("tsa")).serial
    proposal = approved(Listed((person, tsa.upper(), person)), first, second)
    pki.revoke_certificate(person, RevocationReason.SUPERSEDED, by=operator)
    assert actions.carry_out_mass_revocation(proposal).ended == 2
    assert register.certificate(person).reason == "superseded"
    assert register.certificate(tsa).reason == "key_compromise"
    responder = register.certificate_of_credential(CredentialId("ocsp")).serial
    assert access.progress_of(approved(WithKey(responder), first, second)).total == 1


def test_a_selection_that_hits_nothing_a_hold_and_noise_are_refused(person, first, operator):
    ask = actions.propose_mass_revocation
    with pytest.raises(AuthorityUnknown):
        ask(IssuedBy("nobody"), LEAKED, "Latihan", by=first)
    with pytest.raises(ReasonUnfit):
        ask(IssuedBy("issuing-ca"), RevocationReason.CERTIFICATE_HOLD, "Latihan", by=first)
    for serials in ((), ("no number",), (f"{Serial(7):x}",)):
        with pytest.raises(ListUnfit):
            ask(Listed(serials), LEAKED, "Latihan", by=first)
    pki.revoke_certificate(person, RevocationReason.SUPERSEDED, by=operator)
    with pytest.raises(NothingToRevoke):
        ask(Listed((person,)), LEAKED, "Latihan", by=first)
    assert access.open_proposals() == ()


def test_what_is_not_approved_is_not_carried_out(person, first):
    made = actions.propose_mass_revocation(Listed((person,)), LEAKED, "Latihan", by=first)
    assert actions.carry_out_mass_revocation(made).ended == 0
    assert register.certificate(person).status is Status.GOOD
