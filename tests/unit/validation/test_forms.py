"""The forms that came before PAdES: read, told as legacy, and judged by what their digest is worth."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from tests.fixtures_pki import NOW, Party, Pki, rsa_key
from tests.unit.validation.samples import (
    DIGEST,
    DOCUMENT,
    SHA256,
    SIGNER,
    after,
    judge,
    make_cms,
    make_crl,
    odd,
    signature,
)

from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm, sign_bytes
from absah.pki.cms import build_signed_attributes
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import Indication, SubIndication
from absah.validation.containers import Containers
from absah.validation.evidence import DigestFact, SignatureEvidence
from absah.validation.forms import BARE_RSA, DIGEST_INSIDE, read_signature
from absah.validation.signatures import LEGACY, SignatureReading

SHA1 = DigestAlgorithm.SHA1
FACTS = tuple(DigestFact(algorithm=one, value=one.digest(DOCUMENT)) for one in (SHA1, SHA256))
ALTERED = tuple(replace(one, value=bytes(len(one.value))) for one in FACTS)


def read(evidence: SignatureEvidence) -> SignatureReading:
    return read_signature(evidence, (), Containers())


def failing(reading: SignatureReading) -> list[tuple[CheckName, SubIndication | None]]:
    legacy = CheckName.LEGACY_FORM
    return [(one.name, one.reason) for one in reading.checks if one.reason is not None and one.name is not legacy]


def bare(party: Party, digest: hashes.HashAlgorithm, **changes: object) -> SignatureEvidence:
    value = party.key.sign(DOCUMENT, padding.PKCS1v15(), digest)
    usual = {"sub_filter": BARE_RSA, "digests": FACTS, "certificates": (party.certificate,)}
    return signature(der.octet_string(value), **(usual | changes))


def rsa_party(pki: Pki) -> Party:
    return odd(SIGNER, pki.issuing, key=rsa_key())


def without_attributes(party: Party, *, content: bytes | None = None) -> bytes:
    usual = make_cms(party, content=content)
    outer = der.outermost(usual, "t").reader()
    kind, wrapper = outer.read(der.OID), outer.read(0xA0)
    parts = list(wrapper.reader().read(der.SEQUENCE).reader())
    (signer,) = parts[-1].reader()
    value = sign_bytes(party.key, DOCUMENT if content is None else content, SHA256)
    fields = [
        der.octet_string(value) if one.tag == der.OCTET_STRING else one.encoded
        for one in signer.reader()
        if one.tag != 0xA0
    ]
    again = der.sequence(*(one.encoded for one in parts[:-1]), der.set_of(der.sequence(*fields)))
    return der.sequence(kind.encoded, der.explicit(0, again))


def digest_inside(party: Party, cms: bytes | None = None, **changes: object) -> SignatureEvidence:
    content = SHA1.digest(DOCUMENT)
    stated = build_signed_attributes(oids.DATA, SHA256.digest(content), party.certificate, SHA256)
    usual = make_cms(party, content=content, attributes=stated)
    return signature(cms or usual, **({"sub_filter": DIGEST_INSIDE, "digests": FACTS} | changes))


def test_a_bare_rsa_signature_is_read_with_any_of_its_digests(pki: Pki):
    party = rsa_party(pki)
    for digest, name in ((hashes.SHA1(), SHA1), (hashes.SHA256(), SHA256)):  # noqa: S303 - what the form is
        reading = read(bare(party, digest))
        assert failing(reading) == []
        assert reading.signer is not None
        assert reading.signer.digest is name
        assert CheckName.LEGACY_FORM in {one.name for one in reading.checks if one.outcome is Outcome.FAILED}


def test_a_bare_rsa_signature_over_other_bytes_does_not_hold(pki: Pki):
    party = rsa_party(pki)
    altered = read(bare(party, hashes.SHA256(), digests=ALTERED))
    assert failing(altered) == [(CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE)]
    unseen = read(bare(party, hashes.SHA256(), digests=()))
    assert failing(unseen) == [(CheckName.DOCUMENT_DIGEST, SubIndication.SIGNED_DATA_NOT_FOUND)]
    other = read(bare(party, hashes.SHA256(), certificates=(pki.person.certificate,)))
    assert failing(other) == [(CheckName.SIGNATURE_VALUE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)]
    for nobody in ((), (b"none",)):
        reading = read(bare(party, hashes.SHA256(), certificates=nobody))
        assert failing(reading) == [(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)]
    assert failing(read(signature(b"", sub_filter=BARE_RSA))) == [
        (CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)
    ]


def test_what_sha_1_signs_today_is_open_and_what_it_signed_in_its_day_is_not_broken(pki: Pki):
    party = rsa_party(pki)
    crls = (make_crl(pki.root), make_crl(pki.issuing))
    both = (party.certificate, pki.issuing.certificate)
    weak = judge(bare(party, hashes.SHA1(), certificates=both), crls=crls)  # noqa: S303 - what the form is
    assert weak.conclusion.reason is SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    assert weak.signatures[0].intact
    assert weak.signatures[0].level == ""
    strong = judge(bare(party, hashes.SHA256(), certificates=both), crls=crls)
    assert strong.indication is Indication.TOTAL_PASSED


def test_a_digest_inside_is_compared_with_the_document(pki: Pki):
    assert failing(read(digest_inside(pki.person))) == []
    altered = read(digest_inside(pki.person, digests=ALTERED))
    assert failing(altered) == [(CheckName.DOCUMENT_DIGEST, SubIndication.HASH_FAILURE)]
    bare_cms = without_attributes(pki.person, content=SHA1.digest(DOCUMENT))
    assert failing(read(digest_inside(pki.person, cms=bare_cms))) == []


def test_a_digest_inside_that_was_swapped_does_not_hold(pki: Pki):
    other = build_signed_attributes(oids.DATA, SHA256.digest(b"other"), pki.person.certificate, SHA256)
    swapped = make_cms(pki.person, content=SHA1.digest(DOCUMENT), attributes=other)
    assert failing(read(digest_inside(pki.person, cms=swapped))) == [
        (CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE)
    ]


def test_a_digest_inside_has_the_shape_of_its_form(pki: Pki):
    confused = build_signed_attributes(oids.TST_INFO, SHA256.digest(b"x"), pki.person.certificate, SHA256)
    foreign = make_cms(content=b"x", content_type=oids.TST_INFO)
    for cms in (make_cms(), make_cms(content=b"x", attributes=confused), foreign):
        reading = read(digest_inside(pki.person, cms=cms))
        assert failing(reading) == [(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)]
    nobody = make_cms(content=SHA1.digest(DOCUMENT), certificates=False)
    assert failing(read(digest_inside(pki.person, cms=nobody))) == [
        (CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    ]


def test_a_legacy_signature_may_do_without_signed_attributes(pki: Pki):
    cms = without_attributes(pki.person)
    assert failing(read(signature(cms, sub_filter=LEGACY))) == []
    altered = signature(cms, sub_filter=LEGACY, digests=(DigestFact(algorithm=SHA256, value=bytes(32)),))
    assert failing(read(altered)) == [(CheckName.SIGNATURE_VALUE, SubIndication.SIG_CRYPTO_FAILURE)]
    assert failing(read(signature(cms))) == [(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)]
    assert judge(signature(cms, sub_filter=LEGACY)).indication is Indication.TOTAL_PASSED


def test_a_legacy_signature_without_attributes_has_one_signer_who_is_known(pki: Pki):
    cms = without_attributes(pki.person)
    outer = der.outermost(cms, "t").reader()
    kind, wrapper = outer.read(der.OID), outer.read(0xA0)
    parts = list(wrapper.reader().read(der.SEQUENCE).reader())
    (signer,) = parts[-1].reader()
    other = der.sequence(*(one.encoded for one in signer.reader()), der.tlv(0xA1))
    twice = der.sequence(*(one.encoded for one in parts[:-1]), der.set_of(signer.encoded, other))
    doubled = der.sequence(kind.encoded, der.explicit(0, twice))
    assert failing(read(signature(doubled, sub_filter=LEGACY))) == [
        (CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)
    ]
    alone = der.sequence(*(one.encoded for one in parts if one.tag != 0xA0))
    anonymous = der.sequence(kind.encoded, der.explicit(0, alone))
    assert failing(read(signature(anonymous, sub_filter=LEGACY))) == [
        (CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    ]


@pytest.mark.parametrize("form", [LEGACY, DIGEST_INSIDE, BARE_RSA])
def test_every_form_is_told_by_name(pki: Pki, form: str):
    evidence = {
        LEGACY: signature(sub_filter=LEGACY),
        DIGEST_INSIDE: digest_inside(pki.person),
        BARE_RSA: bare(rsa_party(pki), hashes.SHA256()),
    }[form]
    (told,) = (one for one in read(evidence).checks if one.name is CheckName.LEGACY_FORM)
    assert dict(told.details) == {"form": form}
    assert (DIGEST, after(days=1) > NOW) == (SHA256.digest(DOCUMENT), True)
