"""What is asked often costs the same however many certificates there are: by index, in a fixed number of queries."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import Instance
from tests.site.pki.test_issuance import wanted

from absah.pki.algorithms import public_key_of
from absah_site.actors import Operator
from absah_site.pki import actions as pki
from absah_site.pki.models import IssuanceIntent
from absah_site.pki.store import certificates, intents
from absah_site.pki.store.authorities import _SERVING
from absah_site.responders.ocsp import register

BY = Operator(name="test")


def plan_of(query: str, parameters: tuple[object, ...]) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table of ten rows is read whole otherwise
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {query.replace('?', '%s')}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (register._STATUS.format(by_index=""), (1, "0" * 32)),
        (register._NOT_GOOD, (1, "0" * 32)),
        (register._GIVEN_UP, (1, "0" * 32)),
        (register._CHANGES, ("2026-01-01 00:00:00",)),
        (
            certificates._IN_THE_WAY.format(heads="%s", keys="%s", authorities="%s", serials="%s", holders="%s"),
            (0, "0" * 64, 1, "0" * 32, "holder", "2026-01-01 00:00:00"),
        ),
        (
            intents._CONCLUDE.format("%s"),
            ("issued", "", "2026-01-01 00:00:00", 1, "0" * 32),
        ),
    ],
)
def test_every_frequent_question_is_answered_by_an_index(
    instance: Instance, query: str, parameters: tuple[object, ...]
) -> None:
    plan = plan_of(query, parameters)

    assert "SCAN" not in re.sub("Index (Only )?Scan|Bitmap (Index|Heap) Scan", "", plan).upper(), plan
    assert "INDEX" in plan.upper()


def test_whether_a_service_is_in_force_is_asked_for_the_few_services_and_not_for_every_certificate(
    instance: Instance,
) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Of a few rows the planner cares not which index finds them: can this one?
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX pki_status_by_serial")

    plan = plan_of(_SERVING, ("issuing", "2026-01-01 00:00:00"))

    assert "pki_certificate_fingerprint" in plan, plan
    assert "SCAN certificate" not in plan, plan


def test_a_responder_learns_from_one_index_and_no_row_that_a_certificate_is_good(instance: Instance) -> None:
    sqlite = connection.vendor == "sqlite"
    query = register._STATUS.format(by_index=f" INDEXED BY {register._STATUS_INDEX}" if sqlite else "")

    plan = plan_of(query, (1, "0" * 32))

    assert plan.count("COVERING INDEX" if sqlite else "Index Only Scan") == 1, plan
    assert register._STATUS_INDEX in plan


def test_intentions_that_are_open_or_given_up_are_found_among_themselves(instance: Instance) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    found = IssuanceIntent.objects.filter(intents.NOT_ISSUED, state="intended", intended_at__lte="2026-01-01T00:00Z")

    assert "pki_intent_open" in found.explain()


def test_the_beginning_of_a_name_is_looked_for_in_an_index_whatever_the_locale(instance: Instance) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("operator classes are PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, opcname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " JOIN pg_opclass ON pg_opclass.oid = indclass[indnatts - 1]"
            " WHERE relname IN ('pki_certificate_name', 'pki_not_good_by_name') ORDER BY 1"
        )
        found = cursor.fetchall()

    assert found == [
        ("pki_certificate_name", "varchar_pattern_ops"),
        ("pki_not_good_by_name", "varchar_pattern_ops"),
    ]


def test_an_issuance_takes_the_same_few_queries_with_one_certificate_and_with_many(instance: Instance) -> None:
    def issue(number: int) -> int:
        key = public_key_of(ec.generate_private_key(ec.SECP256R1()))
        request = wanted(credential=None, public_key=key, holder=f"HOLDER{number:03}")
        with CaptureQueriesContext(connection) as queries:
            pki.issue_certificate(request, by=BY)
        return len([one for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])

    counts = [issue(number) for number in range(5)]

    assert len(set(counts[1:])) == 1
    assert counts[-1] <= 8
