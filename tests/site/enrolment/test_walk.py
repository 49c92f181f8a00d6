"""The whole way from a verifikator's entry to a certificate in the register."""

from tests.fixtures_instance import PASSPHRASE, Walk

from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, DocumentDigest
from absah_site.accounts.access import account
from absah_site.enrolment import access
from absah_site.pki import access as register
from absah_site.roles import Role


def test_a_person_walks_from_entry_to_a_certificate_and_a_key_that_only_the_passphrase_opens(walk: Walk) -> None:
    held = walk.activated()
    found = register.certificate(held.serial)
    assert found.holder == held.number.text
    assert "CN=Rina Ayu Lestari" in found.subject
    assert access.subscriber_with_number(held.number.text).credential == held.credential
    assert Role.SIGNER in account(held.account, now=walk.instance.clock.now()).roles
    consent = walk.instance.signer.authorise(
        Activation(
            credential=held.credential,
            application="test",
            digests=(DocumentDigest(bytes(32)),),
            factors=Factors(passphrase=Secret(PASSPHRASE)),
        )
    )
    assert consent.credential == held.credential
