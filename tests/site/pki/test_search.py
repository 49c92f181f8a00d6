"""Operators find a certificate by its numbers and by the beginning of a name, from indexes alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import Instance, agency_value, applicant_value

from absah.enrolment.agency import certificate_subject
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import instant
from absah.pki.revocation import RevocationReason
from absah_site.actors import Operator
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.access import Search, Status
from absah_site.pki.models import Certificate
from absah_site.pki.store.overview import _found, _meanings

from cryptography.hazmat.primitives.asymmetric import ec  # isort: skip
from absah.pki.algorithms import public_key_of  # isort: skip


def issued(number: str = "ABCDEFGH23") -> pki.IssuedCertificate:
    subject = certificate_subject(applicant_value(), agency_value(), SubscriberNumber(number))
    key = public_key_of(ec.generate_private_key(ec.SECP256R1()))
    request = pki.IssuanceRequest(
        profile="individual-signer", subject=subject, public_key=key, credential=None, holder=number, agency="a"
    )
    return pki.issue_certificate(request, by=Operator())


def found(text: str) -> list[str]:
    return [one.serial for one in access.find_certificates(Search(text=text), offset=0, limit=10)]


def test_a_certificate_is_found_by_serial_fingerprint_subscriber_and_the_beginning_of_its_name(
    instance: Instance,
) -> None:
    made = issued()
    row = Certificate.objects.get(serial=made.serial)
    name = row.name

    for text in (
        made.serial,
        made.serial[:8],
        made.serial.lstrip("0").upper(),
        ":".join(row.fingerprint[at : at + 2] for at in range(0, 64, 2)),
        "ABCDEFGH23",
        name[:4].upper(),
        f"  {name} ",
    ):
        assert made.serial in found(text), text
    assert found(name[1:]) == []
    assert found("tidak ada orang ini") == []
    assert found("f" * 65) == []


@pytest.mark.parametrize("text", ["siti", "ada", "1234abcd", "ABCDEFGH23", "ab" * 32])
def test_no_search_reads_the_whole_register(instance: Instance, text: str) -> None:
    issued()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    for meaning in _meanings(text):
        plan = Certificate.objects.filter(meaning)[:26].explain()
        assert "SCAN pki_certificate" not in plan, plan
        assert "Seq Scan" not in plan, plan


def test_a_name_that_many_have_is_looked_for_among_the_few_of_a_state(instance: Instance) -> None:
    issued()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            # Of a single row the planner cares not which index finds it: can this one?
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX pki_not_good_since")
    with CaptureQueriesContext(connection) as queries:
        access.find_certificates(Search(text="siti", status=Status.SUSPENDED), offset=0, limit=10)
    (by_name,) = (one["sql"] for one in queries if '"name" >' in one["sql"] or '"name"::text LIKE' in one["sql"])
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {by_name}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert "pki_not_good_by_name" in plan, plan


SPAN = (instant(datetime(2026, 1, 1, tzinfo=UTC)), instant(datetime(2036, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (Search(status=Status.SUSPENDED), "pki_not_good_since"),
        (Search(status=Status.REVOKED), "pki_not_good_since"),
        (Search(ending=SPAN), "pki_ending"),
    ],
)
def test_a_filter_by_state_is_answered_by_its_index(instance: Instance, search: Search, index: str) -> None:
    issued()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")  # of ten rows it would rather sort
    plan = _found(search)[:26].explain()

    assert index in plan, plan
    assert "SCAN pki_certificate USING INTEGER" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def serials(search: Search) -> list[str]:
    return [one.serial for one in access.find_certificates(search, offset=0, limit=10)]


def test_who_was_revoked_last_is_the_first_of_the_list(instance: Instance) -> None:
    first, second, third = issued("ABCDEFGH22"), issued("ABCDEFGH23"), issued("ABCDEFGH24")
    for one in (second, third, first):
        instance.clock.advance(timedelta(minutes=1))
        pki.revoke_certificate(one.serial, RevocationReason.SUPERSEDED, by=Operator())

    assert serials(Search(status=Status.REVOKED)) == [first.serial, third.serial, second.serial]
    assert serials(Search(status=Status.REVOKED, text="ABCDEFGH23")) == [second.serial]


def test_states_are_found_and_counted_as_they_are(instance: Instance) -> None:
    first, second, third = issued("ABCDEFGH22"), issued("ABCDEFGH23"), issued("ABCDEFGH24")
    pki.suspend_certificate(first.serial, by=Operator())
    pki.revoke_certificate(second.serial, RevocationReason.SUPERSEDED, by=Operator())

    assert serials(Search(status=Status.SUSPENDED)) == [first.serial]
    assert serials(Search(status=Status.REVOKED)) == [second.serial]
    assert serials(Search(ending=SPAN)) == [third.serial]
    counted = access.tallies(now=instance.clock.now())
    assert (counted.active, counted.suspended, counted.revoked_today) == (1, 1, 1)
    assert sum(access.issued_by_day(now=instance.clock.now(), days=2).values()) == 3
    assert sum(access.issued_by_day(now=instant(instance.clock.now() + timedelta(days=9)), days=2).values()) == 0
