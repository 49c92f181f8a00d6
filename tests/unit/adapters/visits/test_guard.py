"""Whom a visit may reach: by name, by port, and by what the name resolves to."""

import socket

import pytest

from absah.adapters.visits.guard import Guard, Place, resolve
from absah.adapters.web_fetch import AddressRefused, AddressSilent, Reach

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
