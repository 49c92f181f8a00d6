"""What is asked often costs the same however many certificates there are: by index, in a fixed number of queries."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.fixtures_instance import Instance
from tests.site.pki.test_issuance import wanted

from absah.pki.algorithms import public_key_of
from absah_site.actors import Operator
from absah_site.pki import actions as pki
from absah_site.pki.store import certificates
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
        (register._STATUS, (1, "0" * 32)),
        (register._GIVEN_UP, (1, "0" * 32)),
        (register._CHANGES, ("2026-01-01 00:00:00",)),
        (certificates._IN_THE_WAY.format(keys="%s", holders="%s"), ("0" * 64, "holder", "2026-01-01 00:00:00")),
    ],
)
def test_every_frequent_question_is_answered_by_an_index(
    instance: Instance, query: str, parameters: tuple[object, ...]
) -> None:
    plan = plan_of(query, parameters)

    assert "SCAN" not in plan.replace("Index Scan", "").replace("Bitmap Heap Scan", "").upper().replace(
        "INDEX SCAN", ""
    )
    assert "INDEX" in plan.upper()


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
