from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from absah.pki.algorithm_policy import (
    AlgorithmExpired,
    AlgorithmName,
    AlgorithmPolicyUnreadable,
    AlgorithmUse,
    algorithm_policy,
    algorithms_of,
    check_usable,
    parse_algorithm_policy,
    policy_name_of_key,
    usable,
)
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm, SignatureScheme

NEW, EVIDENCE = AlgorithmUse.NEW, AlgorithmUse.EVIDENCE
TODAY = date(2026, 11, 21)


def spki(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("algorithm", [KeyAlgorithm.RSA2048, SignatureScheme.RSA_PKCS1_V1_5])
def test_rsa_2048_and_pkcs_1_end_on_the_first_day_of_2029(algorithm) -> None:
    assert usable(algorithm, NEW, date(2028, 12, 31))
    assert not usable(algorithm, NEW, date(2029, 1, 1))


def test_sha_1_serves_nothing_new() -> None:
    assert not usable(DigestAlgorithm.SHA1, NEW, TODAY)
    assert usable(DigestAlgorithm.SHA1, EVIDENCE, date(2016, 1, 1))


def test_every_algorithm_we_sign_with_is_in_the_policy_and_good_today() -> None:
    ours = (*KeyAlgorithm, *SignatureScheme, DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512)
    assert all(usable(algorithm, NEW, TODAY) for algorithm in ours)


def test_evidence_never_ends_before_new_use() -> None:
    for name, ends in algorithm_policy().ends.items():
        new, evidence = ends[NEW], ends[EVIDENCE]
        assert evidence is None or (new is not None and new <= evidence), name


def test_an_expired_or_unknown_algorithm_is_refused_with_its_day() -> None:
    check_usable(KeyAlgorithm.P256, NEW, TODAY)
    with pytest.raises(AlgorithmExpired) as caught:
        check_usable(KeyAlgorithm.RSA2048, NEW, date(2030, 1, 1))
    assert caught.value.parameters == {"algorithm": "rsa-2048", "until": "2029-01-01", "on": "2030-01-01"}
    with pytest.raises(AlgorithmExpired) as caught:
        check_usable(AlgorithmName("md5"), EVIDENCE, TODAY)
    assert caught.value.parameters["until"] == "never"


def test_the_policy_says_until_when() -> None:
    assert algorithm_policy().ends[KeyAlgorithm.RSA2048][NEW] == date(2029, 1, 1)
    assert algorithm_policy().ends[KeyAlgorithm.P256][NEW] is None
    assert algorithm_policy().version


@pytest.mark.parametrize(
    "text",
    [
        "=",
        "version = 1",
        "[sha1]\nnew = 2017-01-01",
        "version = 'x'\nsha1 = 'y'",
        "version = 'x'\n[sha1]\nold = 2017-01-01",
        "version = 'x'\n[sha1]\nnew = 2017-01-01T00:00:00Z",
        "version = 'x'\n[sha1]\nevidence = 'never'",
        "version = 'x'\n[sha1]\nreason = 1",
    ],
)
def test_a_policy_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(AlgorithmPolicyUnreadable):
        parse_algorithm_policy(text)


@pytest.mark.parametrize(
    ("bits", "name"),
    [(1024, "rsa-weak"), (2048, "rsa-2048"), (3000, "rsa-3072"), (4096, "rsa-4096"), (8192, "rsa-4096")],
)
def test_foreign_rsa_keys_are_listed_by_strength(bits: int, name: str) -> None:
    assert policy_name_of_key(spki(rsa.RSAPublicNumbers(65537, (1 << bits) - 1).public_key())) == name


def test_foreign_curves_are_listed_by_name() -> None:
    assert policy_name_of_key(spki(ec.generate_private_key(ec.SECP521R1()).public_key())) == "ec-p521"
    assert policy_name_of_key(spki(ec.generate_private_key(ec.SECP256K1()).public_key())) == "secp256k1"
    assert policy_name_of_key(spki(ed25519.Ed25519PrivateKey.generate().public_key())) == "ed25519"


def test_a_signature_needs_its_digest_its_scheme_and_its_key() -> None:
    key = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    signature = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)
    assert algorithms_of(signature, key) == ("sha256", "ecdsa", "ec-p256")
