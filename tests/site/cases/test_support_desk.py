"""The support desk: what waits of every agreement, in the order of its clocks, and how long support takes."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.site.agreements.conftest import _one_clock, first, hire, ministry, move_clock, province, second
from tests.site.agreements.test_pages import enter
from tests.site.cases.test_tickets import TICKET, opened

from absah.agreements.parties import Span
from absah.kernel.clock import FixedClock, instant
from absah_site.actors import Account
from absah_site.agreements import access as agreements
from absah_site.cases.access import support
from absah_site.cases.access.counting import count_cases
from absah_site.roles import Role

__all__ = ["_one_clock", "enter", "first", "hire", "ministry", "move_clock", "opened", "province", "second"]

pytestmark = pytest.mark.django_db

ANSWER = {"act": "answer", "answer": "Dokumen berubah", "cause": "document-changed"}


@pytest.mark.usefixtures("ministry")
def test_tickets_of_every_agreement_wait_in_the_order_of_their_clocks(  # noqa: PLR0917  (fixtures)
    province: UUID,
    opened: str,
    first: Account,
    second: Account,
    hire: Callable[..., Account],
    enter: Callable[[Account], Client],
    clock: FixedClock,
) -> None:
    other = hire("daerah", Role.AGREEMENT_OFFICER, "agency-province")
    clock.moment = instant(clock.now() + timedelta(minutes=1))
    later = enter(other).post(f"/perjanjian/{province}/kasus/baru/support/", TICKET | {"subject": "Tiket daerah"})
    client = enter(second)
    page = client.get("/kasus/tiket/").content.decode()
    assert "2 tiket menunggu" in page
    assert page.index("Surat 17") < page.index("Tiket daerah")
    client.post(opened, {"act": "ask", "question": "Berkas yang mana?"})  # its clock rests now
    page = client.get("/kasus/tiket/").content.decode()
    assert page.index("Tiket daerah") < page.index("Surat 17")
    client.post(later.headers["Location"], ANSWER)
    enter(other).post(later.headers["Location"], {"act": "close"})
    page = enter(second).get("/kasus/tiket/").content.decode()
    assert "1 tiket menunggu" in page
    assert "Menurut instansi" in page
    own = enter(first).get("/kasus/tiket/").content.decode()  # an agency sees its own tickets only
    assert "Tiket daerah" not in own
    assert "Menurut instansi" not in own


def test_the_times_of_a_year_are_told_by_class_and_by_party_and_go_into_the_report(
    ministry: UUID, opened: str, first: Account, second: Account, enter: Callable[[Account], Client], clock: FixedClock
) -> None:
    assert enter(second).get("/kasus/tiket/").status_code == 200
    clock.moment = instant(clock.now() + timedelta(days=7))  # a week has five working days
    enter(second).post(opened, ANSWER)
    desk = support.desk_for(second, now=clock.now())
    ((word, means),) = desk.by_class
    assert (word.key, means.solved, means.first) == ("integrity", 1, means.solution)
    page = enter(second).get("/kasus/tiket/").content.decode()
    assert "40,0" in page
    found = agreements.agreement_for(first, ministry, now=clock.now())
    year = Span(first=found.today.replace(month=1, day=1), last=found.today)
    counted = {(measure, key): number for _, measure, key, number in count_cases(found, year)}
    assert counted["tickets.solution-minutes", "keutuhan"] == 40 * 60
    assert counted["tickets.lay-minutes", "PIHAK KEDUA"] == 40 * 60
    assert counted["tickets.lay-minutes", "PIHAK KESATU"] == 0


def test_nobody_waits_where_there_is_no_ticket(second: Account, enter: Callable[[Account], Client]) -> None:
    assert "Tidak ada tiket yang menunggu" in enter(second).get("/kasus/tiket/").content.decode()
