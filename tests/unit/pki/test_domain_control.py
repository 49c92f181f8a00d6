from datetime import UTC, datetime, timedelta

import pytest

from absah.kernel.clock import instant
from absah.kernel.rng import UnsafeSeededRng
from absah.pki.dns_names import DnsName
from absah.pki.domain_control import (
    CaaRecord,
    DomainNotShown,
    IssuerNotAuthorised,
    Method,
    check_caa,
    check_file,
    check_txt,
    new_challenge,
    reusable_until,
    speaks_for,
)

NOW = instant(datetime(2026, 11, 27, tzinfo=UTC))
KOTA = DnsName("kota.go.id")


@pytest.fixture
def challenge():
    return new_challenge(KOTA, Method.DNS, now=NOW, rng=UnsafeSeededRng(b"domain"))


def test_a_token_is_random_and_lives_for_thirty_days(challenge):
    again = new_challenge(KOTA, Method.HTTP, now=NOW, rng=UnsafeSeededRng(b"other"))
    assert challenge.token != again.token
    assert len(challenge.token) == 32
    assert challenge.expires - NOW == timedelta(days=30)
    assert challenge.record_name == "_absah-challenge.kota.go.id"
    assert again.url == f"http://kota.go.id/.well-known/absah-challenge/{again.token}"


def test_the_token_is_found_among_other_records_and_in_the_file_alone(challenge):
    check_txt(challenge, ["v=spf1 -all", f" {challenge.record_value} "])
    check_file(challenge, challenge.content + b"\r\n")
    for records in ([], ["absah-token="], [challenge.token]):
        with pytest.raises(DomainNotShown):
            check_txt(challenge, records)
    for content in (b"", challenge.content + b"x", b"<html>" + challenge.content):
        with pytest.raises(DomainNotShown):
            check_file(challenge, content)


@pytest.mark.parametrize(
    ("today", "days"),
    [((2026, 1, 1), 200), ((2026, 11, 27), 200), ((2027, 3, 14), 200), ((2027, 3, 15), 100), ((2029, 3, 15), 10)],
)
def test_what_was_shown_is_relied_on_for_less_and_less_time(today, days):
    now = instant(datetime(*today, tzinfo=UTC))
    assert reusable_until(NOW, now=now) - NOW == timedelta(days=days)


def test_dns_speaks_for_all_below_and_a_file_for_its_host_alone():
    wildcard, below = DnsName("*.kota.go.id"), DnsName("a.kota.go.id")
    assert speaks_for(wildcard, KOTA, Method.DNS)
    assert speaks_for(below, KOTA, Method.DNS)
    assert speaks_for(KOTA, KOTA, Method.HTTP)
    assert not speaks_for(below, KOTA, Method.HTTP)
    assert not speaks_for(wildcard, KOTA, Method.HTTP)


def caa(tag: str, value: str, *, critical: bool = False) -> CaaRecord:
    return CaaRecord(critical=critical, tag=tag, value=value)


US = "absah.example"
OURS, OTHERS = caa("issue", "absah.example; account=7"), caa("issue", "other.example")


@pytest.mark.parametrize(
    ("records", "wildcard", "allowed"),
    [
        ((), False, True),
        ((OURS,), False, True),
        ((OTHERS, OURS), False, True),
        ((OTHERS,), False, False),
        ((caa("issue", ";"),), False, False),
        ((caa("iodef", "mailto:a@b.example"),), False, True),
        ((caa("issuewild", "other.example"),), False, True),
        ((caa("issuewild", "other.example"), OURS), True, False),
        ((caa("issuewild", "ABSAH.example"), OTHERS), True, True),
        ((OURS,), True, True),
        ((caa("tbs", "x", critical=True), OURS), False, False),
        ((caa("tbs", "x"), OURS), False, True),
    ],
)
def test_caa_is_heard(records, wildcard, allowed):
    if allowed:
        check_caa(KOTA, records, US, wildcard=wildcard)
    else:
        with pytest.raises(IssuerNotAuthorised):
            check_caa(KOTA, records, US, wildcard=wildcard)
