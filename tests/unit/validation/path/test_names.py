import pytest
from tests.unit.validation.path.making import EMAIL_ADDRESS, name

from absah.pki import der
from absah.validation.path.names import (
    EMPTY,
    email_addresses,
    is_within,
    prepare,
    read_name,
    read_relative_name,
)

PRINTABLE, BMP, IA5 = 0x13, 0x1E, 0x16


def test_case_white_space_and_kind_of_string_make_no_difference():
    assert read_name(name("Kota  Contoh ", tag=PRINTABLE)) == read_name(name("kota contoh"))
    assert read_name(name("Kota Contoh")) != read_name(name("Kota Contoh", "Dinas"))


def test_letters_beyond_ascii_are_folded_and_formatting_is_not_seen():
    assert prepare("STRASSE") == prepare("straße")
    assert prepare("Dinas\u00a0Contoh\u200b") == "dinas contoh"
    bmp = der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.tlv(BMP, "é".encode("utf-16-be")))))
    assert read_name(bmp) == read_name(name("É"))


def test_what_is_no_string_is_compared_as_it_stands():
    def numbered(value: int) -> bytes:
        return der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.integer(value))))

    assert read_name(numbered(1)) == read_name(numbered(1))
    assert read_name(numbered(1)) != read_name(numbered(2))


def test_a_subtree_begins_with_the_whole_of_its_base():
    base = read_name(name("Kota"))
    assert is_within(read_name(name("Kota", "Dinas")), base)
    assert not is_within(base, read_name(name("Kota", "Dinas")))
    assert is_within(base, EMPTY)


def test_old_e_mail_attributes_are_found():
    assert email_addresses(read_name(name("siti@example.go.id", kind=EMAIL_ADDRESS, tag=IA5))) == (
        "siti@example.go.id",
    )
    assert email_addresses(read_name(name("Siti"))) == ()


def test_a_relative_name_is_read_from_inside_its_set():
    pair = der.sequence(der.oid("2.5.4.3"), der.utf8_string("CRL 1"))
    assert (read_relative_name(pair),) == read_name(name("crl 1"))


@pytest.mark.parametrize(
    "encoded",
    [
        der.sequence(der.sequence()),
        der.sequence(der.set_of()),
        name("x", tag=PRINTABLE)[:-1] + b"\xff",
        der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.utf8_string("a"), der.null()))),
    ],
)
def test_what_is_no_name_is_refused(encoded: bytes):
    with pytest.raises(der.DerMalformed):
        read_name(encoded)
