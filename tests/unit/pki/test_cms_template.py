from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures_pki import PERSON_NAME, Party, Pki, certify, make_pki, rsa_key

from absah.pki import oids
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    digest_algorithm_for,
    key_algorithm_of,
    pss_algorithm,
    sign_with,
    signature_algorithm_for,
)
from absah.pki.certificates import CertificateUnreadable
from absah.pki.cms import (
    Attribute,
    build_signed_attributes,
    build_signed_data,
    parse_signed_data,
    verify_signer_info,
    with_signature_timestamp,
)
from absah.pki.cms_template import template_for

P256, P384, RSA = KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.RSA2048


@cache
def party_with(kind: KeyAlgorithm) -> Party:
    pki = make_pki()
    keys = {P256: pki.person.key, P384: ec.generate_private_key(ec.SECP384R1()), RSA: rsa_key()}
    return certify("individual-signer", PERSON_NAME, pki.issuing, key=keys[kind])


def ways(kind: KeyAlgorithm) -> list[SignatureAlgorithm]:
    digest = digest_algorithm_for(kind)
    usual = signature_algorithm_for(kind, digest)
    return [usual, pss_algorithm(digest)] if kind is RSA else [usual]


CASES = [(kind, way) for kind in (P256, P384, RSA) for way in ways(kind)]
NAMES = [f"{kind.value}-{way.scheme.value}" for kind, way in CASES]


@pytest.mark.parametrize(("kind", "way"), CASES, ids=NAMES)
@given(data=st.data())
def test_a_template_makes_the_octets_that_cms_builds(kind: KeyAlgorithm, way: SignatureAlgorithm, data) -> None:
    pki, party = make_pki(), party_with(kind)
    certificates = (
        party.certificate,
        *data.draw(st.sampled_from([(), (pki.issuing.certificate, pki.root.certificate)])),
    )
    content_type = data.draw(st.sampled_from([oids.DATA, oids.TST_INFO]))
    message_digest = data.draw(st.binary(min_size=way.digest.size, max_size=way.digest.size))
    # The lengths around them change form at 128, 256 and 65,536 octets.
    signature = data.draw(st.binary(max_size=600))
    sizes = st.sampled_from([0, 1, 100, 127, 128, 255, 256, 70_000])
    token, content = (data.draw(st.none() | sizes.map(bytes)) for _ in range(2))
    included = data.draw(st.booleans())
    template = template_for(certificates, way, content_type=content_type)

    attributes = template.signed_attributes(message_digest)
    made = template.signed_data(attributes, signature, timestamp=token, content=content, include_certificates=included)

    assert attributes == build_signed_attributes(content_type, message_digest, party.certificate, way.digest)
    assert made == build_signed_data(
        content=content,
        content_type=content_type,
        certificates=certificates,
        signed_attributes=attributes,
        signature=signature,
        digest=way.digest,
        key_algorithm=kind,
        unsigned=() if token is None else (Attribute(oid=oids.SIGNATURE_TIME_STAMP, values=(token,)),),
        include_certificates=included,
        signature_algorithm=way,
    )


@pytest.mark.parametrize(("kind", "way"), CASES, ids=NAMES)
def test_what_a_template_frames_verifies(kind: KeyAlgorithm, way: SignatureAlgorithm) -> None:
    party = party_with(kind)
    template = template_for((party.certificate,), way)
    attributes = template.signed_attributes(way.digest.digest(b"isi"))

    signed = parse_signed_data(template.signed_data(attributes, sign_with(party.key, attributes, way)))

    (signer,) = signed.signers
    assert signer.signature_algorithm == way
    assert signed.certificate_of(signer) == party.certificate
    verify_signer_info(signer, party.public_key)


def test_a_time_stamp_framed_at_once_is_the_one_added_later(pki: Pki) -> None:
    way = signature_algorithm_for(key_algorithm_of(pki.person.public_key), DigestAlgorithm.SHA256)
    template = template_for((pki.person.certificate, pki.issuing.certificate), way)
    attributes, token = template.signed_attributes(bytes(32)), b"\x30\x03\x02\x01\x07"

    later = with_signature_timestamp(template.signed_data(attributes, b"nilai"), token)

    assert template.signed_data(attributes, b"nilai", timestamp=token) == later


def test_a_credential_has_one_template(pki: Pki) -> None:
    way = signature_algorithm_for(P256, DigestAlgorithm.SHA256)
    person = template_for((pki.person.certificate,), way)
    assert person is template_for((bytes(bytearray(pki.person.certificate)),), way)
    assert person is not template_for((pki.seal.certificate,), way)
    assert person is not template_for((pki.person.certificate,), way, content_type=oids.TST_INFO)


def test_rubbish_has_no_template() -> None:
    with pytest.raises(CertificateUnreadable):
        template_for((b"rubbish",), signature_algorithm_for(P256, DigestAlgorithm.SHA256))
