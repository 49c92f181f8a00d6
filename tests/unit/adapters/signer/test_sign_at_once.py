"""Agreed, signed and stamped in one errand: all that `authorise`, `sign` and `timestamp` hold to, and nothing less."""

import pytest
from tests.fixtures_signer import PERSON, RIGHT, SEAL, TSA, WRONG, House, attributes_for, digest_of, enrol_services

from absah.adapters.signer.errors import (
    AttributesRefused,
    CredentialRevoked,
    CredentialSuspended,
    CredentialUnknown,
    DigestNotConsented,
    FactorMissing,
    KindRefused,
    MessageRefused,
    WrongPassphrase,
)
from absah.adapters.signer.factors import FactorCheck
from absah.adapters.swift_signing import SwiftSigning
from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm, SignatureScheme, verify_bytes
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.tsp import parse_timestamp_token, verify_timestamp_token
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.ports import Activation, CredentialId, CredentialState
from absah.signing.refusals import LevelOutOfReach

ONE, TWO = map(digest_of, ("satu", "dua"))
ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)


@pytest.fixture
def house(house: House) -> House:
    """With an authority that stamps, and a seal."""
    enrol_services(house)
    return house


def wish(*digests: bytes, passphrase: Secret | None = RIGHT, credential: CredentialId = PERSON) -> Activation:
    factors = Factors(passphrase=passphrase) if passphrase else Factors(totp="123456")
    return Activation(credential=credential, application="portal", digests=digests, factors=factors)


def at_once(house: House, activation: Activation, *attributes: bytes, tsa: CredentialId | None = TSA):
    return house.service.documents.sign_at_once(activation, attributes, tsa=tsa)


def attributes(house: House, *digests: bytes) -> tuple[bytes, ...]:
    return tuple(attributes_for(one, house.certificate(PERSON)) for one in digests)


def test_every_document_has_a_signature_and_a_stamp_over_it(house: House) -> None:
    signed = attributes(house, ONE, TWO)
    made = at_once(house, wish(ONE, TWO), *signed)
    key = public_key_of_certificate(load_certificate(house.certificate(PERSON)))
    for signature, attribute, token in zip(made.signatures, signed, made.tokens, strict=True):
        verify_bytes(key, signature, attribute, ECDSA)
        verify_timestamp_token(parse_timestamp_token(token), DigestAlgorithm.SHA256.digest(signature))
    assert made.consent.digests == {ONE, TWO}
    assert made.consent.factors_used == {FactorKind.PASSPHRASE}


def test_the_journal_has_both_keys_before_they_are_used(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = len(house.journal()), []
    real = house.custody.store.unhurried
    monkeypatch.setattr(house.custody.store, "unhurried", lambda: (seen.extend(house.journal()[before:]), real())[1])
    at_once(house, wish(ONE), *attributes(house, ONE))
    sign, stamp = seen[-2:]
    assert sign == (PERSON, "sign", ONE.hex(), "portal", "passphrase", None)
    assert (stamp[0], stamp[1], stamp[5]) == (TSA, "timestamp", None)
    assert stamp[2].endswith(f":signature-of:{ONE.hex()}")
    assert [row[5] for row in house.journal()[-2:]] == ["done", "done"]


def test_without_an_authority_nothing_is_stamped(house: House) -> None:
    made = at_once(house, wish(ONE), *attributes(house, ONE), tsa=None)
    assert (len(made.signatures), made.tokens) == (1, ())


@pytest.mark.parametrize(
    ("activation", "signed", "error"),
    [
        (wish(ONE, passphrase=WRONG), (ONE,), WrongPassphrase),
        (wish(ONE, passphrase=None), (ONE,), AbsahError),
        (wish(ONE), (TWO,), DigestNotConsented),
        (wish(ONE, TWO), (ONE,), DigestNotConsented),
        (wish(ONE), (ONE, ONE), DigestNotConsented),
        (wish(), (), MessageRefused),
        (wish(ONE, credential=TSA), (ONE,), KindRefused),
        (wish(ONE, credential=SEAL), (ONE,), AttributesRefused),
        (wish(ONE, credential=CredentialId("nobody")), (ONE,), CredentialUnknown),
    ],
)
def test_what_is_refused_uses_no_key(house: House, activation: Activation, signed: tuple, error: type) -> None:
    before = len(house.journal())
    with pytest.raises(error):
        at_once(house, activation, *attributes(house, *signed))
    assert len(house.journal()) == before


def test_a_key_that_does_not_stamp_stamps_nothing(house: House) -> None:
    with pytest.raises(KindRefused):
        at_once(house, wish(ONE), *attributes(house, ONE), tsa=PERSON)


def test_a_passphrase_alone_is_not_enough_where_a_code_is_wanted(house: House) -> None:
    house.service.credentials.bind_totp(PERSON, required=True)
    with pytest.raises(FactorMissing):
        at_once(house, wish(ONE), *attributes(house, ONE))


@pytest.mark.parametrize(
    ("state", "error"),
    [(CredentialState.SUSPENDED, CredentialSuspended), (CredentialState.REVOKED, CredentialRevoked)],
)
def test_a_state_that_changed_while_the_factors_were_checked_signs_nothing_and_closes_the_key(
    house: House, monkeypatch: pytest.MonkeyPatch, state: CredentialState, error: type
) -> None:
    real = FactorCheck.open

    def slow(self: FactorCheck, *arguments: object, **options: object):
        opened = real(self, *arguments, **options)
        house.service.credentials.change_state(PERSON, state)
        house.custody.opened.keep(PERSON, opened)
        return opened

    signed = attributes(house, ONE)
    monkeypatch.setattr(FactorCheck, "open", slow)
    with pytest.raises(error):
        at_once(house, wish(ONE), *signed)
    assert house.custody.opened.find(PERSON) is None


def test_swift_signing_asks_the_clock_only_where_it_stamps_and_needs_an_authority(house: House) -> None:
    asked: list[str] = []
    swift = SwiftSigning(house.service.documents, TSA, check_clock=lambda: asked.append("clock"))
    swift.sign_at_once(wish(ONE), attributes(house, ONE), stamped=False)
    assert asked == []
    assert swift.sign_at_once(wish(TWO), attributes(house, TWO), stamped=True).tokens
    assert asked == ["clock"]
    alone = SwiftSigning(house.service.documents, None, check_clock=lambda: None)
    with pytest.raises(LevelOutOfReach):
        alone.sign_at_once(wish(ONE), attributes(house, ONE), stamped=True)
