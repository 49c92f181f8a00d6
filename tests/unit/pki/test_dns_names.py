import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.kernel.errors import AbsahError
from absah.pki.dns_names import (
    DnsNameInner,
    DnsNameRefused,
    domain_to_prove,
    is_covered,
    parse_dns_name,
    parse_dns_names,
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (" Layanan.Kota.GO.ID. ", "layanan.kota.go.id"),
        ("*.kota.go.id", "*.kota.go.id"),
        ("*.contoh.com", "*.contoh.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_name_is_written_one_way(written, name):
    assert parse_dns_name(written) == name


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("kota", "one-label"),
        ("", "label"),
        ("a..id", "label"),
        ("-a.go.id", "label"),
        ("a_b.go.id", "label"),
        ("bücher.example", "label"),
        ("a.*.go.id", "label"),
        ("*", "label"),
        ("192.0.2.1", "address"),
        ("::1", "label"),
        ("*.go.id", "wildcard-too-wide"),
        ("*.com", "one-label"),
        ("a." * 130 + "id", "label"),
        ("a" * 64 + ".id", "label"),
    ],
)
def test_what_no_certificate_can_carry_is_refused(written, problem):
    with pytest.raises(DnsNameRefused) as refused:
        parse_dns_name(written)
    assert refused.value.parameters["problem"] == problem


@pytest.mark.parametrize("written", ["server.local", "db.internal", "x.home.arpa", "a.onion"])
def test_inner_names_are_for_those_who_allow_them(written):
    with pytest.raises(DnsNameInner):
        parse_dns_name(written)
    assert parse_dns_name(written, inner_allowed=True) == written


def test_names_come_once_and_there_is_at_least_one():
    assert parse_dns_names(("b.go.id", "a.go.id", "B.go.id")) == ("b.go.id", "a.go.id")
    for names in ((), tuple(f"n{number}.go.id" for number in range(101))):
        with pytest.raises(DnsNameRefused):
            parse_dns_names(names)


def test_control_of_a_domain_speaks_for_what_is_below_it():
    assert domain_to_prove(parse_dns_name("*.kota.go.id")) == "kota.go.id"
    kota = parse_dns_name("kota.go.id")
    assert is_covered(parse_dns_name("kota.go.id"), kota)
    assert is_covered(parse_dns_name("*.layanan.kota.go.id"), kota)
    assert not is_covered(parse_dns_name("bukankota.go.id"), kota)


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_a_refusal(written):
    try:
        name = parse_dns_name(written)
    except AbsahError:
        return
    assert parse_dns_name(name) == name
