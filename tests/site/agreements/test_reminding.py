"""Officers are told what is due, once a step, whoever it concerns; and when the other party waits for them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from tests.fakes.agreements import at
from tests.site.agreements.conftest import PROVINCE

from absah.agreements.duties import DutyCode
from absah.agreements.force_majeure import Cause
from absah.agreements.fulfilment import Started
from absah.agreements.parties import Role as Side
from absah.kernel.clock import JAKARTA, FixedClock, instant
from absah.kernel.messages import Language
from absah.kernel.rng import UnsafeSeededRng, opaque_id
from absah_site.actors import Account, Operator
from absah_site.agreements.actions import duties, records, telling
from absah_site.jobs.actions import Work
from absah_site.notices import access as notices
from absah_site.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def remind(rng: UnsafeSeededRng, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """One round of the worker."""
    monkeypatch.setattr(Work, "progress", lambda _work, _done, _total: None)

    def run() -> int:
        work = Work(id=opaque_id(rng), reference="", attempt=1, lease=opaque_id(rng))
        return int(telling.remind(work))

    return run


def told(account: Account) -> list[str]:
    kept = [one for page in range(1, 9) for one in notices.inbox(account.reference, page=page)[0]]
    return [one.content.said(Language.INDONESIAN).subject for one in kept if one.content]


def test_a_late_duty_is_told_to_both_parties_once_a_step(
    ministry: UUID, first: Account, second: Account, remind: Callable[[], int], clock: FixedClock
) -> None:
    assert remind() > 0
    late = [subject for subject in told(first) if "K1-g terlambat sejak 31 Januari 2026" in subject]
    assert len(late) == 1
    assert any("K1-g terlambat" in subject for subject in told(second))
    assert remind() == 0
    clock.moment = instant(clock.moment + timedelta(hours=5))
    assert remind() == 0


def test_what_comes_near_is_told_to_whoever_bears_it_and_after_a_pause_only_the_step_reached(
    province: UUID,
    hire: Callable[..., Account],
    second: Account,
    remind: Callable[[], int],
    clock: FixedClock,
) -> None:
    first = hire("dewi", Role.AGREEMENT_OFFICER, PROVINCE)
    clock.moment = at(date(2026, 12, 1))
    remind()
    due = "K2-f jatuh tempo 31 Desember 2026"
    assert (due in told(second), due in told(first)) == (True, False)
    clock.moment = at(date(2026, 12, 30))
    remind()
    assert told(second).count(due) == 2  # of the steps of 14, 7, 3 and 1 working days only the last


def test_the_end_of_the_term_is_told_under_the_reading_that_still_runs(
    ministry: UUID, first: Account, second: Account, remind: Callable[[], int], clock: FixedClock
) -> None:
    clock.moment = at(date(2027, 4, 14))
    remind()
    for account in (first, second):
        assert any("berakhir 14 Mei 2027" in subject for subject in told(account))


def test_the_party_that_was_struck_is_reminded_of_both_notices(
    ministry: UUID, first: Account, second: Account, remind: Callable[[], int], clock: FixedClock
) -> None:
    struck = {
        "key": "Banjir",
        "cause": Cause.NATURAL_DISASTER,
        "occurred_at": instant(datetime(2026, 11, 20, 8, tzinfo=JAKARTA)),
    }
    records.begin_record(ministry, "force-majeure", struck, now=clock.now(), by=first)
    remind()
    assert not any("Banjir" in subject for subject in told(first))  # 41 hours are left
    clock.moment = at(date(2026, 11, 21), 12)
    remind()
    assert any(
        "Keadaan kahar Banjir: beritahukan pihak lain paling lambat 22 November 2026 08.00 WIB" in one
        for one in told(first)
    )
    assert not any("Banjir" in subject for subject in told(second))
    clock.moment = at(date(2026, 12, 1), 9)
    remind()
    assert any("paling lambat 1 Desember 2026" in subject for subject in told(first))


def test_a_step_on_a_duty_is_told_to_the_other_party_at_once(
    ministry: UUID, first: Account, second: Account, operator: Operator, clock: FixedClock
) -> None:
    step = Started(by=Side.FIRST, on=date(2026, 11, 20), recorded_at=clock.now())
    duties.move(ministry, DutyCode("K1-g"), "2026", step, by=first)
    assert any(subject.startswith("K1-g: PIHAK KESATU") for subject in told(second))
    assert told(first) == []
