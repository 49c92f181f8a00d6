"""An event from its invitation to certificates that verify: a code for one room, evaluation, one act of signing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.fakes.agreements import MINISTRY_SIGNED, both_sign, ministry_draft
from tests.site.dossiers.conftest import Bureau

from absah.agreements.duties import DutyCode
from absah.agreements.parties import Span
from absah.cases.attendance import AttendanceElsewhere
from absah.cases.quiz import End, QuizMissing, QuizNotNow, load_quiz
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.accounts.actions import grant_role
from absah_site.actors import Account, Operator
from absah_site.agreements.actions import life
from absah_site.cases import access as cases
from absah_site.cases.access import CasePort, OpenedCase
from absah_site.desk import actions as desk
from absah_site.jobs.actions import run_due
from absah_site.roles import Role
from absah_site.training import access, store
from absah_site.training.actions import attending
from absah_site.validation import access as verification

pytestmark = pytest.mark.django_db

EVENT = {
    "subject": "Bimtek tanda tangan elektronik",
    "form": "training",
    "topic": "Menandatangani dan memeriksa dokumen",
    "begins": "2026-11-23T09:00",
    "place": "Aula",
    "hours": "4",
    "support": "Ruang, jaringan, peserta",
}


@dataclass
class Course:
    """An agreement of the bureau's agency, with an officer of each party, and an event."""

    bureau: Bureau
    agreement: UUID
    rina: Account
    second: Account
    browser: Callable[..., Client]

    def new(self, fields: dict[str, str] | None = None) -> UUID:
        made = self.browser(self.rina).post(f"/perjanjian/{self.agreement}/kasus/baru/event/", fields or EVENT)
        return UUID(made.headers["Location"].split("/")[4])

    def step(self, event: UUID, act: str, *, by: Account | None = None, **fields: str) -> int:
        page = f"/perjanjian/{self.agreement}/kasus/{event}/"
        return self.browser(by or self.rina).post(page, {"act": act, **fields}).status_code

    def ticket(self, event: UUID) -> str:
        """What the screen of the room shows."""
        page = self.browser(self.rina).get(f"/perjanjian/{self.agreement}/kasus/{event}/hadir/").content.decode()
        found = re.search(r'href="http://[^/]+(/hadir/[^"]+)"', page)
        return "" if found is None else found[1]

    def case(self, event: UUID):
        return cases.case_by_id(event, now=composition.clock().now()).case


@pytest.fixture
def course(bureau: Bureau, browser: Callable[..., Client]) -> Course:
    operator, clock, agency = Operator(name="test"), bureau.walk.instance.clock, str(bureau.walk.office.agency)
    grant_role(bureau.rina.account.public_id, Role.AGREEMENT_OFFICER, by=operator, clock=clock, agency=agency)
    second = bureau.walk.instance.officer("bagas", Role.AGREEMENT_OFFICER)
    agreement = life.draft(ministry_draft(), agency=agency, by=operator)
    for event in both_sign(MINISTRY_SIGNED):
        life.record_event(agreement, event, by=operator)
    rina = account(bureau.rina.account.public_id, now=clock.now())
    return Course(bureau=bureau, agreement=agreement, rina=rina, second=second, browser=browser)


def here(name: str, unit: str = "Dinas") -> dict[str, str]:
    return {"name": name, "unit": unit, "post": "Staf"}


def test_an_event_goes_from_invitation_to_signed_certificates_and_proves_both_duties(course: Course) -> None:
    event = course.new()
    assert course.step(event, "invite", letter="005/1/2026", invited="Seluruh unit") == 302
    asked = {"wanted": "Ahli verifikasi"}
    assert course.step(event, "request-speaker", by=course.second, **asked) == 403
    assert course.step(event, "request-speaker", **asked) == 302
    sent = {"speaker": "Dr. Ahli", "speaker-post": "Sandiman", "assignment": "ST-7/2026"}
    assert course.step(event, "assign", by=course.second, **sent) == 302
    assert course.step(event, "start") == 302
    assert [paper.what for paper in course.case(event).papers] == ["letter", "letter"]
    door, guest = course.ticket(event), Client()
    assert guest.get(door).status_code == 200
    mine = guest.post(door, here("Rina Ayu")).headers["Location"]
    assert Client().post(door, here("rina  ayu")).status_code == 422  # noted already
    assert Client().post(door, here("")).status_code == 200
    other = Client().post(door, here("Sari Dewi")).headers["Location"]
    said = {"material": "5", "speaker": "4", "use": "5", "place": "3", "comment": "Lebih banyak latihan"}
    assert guest.post(mine, said | {"place": "9"}).status_code == 200
    assert guest.post(mine, said).status_code == 302
    guest.post(mine, said)  # once only
    assert course.step(event, "close") == 302
    room = f"/perjanjian/{course.agreement}/kasus/{event}/hadir/"
    signer = {"signer": str(course.rina.public_id)}
    assert course.browser(course.rina).post(room, signer).headers["Location"] == room
    run_due()
    people = store.attended(event)
    assert [one.name for one in people] == ["Rina Ayu", "Sari Dewi"]
    bundle = desk.gather(tuple(one.dossier for one in people if one.dossier), by=course.bureau.rina.account)
    factors = course.bureau.rina.factors()
    desk.authorise_bundle(bundle, factors, agrees=True, has_read=True, by=course.bureau.rina.account)
    assert "begitu selesai ditandatangani" in Client().get(other, HTTP_COOKIE="bahasa=id").content.decode()
    run_due()
    signed = guest.get(f"{mine}sertifikat.pdf")
    assert signed.content.startswith(b"%PDF-")
    report = verification.report_on(signed.content, password=None, now=composition.clock().now())
    assert report.to_dict()["verdict"] != "failed"
    assert course.step(event, "report", minutes="Berjalan baik.") == 302
    assert course.step(event, "accept", by=course.second) == 302
    found = cases.case_by_id(event, now=composition.clock().now())
    assert access.room_of(found).means["material"] == 5.0
    check_proof(found)


ASKED = EVENT | {"quiz": "signing-1", "condition": "passed"}


def answers(*, wrong: int) -> dict[str, str]:
    """The test, with so many wrong answers."""
    questions = load_quiz("signing-1").questions
    return {
        one.key: next(key for key in one.answers if (key == one.right) is (number >= wrong))
        for number, one in enumerate(questions)
    }


def test_people_are_tested_before_and_after_and_only_who_passed_gets_a_certificate(course: Course) -> None:
    event = course.new(ASKED)
    course.step(event, "start")
    door = course.ticket(event)
    rina, sari = Client(), Client()
    for client in (rina, sari):
        client.cookies["bahasa"] = "id"
    mine = rina.post(door, here("Rina Ayu")).headers["Location"]
    other = sari.post(door, here("Sari Dewi")).headers["Location"]
    before, after = f"{mine}tes/before/", f"{mine}tes/after/"
    assert "10 pertanyaan" in rina.get(mine).content.decode()
    assert rina.get(after).headers["Location"] == mine  # not open yet
    assert rina.post(before, answers(wrong=6) | {"seal": ""}).status_code == 200
    assert rina.post(before, answers(wrong=6)).headers["Location"] == before
    assert "4 dari 10 benar" in rina.get(before).content.decode()
    assert rina.post(before, answers(wrong=0)).status_code == 422  # once
    assert rina.get(f"{mine}tes/besok/").status_code == 404
    assert course.step(event, "open-test") == 302
    assert sari.get(f"{other}tes/before/").headers["Location"] == other  # too late
    rina.post(after, answers(wrong=1))
    page = rina.get(after).content.decode()
    assert "9 dari 10 benar" in page
    assert "Yang benar: " in page
    course.step(event, "close")
    sari.post(f"{other}tes/after/", answers(wrong=5))  # whoever left early takes it from home
    room = f"/perjanjian/{course.agreement}/kasus/{event}/hadir/"
    shown = course.browser(course.rina).get(room).content.decode()
    assert "+50" in shown
    assert "1 participant has not passed" in shown
    course.browser(course.rina).post(room, {"signer": str(course.rina.public_id)})
    run_due()
    assert [one.name for one in store.attended(event) if one.dossier] == ["Rina Ayu"]
    assert course.step(event, "report", minutes="Berjalan baik.") == 302
    figures = access.event_figures(event, course.case(event).values)
    assert figures == {"participants": 2, "tested": 1, "before": 40, "after": 90}


def test_a_test_is_for_its_event_and_a_condition_needs_a_test(course: Course) -> None:
    form = f"/perjanjian/{course.agreement}/kasus/baru/event/"
    refused = course.browser(course.rina).post(form, EVENT | {"condition": "passed"})
    assert refused.status_code == 422
    assert "This event has no test" in refused.content.decode()
    event = course.new()
    course.step(event, "start")
    assert course.step(event, "open-test") == 422
    mine = Client().post(course.ticket(event), here("Rina Ayu")).headers["Location"]
    assert Client().get(f"{mine}tes/before/").status_code == 404
    with pytest.raises(QuizMissing):
        attending.take_test(event, mine.split("/")[4], End.BEFORE, {})
    other = course.new(ASKED)
    course.step(other, "start")
    link = Client().post(course.ticket(other), here("Rina Ayu")).headers["Location"].split("/")[4]
    with pytest.raises(QuizNotNow):
        attending.take_test(other, link, End.AFTER, answers(wrong=0))
    with pytest.raises(AttendanceElsewhere):
        attending.take_test(event, link, End.BEFORE, answers(wrong=0))


def check_proof(opened: OpenedCase) -> None:
    """The event is evidence of the support for it, and of the speaker who was lent."""
    today, number = opened.found.today, opened.case.number
    for duty in ("K1-k", "K2-b"):
        days = Span(first=today.replace(month=1, day=1), last=today)
        assert list(CasePort(opened.found).evidence(DutyCode(duty), number, days))


def test_a_code_of_another_event_an_old_one_and_a_made_up_one_let_nobody_in(course: Course) -> None:
    event, another = course.new(), course.new()
    for one in (event, another):
        course.step(one, "start")
    door = course.ticket(event)
    wrong = door.replace(str(event), str(another))
    answer = Client().post(wrong, here("Tamu"))
    assert answer.status_code == 403
    assert "Kode ini bukan kode kegiatan ini" in answer.content.decode()
    assert Client().get(f"/hadir/{event}/buatan/").status_code == 403
    assert store.count(event) + store.count(another) == 0
    course.bureau.walk.instance.clock.advance(timedelta(minutes=11))
    assert Client().post(door, here("Tamu")).status_code == 403
    assert Client().get(f"/hadir/{event}/saya/buatan/").status_code == 403


def test_nobody_is_noted_before_or_after_the_event(course: Course) -> None:
    event = course.new()
    assert course.ticket(event) == ""
    ticket = access.ticket_for(event, now=composition.clock().now())
    assert Client().post(f"/hadir/{event}/{ticket}/", here("Tamu")).status_code == 409
    room = f"/perjanjian/{course.agreement}/kasus/{event}/hadir/"
    signer = {"signer": str(course.rina.public_id)}
    assert course.browser(course.rina).post(room, signer).status_code == 409


def test_an_event_without_a_speaker_of_the_other_party_proves_no_lending_of_speakers(course: Course) -> None:
    event = course.new()
    for act in ("start", "close"):
        course.step(event, act)
    assert course.case(event).proven == ("K1-k",)


def test_other_cases_have_no_room(course: Course) -> None:
    ticket = {"subject": "x", "class": "integrity", "description": "x", "severity": "normal"}
    page = course.browser(course.rina).post(f"/perjanjian/{course.agreement}/kasus/baru/support/", ticket)
    assert course.browser(course.rina).get(f"{page.headers['Location']}hadir/").status_code == 404
