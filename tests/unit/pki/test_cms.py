from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import NOW, PERSON_NAME, Party, Pki, new_key, rsa_key

from absah.kernel.rng import Serial
from absah.pki import cms as module
from absah.pki import cms_attributes, der, oids
from absah.pki.algorithms import (
    DigestAlgorithm,
    SignatureInvalid,
    SignatureScheme,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
)
from absah.pki.cms import (
    Attribute,
    CmsNotSignedData,
    CmsSignersRefused,
    IssuerAndSerial,
    KeyIdentifier,
    build_signed_attributes,
    build_signed_data,
    parse_signed_attributes,
    parse_signed_data,
    verify_signer_info,
    with_signature_timestamp,
)
from absah.pki.cms_attributes import SignedAttributesIncomplete

SHA1, SHA256, SHA384 = DigestAlgorithm.SHA1, DigestAlgorithm.SHA256, DigestAlgorithm.SHA384
CONTENT = b"%PDF-1.7 yang ditandatangani"
DIGEST = SHA256.digest(CONTENT)


def attributes_for(party: Party, digest: DigestAlgorithm = SHA256) -> bytes:
    return build_signed_attributes(oids.DATA, DIGEST, party.certificate, digest)


def signed_by(party: Party, *, attributes: bytes | None = None, digest: DigestAlgorithm = SHA256, **changes) -> bytes:
    covered = attributes_for(party, digest) if attributes is None else attributes
    usual = {
        "content": None,
        "content_type": oids.DATA,
        "certificates": (party.certificate,),
        "signed_attributes": covered,
        "signature": sign_bytes(party.key, covered, digest),
        "digest": digest,
        "key_algorithm": key_algorithm_of(party.public_key),
    }
    return build_signed_data(**(usual | changes))


def test_the_signer_signs_type_digest_and_certificate_and_no_time(pki: Pki) -> None:
    found = parse_signed_attributes(attributes_for(pki.person))
    assert (found.content_type, found.message_digest) == (oids.DATA, DIGEST)
    assert (found.ess_hash_algorithm, found.signing_time, found.others) == (SHA256, None, ())
    assert found.names(pki.person.certificate)
    assert not found.names(pki.seal.certificate)


def test_the_attributes_are_a_sorted_set(pki: Pki) -> None:
    encoded = attributes_for(pki.person)
    items = [item.encoded for item in der.outermost(encoded, "x", tag=der.SET).reader()]
    assert items == sorted(items)
    assert len(items) == 3


def test_another_digest_than_sha_256_is_named_in_the_ess_attribute(pki: Pki) -> None:
    assert parse_signed_attributes(attributes_for(pki.person, SHA384)).ess_hash_algorithm is SHA384


def test_a_detached_signature_is_read_and_verified(pki: Pki) -> None:
    encoded = signed_by(pki.person, certificates=(pki.person.certificate, pki.issuing.certificate))

    signed = parse_signed_data(encoded)

    (signer,) = signed.signers
    assert (signed.content, signed.content_type, signed.encoded) == (None, oids.DATA, encoded)
    assert set(signed.certificates) == {pki.person.certificate, pki.issuing.certificate}
    assert signed.certificate_of(signer) == pki.person.certificate
    verify_signer_info(signer, pki.person.public_key)
    with pytest.raises(SignatureInvalid):
        verify_signer_info(signer, pki.seal.public_key)


def test_zero_octets_after_the_end_are_padding(pki: Pki) -> None:
    encoded = signed_by(pki.person)
    assert parse_signed_data(encoded + bytes(500)).signers == parse_signed_data(encoded).signers
    with pytest.raises(der.DerMalformed):
        parse_signed_data(encoded + b"\x00\x01")


def test_an_rsa_signature_is_read_and_verified(pki: Pki) -> None:
    party = Party(rsa_key(), pki.person.certificate)
    (signer,) = parse_signed_data(signed_by(party)).signers
    assert signer.signature_algorithm.scheme is SignatureScheme.RSA_PKCS1_V1_5
    verify_signer_info(signer, public_key_of(rsa_key()))


def test_content_may_be_inside_and_certificates_may_stay_out(pki: Pki) -> None:
    signed = parse_signed_data(signed_by(pki.person, content=CONTENT, include_certificates=False))
    assert (signed.content, signed.certificates) == (CONTENT, ())
    assert signed.certificate_of(signed.signers[0]) is None


def signer_info(
    pki: Pki,
    *,
    sid: bytes | None = None,
    attributes: bytes | None = b"",
    algorithm: bytes | None = None,
    signature: bytes = b"s",
    digest: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """A SignerInfo as others make it."""
    certificate = x509.load_der_x509_certificate(pki.person.certificate)
    usual = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
    sent = b"" if attributes is None else b"\xa0" + (attributes or attributes_for(pki.person))[1:]
    return der.sequence(
        der.integer(1),
        usual if sid is None else sid,
        digest or der.sequence(der.oid("2.16.840.1.101.3.4.2.1")),
        sent,
        algorithm or der.sequence(der.oid("1.2.840.10045.4.3.2")),
        der.octet_string(signature),
        extra,
    )


def signed_data(*signers: bytes, certificates: bytes = b"", crls: bytes = b"", outer: str = oids.SIGNED_DATA) -> bytes:
    content = der.sequence(
        der.integer(1), der.set_of(), der.sequence(der.oid(oids.DATA)), certificates, crls, der.set_of(*signers)
    )
    return der.sequence(der.oid(outer), der.explicit(0, content))


def test_attributes_in_another_order_verify_as_the_set_they_are(pki: Pki) -> None:
    """RFC 5652 §5.4: what is signed is the DER of a SET OF; some send the attributes unsorted."""
    ordered = attributes_for(pki.person)
    items = [item.encoded for item in der.outermost(ordered, "x", tag=der.SET).reader()]
    unordered = der.tlv(der.SET, *reversed(items))
    for covered in (ordered, unordered):
        made = signer_info(pki, attributes=unordered, signature=sign_bytes(pki.person.key, covered, SHA256))
        (signer,) = parse_signed_data(signed_data(made)).signers
        assert signer.signed_attributes == unordered
        verify_signer_info(signer, pki.person.public_key)
        with pytest.raises(SignatureInvalid):
            verify_signer_info(signer, pki.seal.public_key)


def test_without_attributes_the_content_itself_is_signed(pki: Pki) -> None:
    made = signer_info(pki, attributes=None, signature=sign_bytes(pki.person.key, CONTENT, SHA256))
    (signer,) = parse_signed_data(signed_data(made)).signers
    assert (signer.attributes, signer.signed_attributes) == (None, None)
    verify_signer_info(signer, pki.person.public_key, content=CONTENT)
    for content in (None, b"lain"):
        with pytest.raises(SignatureInvalid):
            verify_signer_info(signer, pki.person.public_key, content=content)


def test_a_pss_signature_of_another_product_is_verified(pki: Pki) -> None:
    sha256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
    mask = der.sequence(der.oid(oids.MGF1), sha256)
    parameters = der.sequence(der.explicit(0, sha256), der.explicit(1, mask), der.explicit(2, der.integer(32)))
    covered = attributes_for(pki.person)
    signature = rsa_key().sign(covered, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    made = signer_info(pki, algorithm=der.sequence(der.oid(oids.RSASSA_PSS), parameters), signature=signature)
    verify_signer_info(parse_signed_data(signed_data(made)).signers[0], public_key_of(rsa_key()))


def test_a_signer_may_be_named_by_key_identifier(pki: Pki) -> None:
    certificate = x509.load_der_x509_certificate(pki.person.certificate)
    key_identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    (signer,) = parse_signed_data(signed_data(signer_info(pki, sid=der.implicit(0, key_identifier)))).signers
    assert signer.identifier == KeyIdentifier(value=key_identifier)
    assert signer.is_by(pki.person.certificate)
    assert not signer.is_by(pki.seal.certificate)


def test_a_certificate_without_key_identifier_or_sense_is_nobodys(pki: Pki) -> None:
    key, name = new_key(), PERSON_NAME.to_x509()
    bare = x509.CertificateBuilder(name, name, key.public_key(), 1 << 70, NOW, NOW).sign(key, hashes.SHA256())
    (signer,) = parse_signed_data(signed_data(signer_info(pki, sid=der.implicit(0, b"k")))).signers
    assert not signer.is_by(bare.public_bytes(Encoding.DER))
    assert not signer.is_by(b"rubbish")


def test_issuer_and_serial_must_both_be_right(pki: Pki) -> None:
    (signer,) = parse_signed_data(signed_by(pki.person)).signers
    assert isinstance(signer.identifier, IssuerAndSerial)
    other_serial = replace(signer, identifier=replace(signer.identifier, serial=Serial(5)))
    other_issuer = replace(signer, identifier=replace(signer.identifier, issuer=b"\x30\x00"))
    assert [one.is_by(pki.person.certificate) for one in (signer, other_serial, other_issuer)] == [True, False, False]


def test_several_signers_are_all_given(pki: Pki) -> None:
    two = signed_data(signer_info(pki, signature=b"1"), signer_info(pki, signature=b"2"))
    assert [signer.signature for signer in parse_signed_data(two).signers] == [b"1", b"2"]


def test_foreign_certificates_crls_and_ocsp_responses_are_sorted_out(pki: Pki) -> None:
    attribute_certificate, odd = der.explicit(2, der.null()), der.explicit(1, der.oid("1.2.3"), der.null())
    answer = der.explicit(1, der.oid(oids.REVOCATION_INFO_OCSP), der.sequence(der.enumerated(0)))
    encoded = signed_data(
        signer_info(pki),
        certificates=der.explicit(0, attribute_certificate, pki.person.certificate),
        crls=der.explicit(1, der.sequence(der.null()), answer, odd, der.explicit(2, der.null())),
    )
    signed = parse_signed_data(encoded)
    assert signed.certificates == (pki.person.certificate,)
    assert (signed.crls, signed.ocsp_responses) == ((der.sequence(der.null()),), (der.sequence(der.enumerated(0)),))


def test_another_cms_type_is_refused() -> None:
    with pytest.raises(CmsNotSignedData) as caught:
        parse_signed_data(signed_data(outer="1.2.840.113549.1.7.3"))
    assert caught.value.parameters == {"content_type": "1.2.840.113549.1.7.3"}


def test_no_signer_or_a_crowd_is_refused(pki: Pki) -> None:
    for signers in ((), tuple(signer_info(pki, signature=bytes([n])) for n in range(33))):
        with pytest.raises(CmsSignersRefused):
            parse_signed_data(signed_data(*signers))


def test_a_crowd_of_certificates_is_refused(pki: Pki) -> None:
    many = der.explicit(0, *(der.sequence(),) * 257)
    with pytest.raises(der.DerMalformed, match="too-many-certificates"):
        parse_signed_data(signed_data(signer_info(pki), certificates=many))


def test_indefinite_lengths_are_refused_by_name() -> None:
    with pytest.raises(der.DerMalformed, match="indefinite-length"):
        parse_signed_data(b"\x30\x80\x06\x09" + bytes(20))


def test_a_signer_identifier_of_another_kind_is_refused(pki: Pki) -> None:
    with pytest.raises(der.DerMalformed, match="signer-identifier"):
        parse_signed_data(signed_data(signer_info(pki, sid=der.null())))


def test_a_time_stamp_is_added_and_everything_signed_stays(pki: Pki) -> None:
    token, second = der.sequence(der.integer(1)), der.sequence(der.integer(2))
    before = signed_by(pki.person)
    after = with_signature_timestamp(with_signature_timestamp(before + bytes(8), token), second)

    (old,), (new,) = parse_signed_data(before).signers, parse_signed_data(after).signers
    assert set(new.signature_timestamps) == {token, second}
    assert replace(new, unsigned=()) == old
    verify_signer_info(new, pki.person.public_key)


def test_a_time_stamp_goes_with_one_signer(pki: Pki) -> None:
    two = signed_data(signer_info(pki, signature=b"1"), signer_info(pki, signature=b"2"))
    with pytest.raises(CmsSignersRefused):
        with_signature_timestamp(two, der.sequence())


def test_unsigned_attributes_may_be_given_at_once(pki: Pki) -> None:
    stamp = Attribute(oid=oids.SIGNATURE_TIME_STAMP, values=(der.sequence(der.null()),))
    other = Attribute(oid="1.2.3", values=(der.null(),))
    (signer,) = parse_signed_data(signed_by(pki.person, unsigned=(other, stamp))).signers
    assert signer.signature_timestamps == (der.sequence(der.null()),)


TYPE = Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(oids.DATA),))
IMPRINT = Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(DIGEST),))


def set_of(*attributes: Attribute) -> bytes:
    return der.set_of(*(attribute.encoded for attribute in attributes))


@pytest.mark.parametrize(
    ("attributes", "missing"),
    [
        ((IMPRINT,), oids.CONTENT_TYPE),
        ((TYPE,), oids.MESSAGE_DIGEST),
        ((TYPE, TYPE, IMPRINT), oids.CONTENT_TYPE),
        ((TYPE, replace(IMPRINT, values=IMPRINT.values * 2)), oids.MESSAGE_DIGEST),
        ((TYPE, replace(IMPRINT, values=())), oids.MESSAGE_DIGEST),
    ],
)
def test_attributes_that_must_be_there_once_are(attributes, missing: str) -> None:
    with pytest.raises(SignedAttributesIncomplete) as caught:
        parse_signed_attributes(set_of(*attributes))
    assert caught.value.parameters == {"attribute": missing}


def test_old_signatures_without_ess_or_with_its_first_version_are_read(pki: Pki) -> None:
    plain = parse_signed_attributes(set_of(TYPE, IMPRINT))
    assert (plain.ess_certificate_hash, plain.names(pki.person.certificate)) == (None, False)

    first = der.sequence(der.sequence(der.sequence(der.octet_string(SHA1.digest(pki.person.certificate)))))
    ess = parse_signed_attributes(set_of(TYPE, IMPRINT, Attribute(oid=oids.SIGNING_CERTIFICATE, values=(first,))))
    assert ess.ess_hash_algorithm is SHA1
    assert ess.names(pki.person.certificate)


def test_a_signing_time_and_other_attributes_are_reported() -> None:
    time = Attribute(oid=oids.SIGNING_TIME, values=(der.time(NOW),))
    found = parse_signed_attributes(set_of(TYPE, IMPRINT, time, Attribute(oid="1.2.3", values=())))
    assert (found.signing_time, found.others) == (datetime(2026, 11, 21, 2, tzinfo=UTC), ("1.2.3",))


def test_a_crowd_of_attributes_is_refused() -> None:
    with pytest.raises(der.DerMalformed, match="too-many-attributes"):
        parse_signed_attributes(set_of(*(Attribute(oid=f"1.2.{n}", values=()) for n in range(65))))


def test_the_two_modules_give_the_same_names() -> None:
    assert module.build_signed_attributes is cms_attributes.build_signed_attributes
    assert set(module.__all__) <= set(vars(module))
