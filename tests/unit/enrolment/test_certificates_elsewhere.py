"""Lists of certificates that somebody else issued, and when they are looked up again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from absah.enrolment.certificate_list import (
    COLUMNS,
    NEEDED,
    ElsewhereCertificate,
    PeriodBackwards,
    certificate_of,
    nik_of,
)
from absah.enrolment.people_list import ColumnMissing, Wrong, columns_of
from absah.enrolment.synchronising import Seen, best_status, look_after_failure, next_look, reminder_for
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import instant

TODAY = date(2026, 11, 20)
NOW = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))


def certificate(**changes) -> ElsewhereCertificate:
    return ElsewhereCertificate(**({"product": "TTE", "serial": "a1", "status": WireStatus.ISSUE} | changes))


def test_columns_are_found_by_the_names_that_portals_give_them():
    assert columns_of(["NIK", "Serial Number", "notAfterDate", "Nama Lengkap", "?"], COLUMNS, NEEDED) == {
        "nik": 0,
        "nomor_seri": 1,
        "berlaku_sampai": 2,
        "nama": 3,
    }
    with pytest.raises(ColumnMissing):
        columns_of(["nama"], COLUMNS, NEEDED)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"nomor_seri": "00:A1", "produk": " TTE "}, certificate()),
        (
            {"berlaku_sampai": "31-12-2027", "status_sertifikat": "Dicabut"},
            certificate(product="", serial="", status=WireStatus.REVOKE, not_after=date(2027, 12, 31)),
        ),
        (
            {"nomor_seri": "a1", "berlaku_mulai": "2026-01-02T07:00:00Z", "produk": "TTE"},
            certificate(not_before=date(2026, 1, 2)),
        ),
        ({"nik": "x"}, None),
    ],
)
def test_a_row_says_what_it_knows_of_a_certificate(row: dict[str, str], found: ElsewhereCertificate | None):
    assert certificate_of(row) == found


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"nomor_seri": "xyz"}, ["nomor_seri"]),
        (
            {"produk": "TTE", "berlaku_sampai": "besok", "status_sertifikat": "mungkin"},
            ["status_sertifikat", "berlaku_sampai"],
        ),
        ({"produk": "TTE", "status_sertifikat": "NO_CERTIFICATE"}, ["status_sertifikat"]),
        ({"nomor_seri": "a1", "berlaku_mulai": "2027-01-01", "berlaku_sampai": "2026-01-01"}, ["berlaku_sampai"]),
    ],
)
def test_a_row_that_is_not_right_says_where(row: dict[str, str], columns: list[str]):
    wrong = certificate_of(row)
    assert isinstance(wrong, tuple)
    assert [one.column for one in wrong] == columns


def test_whose_row_it_is_must_be_a_nik():
    assert nik_of({"nik": "9999 0141 0790 0001"}).digits == "9999014107900001"
    assert isinstance(nik_of({"nik": "12"}), Wrong)


def test_a_certificate_does_not_end_before_it_begins():
    with pytest.raises(PeriodBackwards):
        certificate(not_before=TODAY, not_after=TODAY - timedelta(days=1))


def test_what_an_old_list_calls_issued_has_ended_when_its_day_is_over():
    assert certificate(not_after=TODAY).standing(today=TODAY) is WireStatus.ISSUE
    assert certificate(not_after=TODAY - timedelta(days=1)).standing(today=TODAY) is WireStatus.EXPIRED
    assert certificate(status=WireStatus.REVOKE, not_after=date(2020, 1, 1)).standing(today=TODAY) is WireStatus.REVOKE


@pytest.mark.parametrize(
    ("left", "reminder"),
    [(91, None), (90, 90), (61, 90), (60, 60), (15, 30), (8, 14), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_reminders_come_at_six_distances(left: int, reminder: int | None):
    assert reminder_for(TODAY + timedelta(days=left), today=TODAY) == reminder


def test_looks_come_daily_and_sooner_where_something_is_about_to_happen():
    far, near = certificate(not_after=date(2027, 11, 20)), certificate(not_after=TODAY + timedelta(days=14))
    for status, certificates, hours in (
        (WireStatus.ISSUE, (far,), 24),
        (WireStatus.ISSUE, (near,), 6),
        (WireStatus.RENEW, (far,), 6),
        (WireStatus.NO_CERTIFICATE, (), 24),
    ):
        due = next_look(Seen(status=status, certificates=certificates), now=NOW, today=TODAY)
        assert due - NOW == timedelta(hours=hours)


def test_failures_make_the_pauses_longer_up_to_a_day():
    pauses = [look_after_failure(failures, now=NOW) - NOW for failures in (1, 2, 3, 30)]
    assert pauses == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), timedelta(hours=24)]


def test_of_several_certificates_the_best_speaks_for_the_person():
    ended, revoked = certificate(not_after=date(2020, 1, 1)), certificate(status=WireStatus.REVOKE)
    assert best_status([revoked, ended], today=TODAY) is WireStatus.EXPIRED
    assert best_status([ended, certificate()], today=TODAY) is WireStatus.ISSUE
    assert best_status([revoked], today=TODAY) is WireStatus.REVOKE
    assert best_status([], today=TODAY) is WireStatus.NO_CERTIFICATE
