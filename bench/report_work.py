"""What `bench.report` has measured in a process of its own: `python -m bench.report_work FOLDER`, with PostgreSQL.

A year of signatures of one agency (ROWS of them, by 20,000 people in 40 applications, one in fifty failed) and half as
many of the year before are filled in; then the annual report is counted and typeset as the worker does it, and every
word about its progress is kept. Nothing is measured while rows are made.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from absah.adapters.usage_report import press_report, read_report
from absah.agreements.face import face_of
from absah.agreements.parties import Role
from absah.cases.case import CaseOpened, Filled, fold_case
from absah.cases.kind import load_kind
from absah.enrolment.agency import Agency, CooperationAgreement
from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng, opaque_id
from bench.portfolio_work import draft_for, operator
from bench.register_work import instance_in

_ROWS: Final = int(os.environ.get("ROWS", "500000"))
_NAME: Final = "Pemerintah Kota Contoh"
_SIGNED: Final = date(2023, 5, 8)
_FILL: Final = """
    INSERT INTO signing_signingrecord (
        id, holder, signer_name, signer_post, signer_agency, credential, certificate, application, input_sha256,
        output_sha256, level, placement, factors, state, error, intended_at, ended_at
    )
    SELECT
        lpad(to_hex(%(year)s * 100000000::bigint + n), 32, '0')::uuid, 'H' || n %% 20000,
        'Orang ' || n %% 20000, 'Jabatan ' || n %% 300, %(agency)s,
        'k' || n %% 20000, repeat('a', 64), 'aplikasi-' || n %% 40, md5(n::text) || md5('i' || n),
        CASE WHEN n %% 50 = 0 THEN '' ELSE md5('o' || n) || md5('p' || n) END, 'B-LT', 'anchor', 'passphrase',
        CASE WHEN n %% 50 = 0 THEN 'failed' ELSE 'signed' END,
        CASE WHEN n %% 50 = 0 THEN 'signer.wrong-passphrase' ELSE '' END,
        moment, moment
    FROM (
        SELECT n, make_date(%(year)s, 1, 1) + (n * (364.0 * 86400 / %(rows)s)) * interval '1 second' AS moment
        FROM generate_series(1, %(rows)s) AS n
    ) AS numbered
"""
_INDEXES: Final = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'signing_signingrecord' AND indexname NOT LIKE '%_pkey'
"""


def main(folder: Path) -> None:
    instance_in(folder, os.environ["ABSAH_TEST_DATABASE"])
    year = SystemClock().now().year - 1
    agency = _agency()
    identifier = draft_for(str(agency))
    _fill({year: _ROWS, year - 1: _ROWS // 2})
    print(json.dumps(_measured(identifier, year)))


def _agency() -> UUID:
    from absah_site.enrolment.store import people  # noqa: PLC0415 (Django is set up only now)

    identifier = opaque_id(SystemRng())
    terms = CooperationAgreement(number="B/1", since=_SIGNED, until=date(2030, 1, 1))
    agency = Agency(
        code="bangku",
        name=_NAME,
        organisation_identifier="VATID-990000000",
        units=("Dinas",),
        city="Contoh",
        province="Contoh",
        agreement=terms,
    )
    people.add_agency(people.RegisteredAgency(id=identifier, agency=agency), at=SystemClock().now())
    return identifier


def _fill(rows_of: Mapping[int, int]) -> None:
    """So many rows of each year. Their indexes, whose order is chance, are built once at the end."""
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    with connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        indexes = dict(cursor.fetchall())
        for name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for year, rows in rows_of.items():
            cursor.execute(_FILL, {"agency": _NAME, "year": year, "rows": rows})
        for definition in indexes.values():
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE signing_signingrecord")


def _measured(identifier: UUID, year: int) -> dict[str, Any]:
    from absah_site.agreements import access as agreements  # noqa: PLC0415 (Django is set up only now)
    from absah_site.cases.access.usage import usage_data  # noqa: PLC0415

    now = SystemClock().now()
    found = agreements.agreement_for(operator(), identifier, now=now)
    fields = (Filled(name="year", value=str(year)),)
    opened = CaseOpened(by=Role.FIRST, at=now, number="LHP-1", subject="Laporan", fields=fields)
    case = fold_case(load_kind("usage-report"), (opened,))
    told: list[tuple[int, int]] = []
    began = time.perf_counter()
    data = usage_data(found, case, told=lambda done, total: told.append((done, total)))
    counted = time.perf_counter() - began
    made = press_report(data, face_of(found.agreement).first, made_on=found.today, trial=True)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    read_report(made.pdf)  # it proves itself
    signed = sum(row.count for row in data.rows if row.measure.startswith("signatures."))
    if signed != _ROWS:
        raise ValueError(f"{signed} of {_ROWS} uses were counted")
    return {"rows": _ROWS, "seconds": seconds, "counted": counted, "rss": peak, "told": len(told)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
