"""The record of time-stamps: every token has its line, and no line goes away unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures_pki import NOW

from absah.adapters.stamp_record import StampRecord, StampRecordBroken, StampRecordUnusable, check_record, files_of
from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.tsp import Accuracy, TokenPlan

PLAN = TokenPlan(
    policy="1.2.3",
    digest_algorithm=DigestAlgorithm.SHA256,
    imprint=bytes(32),
    serial=Serial(1 << 126),
    time=NOW,
    nonce=None,
    accuracy=Accuracy(),
)


def write(data, *plans) -> None:
    record = StampRecord(data)
    for plan in plans:
        record.write(plan)
    record.close()


def numbered(count, day=NOW):
    return [replace(PLAN, serial=Serial(PLAN.serial + number), time=day) for number in range(count)]


def test_a_line_says_when_what_and_under_which_number(tmp_path):
    write(tmp_path, PLAN)
    (file,) = files_of(tmp_path)
    assert file.name == "stamps-2026-11-21.log"
    assert file.stat().st_mode & 0o777 == 0o600
    moment, serial, imprint, link = file.read_text().split()
    assert (moment, serial) == ("2026-11-21T02:00:00Z", f"{1 << 126:032x}")
    assert imprint == f"sha256:{'00' * 32}"
    assert check_record(tmp_path).link.hex() == link


def test_the_record_goes_on_after_a_restart_and_into_the_next_day(tmp_path):
    write(tmp_path, *numbered(3))
    write(tmp_path, *numbered(2))
    write(tmp_path, *numbered(2, instant(NOW + timedelta(days=1))))
    assert len(files_of(tmp_path)) == 2
    assert check_record(tmp_path).lines == 7


@pytest.mark.parametrize("line", [0, 1, 3])
def test_a_line_that_is_altered_or_taken_out_is_found(tmp_path, line):
    write(tmp_path, *numbered(5))
    (file,) = files_of(tmp_path)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:line] + lines[line + 1 :]))
    with pytest.raises(StampRecordBroken) as refusal:
        check_record(tmp_path)
    assert refusal.value.parameters == {"file": file.name, "line": line + 1}
    altered = lines[line].replace("T02:00:00Z", "T03:00:00Z")
    file.write_text("".join([*lines[:line], altered, *lines[line + 1 :]]))
    with pytest.raises(StampRecordBroken):
        check_record(tmp_path)


def test_what_a_crash_left_of_a_line_is_passed_over_and_the_record_goes_on(tmp_path):
    write(tmp_path, *numbered(2))
    (file,) = files_of(tmp_path)
    whole = file.read_bytes()
    for piece in (whole.splitlines()[1][:-10], b"2026-11-21T02:00:00Z 40", b"\x00\x00\xff"):
        file.write_bytes(whole + piece)
        write(tmp_path, *numbered(1))
        assert check_record(tmp_path).lines == 3


def test_a_crash_before_the_first_line_leaves_a_record_that_can_begin(tmp_path):
    write(tmp_path, PLAN)
    (file,) = files_of(tmp_path)
    file.write_bytes(b"2026-")
    write(tmp_path, PLAN)
    assert check_record(tmp_path).lines == 1


def test_one_process_writes_and_a_record_that_cannot_be_written_stops_the_authority(tmp_path):
    record = StampRecord(tmp_path)
    with pytest.raises(StampRecordUnusable):
        StampRecord(tmp_path)
    (tmp_path / "tsa" / "stamps-2026-11-21.log").mkdir()
    with pytest.raises(StampRecordUnusable):
        record.write(PLAN)
    record.close()
    (tmp_path / "file").touch()
    with pytest.raises(StampRecordUnusable):
        StampRecord(tmp_path / "file")
    assert check_record(tmp_path / "nowhere").lines == 0
