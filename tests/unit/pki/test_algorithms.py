import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import NOW, new_key, rsa_key

from absah.pki import der, oids
from absah.pki.algorithm_identifiers import (
    AlgorithmUnknown,
    encode_digest_algorithm,
    encode_digest_info,
    encode_signature_algorithm,
    read_digest_algorithm,
    read_signature_algorithm,
)
from absah.pki.algorithms import (
    DigestAlgorithm,
    DigestNotForSigning,
    KeyAlgorithm,
    KeyNotAllowed,
    KeyUnreadable,
    SignatureAlgorithm,
    SignatureInvalid,
    SignatureKeyMismatch,
    SignatureScheme,
    describe_key,
    digest_algorithm_for,
    hash_of,
    issuing_digest_for,
    key_algorithm_of,
    load_public_key,
    pss_algorithm,
    public_key_of,
    sign_bytes,
    sign_with,
    signature_algorithm_for,
    verify_bytes,
    verify_digest,
)

SHA256 = DigestAlgorithm.SHA256


def spki(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def rsa_public(bits: int, exponent: int = 65537) -> bytes:
    """A public key of a size, with a modulus nobody has the factors of."""
    return spki(rsa.RSAPublicNumbers(exponent, (1 << bits) - 1).public_key())


@pytest.mark.parametrize(("bits", "kind"), [(2048, "rsa-2048"), (3072, "rsa-3072"), (4096, "rsa-4096")])
def test_rsa_keys_of_three_sizes_are_ours(bits: int, kind: str) -> None:
    assert key_algorithm_of(rsa_public(bits)) == kind


def test_the_two_curves_are_ours() -> None:
    assert key_algorithm_of(public_key_of(new_key())) is KeyAlgorithm.P256
    assert key_algorithm_of(public_key_of(ec.generate_private_key(ec.SECP384R1()))) is KeyAlgorithm.P384


@pytest.mark.parametrize(
    "public_key",
    [
        rsa_public(1024),
        rsa_public(2048, exponent=3),
        spki(ec.generate_private_key(ec.SECP521R1()).public_key()),
        spki(ed25519.Ed25519PrivateKey.generate().public_key()),
        spki(dsa.DSAPublicNumbers(3, dsa.DSAParameterNumbers((1 << 2048) - 1, (1 << 256) - 1, 2)).public_key()),
    ],
    ids=["rsa-1024", "exponent-3", "p-521", "ed25519", "dsa"],
)
def test_other_keys_are_not_certified(public_key: bytes) -> None:
    with pytest.raises(KeyNotAllowed):
        key_algorithm_of(public_key)


def test_bytes_that_are_no_key_are_refused() -> None:
    with pytest.raises(KeyUnreadable):
        load_public_key(b"\x30\x00")


def test_foreign_keys_have_a_name_for_reports() -> None:
    assert describe_key(load_public_key(rsa_public(1024))) == "rsa-1024"
    assert describe_key(ed25519.Ed25519PrivateKey.generate().public_key()) == "ed25519"


def test_a_digest_is_as_strong_as_the_key_that_signs_it() -> None:
    assert [digest_algorithm_for(kind).value for kind in KeyAlgorithm] == [
        "sha256", "sha384", "sha256", "sha256", "sha256",
    ]  # fmt: skip
    assert issuing_digest_for(KeyAlgorithm.RSA4096) is DigestAlgorithm.SHA384
    assert issuing_digest_for(KeyAlgorithm.P256) is SHA256


def test_digests_know_their_size_and_compute() -> None:
    assert [digest.size for digest in DigestAlgorithm] == [20, 32, 48, 64]
    assert DigestAlgorithm.SHA1.digest(b"abc").hex() == "a9993e364706816aba3e25717850c26c9cd0d89d"


@pytest.mark.parametrize("key", [new_key(), rsa_key()], ids=["ec", "rsa"])
def test_what_was_signed_verifies_and_nothing_else(key) -> None:
    signature = sign_bytes(key, b"isi", SHA256)
    algorithm = signature_algorithm_for(key_algorithm_of(public_key_of(key)), SHA256)

    verify_bytes(public_key_of(key), signature, b"isi", algorithm)

    with pytest.raises(SignatureInvalid):
        verify_bytes(public_key_of(key), signature, b"lain", algorithm)


def test_new_signatures_do_not_use_sha_1() -> None:
    with pytest.raises(DigestNotForSigning):
        sign_bytes(new_key(), b"isi", DigestAlgorithm.SHA1)


def test_pss_and_ed25519_are_understood_when_others_used_them() -> None:
    pss = SignatureAlgorithm(scheme=SignatureScheme.RSA_PSS, digest=SHA256, salt_length=32)
    made = rsa_key().sign(b"isi", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    verify_bytes(public_key_of(rsa_key()), made, b"isi", pss)

    key = ed25519.Ed25519PrivateKey.generate()
    edwards = SignatureAlgorithm(scheme=SignatureScheme.ED25519, digest=DigestAlgorithm.SHA512)
    verify_bytes(spki(key.public_key()), key.sign(b"isi"), b"isi", edwards)


def test_a_signature_of_another_kind_than_the_key_is_a_mismatch() -> None:
    algorithm = SignatureAlgorithm(scheme=SignatureScheme.RSA_PSS, digest=SHA256, salt_length=32)
    with pytest.raises(SignatureKeyMismatch):
        verify_bytes(public_key_of(new_key()), b"", b"", algorithm)


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_pss_is_written_with_a_salt_as_long_as_the_digest(digest: DigestAlgorithm) -> None:
    algorithm = pss_algorithm(digest)
    signature = sign_with(rsa_key(), b"isi", algorithm)

    verify_bytes(public_key_of(rsa_key()), signature, b"isi", algorithm)
    assert algorithm.salt_length == digest.size
    assert read(encode_signature_algorithm(algorithm), digest) == algorithm


def test_our_pss_parameters_are_the_ones_that_the_library_writes() -> None:
    """In a certificate of the library's the same AlgorithmIdentifier stands twice."""
    name = x509.Name([])
    builder = x509.CertificateBuilder(name, name, rsa_key().public_key(), 7, NOW, NOW)
    made = builder.sign(rsa_key(), hashes.SHA256(), rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), 32))
    assert made.public_bytes(Encoding.DER).count(encode_signature_algorithm(pss_algorithm(SHA256))) == 2


def test_a_key_does_not_sign_in_a_way_it_does_not_have() -> None:
    with pytest.raises(SignatureKeyMismatch) as caught:
        sign_with(new_key(), b"isi", pss_algorithm(SHA256))
    assert caught.value.parameters == {"key": "secp256r1", "scheme": "rsa-pss"}


def read(encoded: bytes, beside: DigestAlgorithm | None = None) -> SignatureAlgorithm:
    return read_signature_algorithm(der.outermost(encoded, "test"), digest_beside=beside)


@pytest.mark.parametrize("key", KeyAlgorithm)
@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_identifiers_come_back(key: KeyAlgorithm, digest: DigestAlgorithm) -> None:
    algorithm = signature_algorithm_for(key, digest)

    assert read(encode_signature_algorithm(algorithm), digest) == algorithm
    assert read_digest_algorithm(der.outermost(encode_digest_algorithm(digest), "test")) is digest


def test_rsa_is_written_with_null_parameters_and_ecdsa_without() -> None:
    with_null = encode_signature_algorithm(signature_algorithm_for(KeyAlgorithm.RSA2048, SHA256))
    without = encode_signature_algorithm(signature_algorithm_for(KeyAlgorithm.P256, SHA256))
    assert with_null.endswith(der.null())
    assert without == bytes.fromhex("300a06082a8648ce3d040302")


def test_a_bare_key_algorithm_leans_on_the_digest_beside_it() -> None:
    bare = der.sequence(der.oid(oids.RSA_ENCRYPTION), der.null())
    assert read(bare, SHA256) == SignatureAlgorithm(scheme=SignatureScheme.RSA_PKCS1_V1_5, digest=SHA256)
    with pytest.raises(AlgorithmUnknown):
        read(bare)


def test_two_digests_that_differ_are_refused() -> None:
    encoded = encode_signature_algorithm(signature_algorithm_for(KeyAlgorithm.P256, SHA256))
    with pytest.raises(der.DerMalformed, match="digest-mismatch"):
        read(encoded, DigestAlgorithm.SHA384)


def test_unknown_algorithms_are_named() -> None:
    unknown = der.sequence(der.oid("1.2.3.4"))
    with pytest.raises(AlgorithmUnknown) as caught:
        read(unknown)
    assert caught.value.parameters == {"oid": "1.2.3.4"}
    with pytest.raises(AlgorithmUnknown):
        read_digest_algorithm(der.outermost(unknown, "test"))


def test_parameters_where_none_belong_are_refused() -> None:
    with pytest.raises(der.DerMalformed, match="algorithm-parameters"):
        read(der.sequence(der.oid("1.2.840.10045.4.3.2"), der.integer(1)))


def pss(*fields: bytes) -> bytes:
    return der.sequence(der.oid(oids.RSASSA_PSS), der.sequence(*fields))


HASH = encode_digest_algorithm(SHA256)
MASK = der.sequence(der.oid(oids.MGF1), HASH)


def test_pss_parameters_say_hash_mask_and_salt() -> None:
    encoded = pss(der.explicit(0, HASH), der.explicit(1, MASK), der.explicit(2, der.integer(32)))
    found = SignatureAlgorithm(scheme=SignatureScheme.RSA_PSS, digest=SHA256, salt_length=32)
    assert read(encoded, SHA256) == found
    trailer = der.explicit(3, der.integer(1))
    assert read(pss(der.explicit(0, HASH), der.explicit(1, MASK), der.explicit(2, der.integer(32)), trailer)) == found


def test_pss_by_default_is_sha_1_with_a_salt_of_20() -> None:
    assert read(pss()) == SignatureAlgorithm(
        scheme=SignatureScheme.RSA_PSS, digest=DigestAlgorithm.SHA1, salt_length=20
    )


@pytest.mark.parametrize(
    "encoded",
    [
        der.sequence(der.oid(oids.RSASSA_PSS)),
        pss(der.explicit(0, HASH)),
        pss(der.explicit(0, HASH), der.explicit(1, MASK), der.explicit(2, der.integer(-1))),
        pss(der.explicit(0, HASH), der.explicit(1, MASK), der.explicit(2, der.integer(4000))),
        pss(der.explicit(3, der.integer(2))),
        pss(der.null()),
    ],
    ids=["absent", "other-mask", "negative-salt", "huge-salt", "trailer", "rubbish"],
)
def test_odd_pss_parameters_are_refused(encoded: bytes) -> None:
    with pytest.raises(der.DerMalformed):
        read(encoded)


@pytest.mark.parametrize("mask", [der.sequence(der.oid("1.2.3"), HASH), der.sequence(der.oid(oids.MGF1))])
def test_another_mask_function_is_unknown(mask: bytes) -> None:
    with pytest.raises(AlgorithmUnknown):
        read(pss(der.explicit(0, HASH), der.explicit(1, mask)))


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512])
def test_a_bare_rsa_signature_over_a_digest_info_is_pkcs_1_v1_5(digest: DigestAlgorithm) -> None:
    """What a token is given (RFC 8017 §9.2): the library's own recovery of the block shows the same octets."""
    key = rsa_key()
    signature = key.sign(b"akta", padding.PKCS1v15(), hash_of(digest))
    block = key.public_key().recover_data_from_signature(signature, padding.PKCS1v15(), None)
    assert encode_digest_info(digest, digest.digest(b"akta")) == block


def test_a_digest_alone_is_enough_to_check_a_signature_over_it():
    digest = DigestAlgorithm.SHA256
    ways = (
        (new_key(), SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=digest)),
        (rsa_key(), pss_algorithm(digest)),
        (rsa_key(), SignatureAlgorithm(scheme=SignatureScheme.RSA_PKCS1_V1_5, digest=digest)),
    )
    for key, way in ways:
        value = sign_with(key, b"data", way)
        verify_digest(public_key_of(key), value, digest.digest(b"data"), way)
        with pytest.raises(SignatureInvalid):
            verify_digest(public_key_of(key), value, digest.digest(b"other"), way)
    whole = ed25519.Ed25519PrivateKey.generate().public_key()
    spki = whole.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(SignatureKeyMismatch):
        verify_digest(
            spki, b"", digest.digest(b"data"), SignatureAlgorithm(scheme=SignatureScheme.ED25519, digest=digest)
        )
