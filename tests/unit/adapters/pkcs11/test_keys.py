"""Keys that are elsewhere: `cryptography` takes them for its own, and they never come out."""

import copy
import pickle

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from tests.fixtures_pki import NOW, rsa_key

from absah.adapters.pkcs11.keys import token_key
from absah.kernel.clock import instant
from absah.pki.algorithms import SignatureScheme, public_key_of


class Desk:
    """Signs with a key that is here, as a token would."""

    def __init__(self, key):
        self.key = key

    def sign(self, _key_id, algorithm, hashed):
        digest = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}[len(hashed)]
        if algorithm.scheme is SignatureScheme.ECDSA:
            r, s = decode_dss_signature(self.key.sign(hashed, ec.ECDSA(Prehashed(digest))))
            return r.to_bytes(32) + s.to_bytes(32)
        scheme = padding.PKCS1v15()
        if algorithm.scheme is SignatureScheme.RSA_PSS:
            scheme = padding.PSS(padding.MGF1(digest), algorithm.salt_length)
        return self.key.sign(hashed, scheme, Prehashed(digest))


def in_token(key):
    return token_key(Desk(key), b"1", public_key_of(key))


@pytest.fixture(params=["ec", "rsa"])
def key(request):
    return in_token(ec.generate_private_key(ec.SECP256R1()) if request.param == "ec" else rsa_key())


def test_a_builder_of_certificates_takes_the_key(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "UJI COBA")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(instant(NOW.replace(year=2027)))
        .sign(key, hashes.SHA256())
    )
    made.verify_directly_issued_by(made)


def test_a_digest_is_signed_as_what_was_hashed(key):
    digest = hashes.Hash(hashes.SHA384())
    digest.update(b"akta")
    hashed = digest.finalize()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(hashed, ec.ECDSA(Prehashed(hashes.SHA384())))
        key.public_key().verify(signature, b"akta", ec.ECDSA(hashes.SHA384()))
        return
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), padding.PSS.DIGEST_LENGTH)
    for scheme in (padding.PKCS1v15(), pss):
        signature = key.sign(hashed, scheme, Prehashed(hashes.SHA384()))
        key.public_key().verify(signature, b"akta", scheme, hashes.SHA384())


def test_the_private_half_does_not_come_out(key):
    assert "1" not in repr(key)
    assert key.key_size in (256, 2048)
    for attempt in (
        key.private_numbers,
        lambda: key.private_bytes(None, None, None),
        lambda: pickle.dumps(key),
        lambda: copy.copy(key),
        lambda: copy.deepcopy(key),
    ):
        with pytest.raises(TypeError, match="does not come out"):
            attempt()
    with pytest.raises(TypeError):
        key.exchange(None, None) if isinstance(key, ec.EllipticCurvePrivateKey) else key.decrypt(b"", None)


def test_old_digests_are_not_signed(key):
    sha1 = hashes.SHA1()  # noqa: S303 - what is refused here
    how = (padding.PKCS1v15(), sha1) if isinstance(key, rsa.RSAPrivateKey) else (ec.ECDSA(sha1),)
    with pytest.raises(UnsupportedAlgorithm):
        key.sign(b"akta", *how)


def test_the_curve_is_that_of_the_public_half():
    assert in_token(ec.generate_private_key(ec.SECP256R1())).curve.name == "secp256r1"
