"""A changed row is found, and called by its number."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from absah.audit.entry import Entry, EntryHash, hash_of
from absah.audit.ledger import Damage, LedgerReport, StoredEntry, assess_ledger
from absah.audit.tags import PkiTag
from absah.kernel.clock import instant

AT = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
ENTRY = Entry.of(at=AT, tag=PkiTag.CRL_PUBLISHED, actor="system:worker", subject="crl:7", facts={"number": 7})
GOOD = StoredEntry(
    number=1,
    canonical=ENTRY.canonical,
    hash=ENTRY.hash,
    tag=ENTRY.tag.value,
    actor=ENTRY.actor,
    subject=ENTRY.subject,
    at_text=ENTRY.at.isoformat(),
)


def test_rows_as_written_are_intact_and_an_empty_ledger_too() -> None:
    assert assess_ledger([GOOD, replace(GOOD, number=2)]) == LedgerReport(rows=2, damaged=())
    assert assess_ledger([]).intact


@pytest.mark.parametrize(
    ("row", "damage"),
    [
        (replace(GOOD, canonical=GOOD.canonical.replace(b"crl:7", b"crl:8")), Damage.HASH),
        (replace(GOOD, hash=EntryHash(b"\x00" * 32)), Damage.HASH),
        (replace(GOOD, canonical=b"{}", hash=hash_of(b"{}")), Damage.FORM),
        (replace(GOOD, actor="system:other"), Damage.COLUMNS),
        (replace(GOOD, subject="crl:8"), Damage.COLUMNS),
        (replace(GOOD, tag=PkiTag.CERTIFICATE_ISSUED.value), Damage.COLUMNS),
        (replace(GOOD, at_text="2026-11-20T07:04:00+00:00"), Damage.COLUMNS),
    ],
)
def test_a_changed_row_is_found_among_good_ones(row: StoredEntry, damage: Damage) -> None:
    report = assess_ledger([GOOD, replace(row, number=2), replace(GOOD, number=3)])
    assert not report.intact
    assert report.to_dict() == {
        "rows": 3,
        "intact": False,
        "damaged": [{"number": 2, "damage": damage.value}],
    }
