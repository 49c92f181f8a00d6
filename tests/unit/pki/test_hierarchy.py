"""Authorities above subscribers: ours, links between roots, and those that come from outside."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import ISSUING_NAME, NOW, ROOT_NAME, Pki, certify, new_key

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki.algorithm_policy import AlgorithmExpired
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.hierarchy import (
    AuthorityChainBroken,
    AuthorityForeign,
    AuthorityUnfit,
    AuthorityWish,
    check_authority,
    order_for_authority,
    unsigned_certificate,
    wish_for_link,
)
from absah.pki.issuance import Endpoints, issue, prepare

SERIAL = Serial(1 << 126)
ENDPOINTS = Endpoints(crl_url="http://pki.example/a.crl", ca_issuers_url="http://pki.example/a.cer")


def outside(key, *, name="Akar Luar", issuer=None, days=3650, begins=NOW, **without):
    """A CA as somebody else would make it, with parts left out."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer_name, issuer_key = issuer or (subject, key)
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    parts = {
        "constraints": (x509.BasicConstraints(ca=without.get("ca", True), path_length=None), True),
        "usage": (
            x509.KeyUsage(
                **usage,
                key_cert_sign=True,
                crl_sign=without.get("crl_sign", True),
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        ),
        "identifier": (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(SERIAL)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )
    for part, (value, critical) in parts.items():
        if part != without.get("absent"):
            builder = builder.add_extension(value, critical)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_an_issuing_ca_ends_with_its_root_at_the_latest(pki: Pki):
    wish = AuthorityWish(
        profile="issuing-ca", name=ISSUING_NAME, public_key=public_key_of(new_key()), endpoints=ENDPOINTS
    )
    short = order_for_authority(replace(wish, days=30), issuer=pki.root.certificate, serial=SERIAL, now=NOW)
    assert short.validity.duration == timedelta(days=30)
    late = instant(load_certificate(pki.root.certificate).not_valid_after_utc - timedelta(days=10))
    cut = order_for_authority(wish, issuer=pki.root.certificate, serial=SERIAL, now=late)
    assert cut.validity.not_after == load_certificate(pki.root.certificate).not_valid_after_utc
    root = order_for_authority(
        replace(wish, profile="root-ca", endpoints=Endpoints()), issuer=None, serial=SERIAL, now=NOW
    )
    assert root.issuer is None


@pytest.mark.parametrize("name", [ROOT_NAME, replace(ROOT_NAME, common_name="Akar G2 UJI COBA")])
def test_old_and_new_root_vouch_for_each_other(pki: Pki, name):
    """What hangs on the new root is reached from the old one, with a name of its own or with the same."""
    new = certify("root-ca", name, None)
    for issuer, to in ((pki.root, new), (new, pki.root)):
        wish = wish_for_link(to.certificate, endpoints=ENDPOINTS)
        order = order_for_authority(wish, issuer=issuer.certificate, serial=SERIAL, now=NOW)
        link = load_certificate(issue(prepare(order, now=NOW), issuer.key))
        link.verify_directly_issued_by(load_certificate(issuer.certificate))
        assert public_key_of_certificate(link) == to.public_key
        below = certify("issuing-ca", ISSUING_NAME, to)
        load_certificate(below.certificate).verify_directly_issued_by(link)


def test_a_link_leads_to_authorities_only(pki: Pki):
    with pytest.raises(AuthorityUnfit):
        wish_for_link(pki.person.certificate, endpoints=ENDPOINTS)


def test_an_unsigned_copy_is_the_certificate_but_for_its_signature(pki: Pki):
    wish = AuthorityWish(
        profile="issuing-ca", name=ISSUING_NAME, public_key=public_key_of(new_key()), endpoints=ENDPOINTS
    )
    order = order_for_authority(wish, issuer=pki.root.certificate, serial=SERIAL, now=NOW)
    copy = load_certificate(unsigned_certificate(prepare(order, now=NOW)))
    real = load_certificate(issue(prepare(order, now=NOW), pki.root.key))
    assert copy.tbs_certificate_bytes == real.tbs_certificate_bytes
    assert not any(copy.signature)


def test_an_authority_under_an_outside_root_is_accepted(pki: Pki):
    root_key, key = new_key(), new_key()
    root = outside(root_key)
    above = (load_certificate(root).subject, root_key)
    middle_key = new_key()
    middle = outside(middle_key, name="Tengah", issuer=above)
    subordinate = outside(key, name="Kita", issuer=(load_certificate(middle).subject, middle_key))
    accepted = check_authority(subordinate, (middle, root), public_key=public_key_of(key), now=NOW)
    assert accepted.subject.rfc4514_string() == "CN=Kita"
    with pytest.raises(AuthorityForeign):
        check_authority(subordinate, (middle, root), public_key=pki.root.public_key, now=NOW)
    for chain in ((), (middle,), (root, middle), (outside(new_key()),)):
        with pytest.raises(AuthorityChainBroken):
            check_authority(subordinate, chain, public_key=public_key_of(key), now=NOW)


@pytest.mark.parametrize(
    ("without", "problem"),
    [
        ({"ca": False}, "not-a-ca"),
        ({"crl_sign": False}, "key-usage"),
        ({"absent": "constraints"}, "2.5.29.19"),
        ({"absent": "usage"}, "2.5.29.15"),
        ({"absent": "identifier"}, "2.5.29.14"),
        ({"begins": instant(NOW + timedelta(days=1))}, "validity"),
        ({"begins": instant(NOW - timedelta(days=9)), "days": 8}, "validity"),
    ],
)
def test_a_certificate_that_makes_no_authority_is_refused(without, problem):
    key = new_key()
    with pytest.raises(AuthorityUnfit) as refusal:
        check_authority(outside(key, **without), (), public_key=public_key_of(key), now=NOW)
    assert refusal.value.parameters["problem"] == problem


def test_an_authority_whose_key_is_too_old_for_new_signatures_is_refused():
    key = rsa.generate_private_key(65537, 2048)
    later = instant(NOW.replace(year=2029, month=2))
    with pytest.raises(AlgorithmExpired):
        check_authority(outside(key), (), public_key=public_key_of(key), now=later)
