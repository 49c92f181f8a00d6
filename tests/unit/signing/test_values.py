import pickle
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.documents import agreement
from tests.fakes.signing import CREDENTIAL, NOW, bench

from absah.kernel.clock import instant
from absah.signing.consent import ConsentForOther, ConsentNotCurrent, ConsentOfAnother, authorise
from absah.signing.factors import FactorKind, Factors, FactorsMissing, Secret
from absah.signing.levels import Level
from absah.signing.material import ValidationMaterial
from absah.signing.ports import CredentialId, DocumentDigest, SignerConsent
from absah.signing.request import Drafted, Prepared
from absah.signing.usecases import prepare_signing


def test_a_secret_does_not_show_itself() -> None:
    factors = Factors(passphrase=Secret("rahasia"), totp="123456")
    assert "rahasia" not in repr(factors)
    assert "123456" not in repr(factors)
    assert factors.passphrase is not None
    assert factors.passphrase.reveal() == "rahasia"


def test_secrets_compare_and_do_nothing_else() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    with pytest.raises(TypeError):
        hash(Secret("a"))
    with pytest.raises(TypeError):
        pickle.dumps(Secret("a"))


def test_factors_know_which_they_are() -> None:
    assert Factors(totp="1").kinds == {FactorKind.TOTP}
    assert Factors(passphrase=Secret("a"), totp="1").kinds == {FactorKind.TOTP, FactorKind.PASSPHRASE}
    with pytest.raises(FactorsMissing):
        Factors()


def test_each_level_contains_the_one_before() -> None:
    told = [(level.has_timestamp, level.has_material, level.has_archive_timestamp) for level in Level]
    assert told == [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]


def test_material_is_merged_without_repetition() -> None:
    one = ValidationMaterial(certificates=(b"a", b"b"), crls=(b"c",))
    other = ValidationMaterial(certificates=(b"b", b"d"), crls=(b"c",), ocsps=(b"o",))
    merged = one.merged_with(other)
    assert merged == ValidationMaterial(certificates=(b"a", b"b", b"d"), crls=(b"c",), ocsps=(b"o",))
    assert ValidationMaterial().is_empty
    assert not merged.is_empty


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    tools = bench()
    return prepare_signing(
        Drafted(document=agreement(), credential=CREDENTIAL, level=Level.B_B), tools.ports, clock=tools.clock
    )


@pytest.fixture
def consent(prepared: Prepared) -> SignerConsent:
    return SignerConsent(
        consent_id="1",
        credential=CREDENTIAL,
        digests=frozenset({prepared.digest, DocumentDigest(b"another")}),
        given_at=NOW,
        expires_at=instant(NOW + timedelta(seconds=120)),
        factors_used=frozenset({FactorKind.TOTP}),
    )


def test_consent_must_be_for_this_signer_this_document_and_now(prepared: Prepared, consent: SignerConsent) -> None:
    assert authorise(prepared, consent, now=NOW).consent is consent
    with pytest.raises(ConsentOfAnother):
        authorise(prepared, replace(consent, credential=CredentialId("lain")), now=NOW)
    with pytest.raises(ConsentForOther):
        authorise(prepared, replace(consent, digests=frozenset({DocumentDigest(b"another")})), now=NOW)
    for moment in (NOW - timedelta(seconds=1), NOW + timedelta(seconds=120)):
        with pytest.raises(ConsentNotCurrent):
            authorise(prepared, consent, now=instant(moment))


def test_a_prepared_document_shows_neither_factors_nor_passwords(prepared: Prepared) -> None:
    assert prepared.reserved.room >= 16 * 1024
    assert "Secret(…)" in repr(replace(prepared.draft, document=b"", password=Secret("rahasia")))
