"""Certificates of servers, machines and applications: what they carry, and from which day on they are shorter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.fixtures_pki import MACHINE_NAME, NOW, SERVER_NAME, TLS_CASES, certify, make_pki, new_key, order

from absah.kernel.clock import instant
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.dns_names import DnsNameRefused
from absah.pki.issuance import ValidityRefused, prepare
from absah.pki.lint import lint_certificate
from absah.pki.names import IndividualName, MachineName, NameUnreadable, ServerName
from absah.pki.orders import SubjectNotInProfile
from absah.pki.profile_toml import read_profile_document
from absah.pki.profiles import (
    ProfileExtendedKeyUsageUnlawful,
    ProfileValidityUnlawful,
    Validity,
    load_profile,
    profile_from_document,
)

NAMES = TLS_CASES["tls-server"][1]


def made(profile: str) -> x509.Certificate:
    subject, names = TLS_CASES[profile]
    return load_certificate(certify(profile, subject, make_pki().issuing, dns_names=names).certificate)


@pytest.mark.parametrize("profile", TLS_CASES)
def test_a_certificate_is_what_its_profile_says(profile):
    certificate = made(profile)
    lawful = load_profile(profile)
    assert lint_certificate(certificate.public_bytes(Encoding.DER), lawful) == ()
    usages = list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    serves = profile == "tls-server"
    assert usages == [ExtendedKeyUsageOID.SERVER_AUTH if serves else ExtendedKeyUsageOID.CLIENT_AUTH]
    assert type(TLS_CASES[profile][0]).from_x509(certificate.subject) == TLS_CASES[profile][0]


def test_the_names_of_a_server_stand_where_clients_look():
    names = made("tls-server").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(NAMES)
    with pytest.raises(x509.ExtensionNotFound):
        made("application").extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize(
    ("day", "days"), [((2027, 3, 14), 199), ((2027, 3, 15), 99), ((2029, 3, 14), 99), ((2029, 3, 15), 46)]
)
def test_servers_get_shorter_certificates_from_dated_days_on(day, days):
    now = instant(datetime(*day, 12, tzinfo=UTC))
    assert load_profile("tls-server").validity_at(now).duration == timedelta(days=days)


def test_an_order_that_is_longer_than_its_day_allows_is_refused():
    late = instant(datetime(2027, 3, 15, 12, tzinfo=UTC))
    start = instant(late - timedelta(minutes=5))
    too_long = Validity(not_before=start, not_after=instant(start + timedelta(days=199)))
    pki = make_pki()
    wanted = order("tls-server", SERVER_NAME, new_key(), pki.issuing.certificate, dns_names=NAMES, validity=too_long)
    with pytest.raises(ValidityRefused):
        prepare(wanted, now=late)


def test_the_lint_too_knows_the_day():
    old = certify("tls-server", SERVER_NAME, make_pki().issuing, dns_names=NAMES).certificate
    stricter = replace(load_profile("tls-server"), shorter=((NOW.date(), timedelta(days=30)),))
    codes = {finding.code.rpartition(".")[2] for finding in lint_certificate(old, stricter)}
    assert "validity_too_long" in codes
    begun, _ = validity_of(load_certificate(old))
    assert begun < NOW


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("tls-server", ()),
        ("tls-server", ("Kota.example",)),
        ("tls-server", ("a.example", "a.example")),
        ("application", ("kota.example",)),
        ("tls-client", ("192.0.2.1",)),
    ],
)
def test_names_of_servers_are_where_they_belong_and_well_written(profile, names):
    subject, _ = TLS_CASES[profile]
    with pytest.raises(DnsNameRefused):
        prepare(order(profile, subject, new_key(), make_pki().issuing.certificate, dns_names=names), now=NOW)


def test_the_lint_misses_the_names_of_a_server():
    bare = certify("application", MACHINE_NAME, make_pki().issuing).certificate
    codes = {finding.code.rpartition(".")[2] for finding in lint_certificate(bare, load_profile("tls-client"))}
    assert "server_names" in codes


def test_a_server_is_no_machine_and_no_person():
    with pytest.raises(SubjectNotInProfile):
        prepare(order("tls-server", MACHINE_NAME, new_key(), make_pki().issuing.certificate, dns_names=NAMES), now=NOW)
    for kind, name in ((ServerName, MACHINE_NAME), (MachineName, SERVER_NAME), (IndividualName, MACHINE_NAME)):
        with pytest.raises(NameUnreadable):
            kind.from_x509(name.to_x509())


@pytest.mark.parametrize(
    "shorter",
    [
        (),
        ({"from": date(2027, 3, 15), "max_validity_days": 101},),
        ({"from": date(2027, 3, 16), "max_validity_days": 100},),
        ({"from": date(2027, 3, 15), "max_validity_days": 100},),
        ({"from": date(2029, 3, 15), "max_validity_days": 46}, {"from": date(2027, 3, 15), "max_validity_days": 99}),
    ],
)
def test_no_file_makes_the_certificates_of_servers_longer(shorter):
    document = read_profile_document("tls-server")
    steps = tuple(type(document.shorter[0]).model_validate(step) for step in shorter)
    with pytest.raises(ProfileValidityUnlawful):
        profile_from_document(document.model_copy(update={"shorter": steps}))


def test_no_file_gives_a_server_the_usage_of_a_client():
    document = read_profile_document("tls-server")
    both = (*document.extended_key_usage, "1.3.6.1.5.5.7.3.2")
    with pytest.raises(ProfileExtendedKeyUsageUnlawful):
        profile_from_document(document.model_copy(update={"extended_key_usage": both}))
