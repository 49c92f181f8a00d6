"""Whom this machine may ask: by scheme, by name, by port, and by what the name resolves to."""

import socket

import pytest

from absah.adapters.web_guard import AddressRefused, AddressSilent, Guard, Place, Reach, is_public, resolve

PUBLIC = "93.184.215.14"


def guard(*found: str, **changes) -> Guard:
    return Guard(**({"reach": Reach.PUBLIC, "resolver": lambda _host, _port: found} | changes))


def test_a_public_host_is_reached_at_the_address_that_was_looked_at():
    assert guard(PUBLIC).place("Aplikasi.go.id.", 443) == Place(address=PUBLIC, port=443)


@pytest.mark.parametrize(
    ("rule", "made", "port"),
    [
        ("offline", guard(PUBLIC, reach=Reach.NOBODY), 443),
        ("not-listed", guard(PUBLIC, hosts=("*.go.id",)), 443),
        ("port", guard(PUBLIC), 8080),
        ("private", guard("10.0.0.7"), 443),
        ("private", guard(PUBLIC, "::1"), 80),
        ("private", guard("64:ff9b::a00:1"), 80),
    ],
)
def test_what_is_refused_is_told_with_its_rule(rule, made, port):
    with pytest.raises(AddressRefused) as refused:
        made.place("aplikasi.example", port)
    assert refused.value.parameters["problem"] == rule


def test_where_anybody_may_be_asked_private_addresses_and_other_ports_are_too():
    assert guard("10.0.0.7", reach=Reach.ANYBODY).place("intra", 8080) == Place(address="10.0.0.7", port=8080)


def test_a_name_that_nobody_knows_is_silent():
    with pytest.raises(AddressSilent):
        guard().place("aplikasi.example", 443)


def test_a_name_that_the_machine_does_not_know_is_silent(monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AddressSilent):
        resolve("aplikasi.example", 443)


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.1.2.3", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False),
        ("2002:0a00:0001::", False), ("64:ff9b::808:808", True),
    ],
)  # fmt: skip
def test_only_numbers_of_the_public_network_are_public(number: str, public: bool):
    assert is_public(number) is public


def test_a_trusted_host_may_be_private_on_any_port_and_without_tls():
    made = guard("10.0.0.7", trusted=("hook.intra", "*.kota.example"), tls_only=True)
    assert made.place("hook.intra", 8443, scheme="http") == Place(address="10.0.0.7", port=8443)
    assert made.place("siap.kota.example", 443) == Place(address="10.0.0.7", port=443)
    for host, scheme, rule in (("aplikasi.example", "http", "plain"), ("aplikasi.example", "https", "private")):
        with pytest.raises(AddressRefused) as refused:
            made.place(host, 443, scheme=scheme)
        assert refused.value.parameters["problem"] == rule


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "localhost", "a.localhost"])
def test_a_private_number_is_refused_before_anybody_is_asked(host: str):
    def unasked(_host: str, _port: int) -> list[str]:
        raise AssertionError("nobody is asked")

    with pytest.raises(AddressRefused) as refused:
        guard(resolver=unasked).check(host, 443)
    assert refused.value.parameters["problem"] == "private"
