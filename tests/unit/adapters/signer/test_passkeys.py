"""A passkey agrees to a list of documents for one key: bound by every factor, good for one list, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fido2 import cbor
from tests.fakes.passkeys import PRESENT, Device
from tests.fixtures_signer import CA, PERSON, RIGHT, WRONG, attributes_for, digest_of

from absah.adapters.signer.errors import (
    ConsentUnknown,
    CredentialRevoked,
    CredentialUnknown,
    FactorMissing,
    FactorNotBound,
    KindRefused,
    MustWait,
    PasskeyAlreadyBound,
    PasskeyUnfit,
    TooManyPasskeys,
    WrongPasskey,
    WrongPassphrase,
    WrongTotp,
)
from absah.adapters.signer.passkey_answers import NewPasskey, count_of
from absah.adapters.signer.passkeys import MOST
from absah.adapters.signer.records import BoundPasskey
from absah.signing.factors import FactorKind, Factors
from absah.signing.passkeys import binding_challenge, consent_challenge
from absah.signing.ports import Activation, CredentialId, CredentialState

SITE = "absah.sagarabiru.example"
ONE, TWO = map(digest_of, ("one", "two"))
KNOWN = Factors(passphrase=RIGHT)


def new(device: Device, name: str = PERSON, **changed: object) -> NewPasskey:
    answer = device.answer(binding_challenge(name))
    return NewPasskey(**({"site": device.host, "public_key": device.public_key, "answer": answer} | changed))


def agreed(house, device: Device, *digests: bytes, of: tuple[bytes, ...] | None = None, passphrase=RIGHT, **how):
    """Authorise digests with an answer over `of`."""
    answer = device.answer(consent_challenge(PERSON, of or digests), **how)
    factors = Factors(passphrase=passphrase, passkey=answer)
    return house.service.documents.authorise(
        Activation(credential=PERSON, application="portal", digests=digests, factors=factors)
    )


@pytest.fixture
def device(house) -> Device:
    made = Device(SITE)
    house.service.passkeys.bind(PERSON, new(made), KNOWN)
    return made


def test_a_bound_passkey_agrees_beside_the_passphrase_and_the_record_says_so(house, device):
    consent = agreed(house, device, ONE, TWO)
    assert consent.factors_used == {FactorKind.PASSPHRASE, FactorKind.PASSKEY}
    assert house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))
    assert house.journal()[-1][4] == "passkey+passphrase"
    assert [one.credential_id for one in house.service.passkeys.all(PERSON)] == [device.id]


def test_an_answer_is_good_for_its_documents_alone_and_once(house, device):
    answer = device.answer(consent_challenge(PERSON, (ONE, TWO)))
    factors = Factors(passphrase=RIGHT, passkey=answer)

    def authorise(*digests):
        asked = Activation(credential=PERSON, application="portal", digests=digests, factors=factors)
        return house.service.documents.authorise(asked)

    for digests in ((ONE,), (TWO,), (ONE, TWO, digest_of("three"))):
        with pytest.raises(WrongPasskey):
            authorise(*digests)
    assert authorise(TWO, ONE, TWO).digests == {ONE, TWO}
    with pytest.raises(WrongPasskey):
        authorise(ONE, TWO)


def test_an_answer_that_was_used_stays_used_after_a_restart(house, device, open_house):
    answer = device.answer(consent_challenge(PERSON, (ONE,)))
    asked = Activation(
        credential=PERSON, application="portal", digests=(ONE,), factors=Factors(passphrase=RIGHT, passkey=answer)
    )
    house.service.documents.authorise(asked)
    with pytest.raises(WrongPasskey):
        open_house().service.documents.authorise(asked)


def test_wrong_answers_are_counted_and_a_wrong_passphrase_uses_none_up(house, device):
    answer = device.answer(consent_challenge(PERSON, (ONE,)))
    asked = Activation(
        credential=PERSON, application="portal", digests=(ONE,), factors=Factors(passphrase=WRONG, passkey=answer)
    )
    with pytest.raises(WrongPassphrase):
        house.service.documents.authorise(asked)
    house.service.documents.authorise(replace(asked, factors=Factors(passphrase=RIGHT, passkey=answer)))
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPasskey) as refused:
            agreed(house, device, ONE, flags=PRESENT)
        assert refused.value.parameters == {"left": left}
    with pytest.raises(MustWait):
        agreed(house, device, TWO)


def test_a_passkey_stands_in_for_a_code_that_is_required(house):
    spelled = house.service.credentials.bind_totp(PERSON, required=True)
    device = Device(SITE)
    with pytest.raises(FactorMissing):
        house.service.passkeys.bind(PERSON, new(device), KNOWN)
    with pytest.raises(WrongTotp):
        house.service.passkeys.bind(PERSON, new(device), Factors(passphrase=RIGHT, totp="000 000"))
    house.service.passkeys.bind(PERSON, new(device), Factors(passphrase=RIGHT, totp=house.code(spelled)))
    with pytest.raises(FactorMissing):
        house.authorise(ONE)
    assert agreed(house, device, ONE).factors_used == {FactorKind.PASSPHRASE, FactorKind.PASSKEY}
    with pytest.raises(FactorMissing):
        agreed(house, device, TWO, passphrase=None)


def test_a_passkey_that_nobody_bound_or_that_was_let_go_agrees_for_nobody(house, device):
    with pytest.raises(FactorNotBound):
        agreed(house, Device(SITE), ONE)
    consent = agreed(house, device, ONE)
    house.service.passkeys.release(PERSON, device.id)
    with pytest.raises(ConsentUnknown):
        house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))
    with pytest.raises(FactorNotBound):
        agreed(house, device, TWO)
    with pytest.raises(FactorNotBound):
        house.service.passkeys.release(PERSON, device.id)


def test_only_an_unlocked_passkey_of_this_site_that_answers_to_this_key_is_bound(house):
    device, other = Device(SITE), Device(SITE)
    for unfit in (
        new(device, "another-key"),
        new(device, public_key=other.public_key),
        new(device, public_key=cbor.encode({3: -999, 1: 2})),
        new(device, public_key=cbor.encode([1])),
        new(device, public_key=b"\xff"),
        new(device, site="lain.example"),
        new(device, answer=device.answer(binding_challenge(PERSON), flags=PRESENT)),
        new(device, answer=device.answer(binding_challenge(PERSON), origin="https://palsu.example")),
        new(device, answer=device.answer(binding_challenge(PERSON), what="webauthn.create")),
        new(device, answer=device.answer(binding_challenge(PERSON), crossOrigin=True)),
        new(device, answer=replace(device.answer(binding_challenge(PERSON)), client_data=b"{}")),
        new(device, answer=replace(device.answer(binding_challenge(PERSON)), authenticator_data=b"short")),
    ):
        with pytest.raises(PasskeyUnfit):
            house.service.passkeys.bind(PERSON, unfit, KNOWN)
    with pytest.raises(WrongPassphrase):
        house.service.passkeys.bind(PERSON, new(device), Factors(passphrase=WRONG))
    assert house.service.passkeys.all(PERSON) == ()


def test_a_key_takes_each_passkey_once_and_not_many(house, device):
    with pytest.raises(PasskeyAlreadyBound):
        house.service.passkeys.bind(PERSON, new(device), KNOWN)
    for _ in range(MOST - 1):
        house.service.passkeys.bind(PERSON, new(Device(SITE)), KNOWN)
    with pytest.raises(TooManyPasskeys):
        house.service.passkeys.bind(PERSON, new(Device(SITE)), KNOWN)


def test_services_and_revoked_keys_bind_nothing(house):
    with pytest.raises(KindRefused):
        house.service.passkeys.bind(CA, new(Device(SITE), CA), KNOWN)
    with pytest.raises(CredentialUnknown):
        house.service.passkeys.all(CredentialId("nobody"))
    house.service.credentials.change_state(PERSON, CredentialState.REVOKED)
    with pytest.raises(CredentialRevoked):
        house.service.passkeys.bind(PERSON, new(Device(SITE)), KNOWN)


def test_a_device_that_counts_must_count_on(house):
    device = Device(SITE, counts=True)
    house.service.passkeys.bind(PERSON, new(device), KNOWN)
    agreed(house, device, ONE)
    device.count = 0  # a copy of the device would begin below
    with pytest.raises(WrongPasskey):
        agreed(house, device, TWO)
    house.clock.advance(timedelta(seconds=1))
    device.count = 7
    agreed(house, device, digest_of("three"))


def test_a_local_site_may_be_without_tls(house):
    device = Device("localhost")
    bound = BoundPasskey(credential_id=device.id, public_key=device.public_key, site="localhost", last_count=0)
    said = device.answer(b"c" * 32, origin="http://localhost:8000")
    assert count_of(bound, said, b"c" * 32) == 0
    assert count_of(bound, device.answer(b"c" * 32, origin="http://127.0.0.1:8000"), b"c" * 32) is None
