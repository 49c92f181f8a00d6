import pytest
from tests.fixtures_pki import NOW, Pki

from absah.pki import der
from absah.pki.algorithms import KeyUnreadable, key_algorithm_of
from absah.pki.certificates import (
    CertificateUnreadable,
    issuer_bytes,
    load_certificate,
    public_key_of_certificate,
    serial_of,
    subject_bytes,
    validity_of,
)


def unreadable(data: bytes) -> str:
    with pytest.raises(CertificateUnreadable) as caught:
        load_certificate(data)
    return str(caught.value.parameters["problem"])


def test_a_certificate_is_read_with_its_serial_and_validity(pki: Pki) -> None:
    certificate = load_certificate(pki.person.certificate)
    first, last = validity_of(certificate)
    assert first < NOW < last
    assert serial_of(certificate) == pki.person.serial
    assert public_key_of_certificate(certificate) == pki.person.public_key
    assert issuer_bytes(certificate) == certificate.issuer.public_bytes()
    assert subject_bytes(certificate) == certificate.subject.public_bytes()


@pytest.mark.parametrize("data", [b"", b"MIIB", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_bytes_that_are_no_certificate_are_refused(data: bytes) -> None:
    assert unreadable(data) == "structure"


def test_a_truncated_certificate_is_refused(pki: Pki) -> None:
    assert unreadable(pki.person.certificate[:-1]) == "structure"


def test_a_megabyte_is_no_certificate() -> None:
    assert unreadable(bytes(1 << 20)) == "too large"


def test_an_extension_that_breaks_its_own_structure_is_found_at_once(pki: Pki) -> None:
    assert unreadable(
        pki.person.certificate.replace(bytes.fromhex("0603551d0f0101ff04"), bytes.fromhex("0603551d250101ff04"))
    ) == ("duplicate extension 2.5.29.37")
    assert (
        unreadable(pki.root.certificate.replace(bytes.fromhex("0603551d13"), bytes.fromhex("0603551d1f")))
        == "structure"
    )


def test_a_certificate_with_a_key_nobody_knows_is_still_a_certificate(pki: Pki) -> None:
    named_curve = bytes.fromhex("06082a8648ce3d0301")
    changed = pki.person.certificate.replace(named_curve + b"\x07", named_curve + b"\x77")
    key = public_key_of_certificate(load_certificate(changed))
    assert key == pki.person.public_key.replace(named_curve + b"\x07", named_curve + b"\x77")
    with pytest.raises(KeyUnreadable):
        key_algorithm_of(key)


@pytest.mark.parametrize("serial", [0, -1])
def test_a_serial_number_is_positive(pki: Pki, serial: int) -> None:
    whole = der.outermost(pki.person.certificate, "x").reader()
    first, _, *rest = whole.read(der.SEQUENCE).reader()
    fields = (first.encoded, der.integer(serial), *(field.encoded for field in rest))
    changed = der.sequence(der.sequence(*fields), *(element.encoded for element in whole))
    assert unreadable(changed) == "serial number"


def test_a_name_written_as_a_bit_string_is_refused(pki: Pki) -> None:
    odd = pki.person.certificate.replace(b"\x13\x02ID", b"\x03\x02\x00D")
    assert odd != pki.person.certificate
    with pytest.raises(CertificateUnreadable):
        load_certificate(odd)
