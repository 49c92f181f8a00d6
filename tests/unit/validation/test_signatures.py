from dataclasses import replace

from tests.fixtures_pki import NOW, Party, Pki
from tests.unit.validation.samples import DIGEST, SHA256, SIGNER, make_cms, odd, signature

from absah.pki import der, oids
from absah.pki.cms import Attribute, build_signed_attributes
from absah.validation.certificates import KnownCertificate, read_certificate, read_certificates
from absah.validation.checks import Check, CheckLevel, CheckName, Outcome
from absah.validation.conclusion import SubIndication
from absah.validation.containers import Containers
from absah.validation.evidence import SignatureEvidence
from absah.validation.forms import read_signature
from absah.validation.policy import Subject, load_policy
from absah.validation.signatures import SignatureReading


def read(evidence: SignatureEvidence, elsewhere: tuple[KnownCertificate, ...] = ()) -> SignatureReading:
    return read_signature(evidence, elsewhere, Containers())


def failing(reading: SignatureReading) -> list[tuple[CheckName, SubIndication | None]]:
    return [(one.name, one.conclusion.reason) for one in reading.checks if one.conclusion is not None]


def check(reading: SignatureReading, name: CheckName) -> Check:
    return next(one for one in reading.checks if one.name is name)


def attributes(*extra: bytes, content_type: str = oids.DATA) -> bytes:
    return der.set_of(
        Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(content_type),)).encoded,
        Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(DIGEST),)).encoded,
        *extra,
    )


def test_a_whole_signature_is_read(pki: Pki):
    reading = read(signature())
    assert failing(reading) == []
    assert reading.certificate == read_certificate(pki.person.certificate)


def test_what_is_no_cms_has_a_format_failure():
    for cms in (b"", b"\x30\x80\x00\x00", make_cms()[:-9]):
        reading = read(signature(cms))
        assert failing(reading) == [(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)]
    odd_form = read(signature(b"", sub_filter="Odd.form"))
    assert failing(odd_form) == [(CheckName.SIGNATURE_FORM, SubIndication.GENERIC)]


def test_an_algorithm_that_nobody_can_compute_is_not_broken():
    unknown = make_cms().replace(der.oid("2.16.840.1.101.3.4.2.1"), der.oid("2.16.840.1.101.3.4.2.9"))
    reading = read(signature(unknown))
    assert failing(reading) == [(CheckName.SIGNATURE_READABLE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)]


def test_the_content_stays_outside_and_is_plain_data():
    token_like = make_cms(content_type=oids.TST_INFO)
    inside = make_cms(content=b"inside")
    confused = make_cms(attributes=attributes(content_type=oids.TST_INFO))
    for cms in (token_like, inside, confused):
        reading = read(signature(cms))
        assert failing(reading) == [(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)]


def test_there_is_one_signer_with_signed_attributes():
    cms = make_cms()
    fields = der.outermost(cms, "t").reader()
    fields.read(der.OID)
    parts = list(fields.read(0xA0).reader().read(der.SEQUENCE).reader())
    signer = parts[-1].reader().read()
    twice = rebuilt(parts, der.set_of(signer.encoded, signer.encoded))
    bare = rebuilt(parts, der.set_of(der.sequence(*(one.encoded for one in signer.reader() if one.tag != 0xA0))))
    for mangled in (twice, bare):
        reading = read(signature(mangled))
        assert failing(reading) == [(CheckName.SIGNATURE_READABLE, SubIndication.FORMAT_FAILURE)]


def rebuilt(parts: list[der.Element], signers: bytes) -> bytes:
    signed_data = der.sequence(*(part.encoded for part in parts[:-1]), signers)
    return der.sequence(der.oid(oids.SIGNED_DATA), der.explicit(0, signed_data))


def test_a_signing_time_inside_pades_is_a_warning(pki: Pki):
    usual = build_signed_attributes(oids.DATA, DIGEST, pki.person.certificate, SHA256)
    time = Attribute(oid=oids.SIGNING_TIME, values=(der.time(NOW),)).encoded
    with_time = der.set_of(*(one.encoded for one in der.outermost(usual, "t", tag=der.SET).reader()), time)
    reading = read(signature(make_cms(attributes=with_time)))
    (noticed,) = load_policy().weigh(Subject.SIGNATURE, (check(reading, CheckName.SIGNING_TIME_ATTRIBUTE),))
    assert (noticed.level, noticed.outcome, noticed.conclusion) == (CheckLevel.WARN, Outcome.FAILED, None)


def test_the_signature_itself_says_whose_it_is(pki: Pki):
    other = build_signed_attributes(oids.DATA, DIGEST, pki.seal.certificate, SHA256)
    reading = read(signature(make_cms(attributes=other)))
    assert failing(reading) == [(CheckName.SIGNING_CERTIFICATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)]
    assert (reading.certificate, reading.signer is None) == (None, False)


def test_the_certificate_may_come_from_elsewhere(pki: Pki):
    bare = signature(make_cms(certificates=False))
    assert read(bare).certificate is None
    elsewhere = read_certificates((pki.issuing.certificate, pki.person.certificate))
    assert failing(read(bare, elsewhere)) == []


def test_a_key_that_nobody_can_compute_with_is_not_broken(pki: Pki):
    usual = odd(SIGNER, pki.issuing)
    keyless = usual.certificate.replace(der.oid(oids.EC_PUBLIC_KEY), der.oid("1.2.840.10045.2.9"))
    reading = read(signature(make_cms(Party(usual.key, keyless))))
    assert failing(reading) == [(CheckName.SIGNATURE_VALUE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)]


def test_evidence_of_one_signature_does_not_depend_on_its_name():
    assert read(replace(signature(), field_name="x")).checks == read(signature()).checks
