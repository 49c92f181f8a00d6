"""A list is looked at, then entered by the worker; what is wrong is named and holds up no other."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures_instance import Instance, Office, agency_value
from tests.site.registration.conftest import browser, told

from absah.enrolment.identity_checks import Matter
from absah.enrolment.people_list import COLUMNS
from absah_site.actors import Operator
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import dossiers
from absah_site.enrolment.access.dossiers import EvidenceKind
from absah_site.enrolment.models import EnrolmentRequest, ImportRow, PeopleImport, Subscriber
from absah_site.jobs.actions import run_due
from absah_site.privacy.actions.erasing import erase_what_is_over
from absah_site.roles import Role

HEAD = "nama;nik;unit;jabatan;surel;status\n"
UNIT = "Sekretariat Daerah"


def line(number: int, **changes: str) -> str:
    values = {
        "nama": "Orang Ke",
        "nik": f"99990141079{number:05d}",
        "unit": UNIT,
        "jabatan": "Staf",
        "surel": f"orang{number}@sagarabiru.example",
        "status": "non-asn",
    } | changes
    return ";".join(values.values()) + "\n"


def upload(office: Office, text: str):
    people = SimpleUploadedFile("daftar.csv", text.encode(), "text/csv")
    return browser(office.entering).post("/pendaftaran/daftar/", {"agency": str(office.agency), "rows": people})


def test_a_list_is_entered_but_for_the_rows_that_are_not_right(office: Office) -> None:
    text = HEAD + line(1) + line(2, nik="12") + line(3) + line(1) + line(4, unit="Dinas Khayal") + line(5, surel="x")
    answer = upload(office, text)
    assert answer.status_code == 302
    client = browser(office.entering)
    page = client.get(answer["Location"]).content.decode()
    assert "2 people can be entered" in page
    assert "4 rows are not right" in page
    assert "already, in row 2" in page
    assert Subscriber.objects.count() == 0
    assert "99990141" not in page
    assert b"99990141" not in b"".join(bytes(row.sealed) for row in ImportRow.objects.exclude(sealed=None))

    assert client.post(answer["Location"] + "mulai/").status_code == 302
    assert client.post(answer["Location"] + "mulai/").status_code == 409
    assert "0 of 2 done" in client.get(answer["Location"]).content.decode()
    assert client.get(answer["Location"])["Refresh"] == "3"
    assert run_due() == 1
    assert "2 people were entered" in client.get(answer["Location"]).content.decode()
    assert EnrolmentRequest.objects.filter(state="entered").count() == 2
    assert len(told("identity-link")) == 2
    assert ImportRow.objects.exclude(sealed=None).count() == 0
    assert PeopleImport.objects.get().state == "done"
    assert run_due() == 0


def test_who_was_entered_meanwhile_is_refused_with_words_and_the_others_go_on(office: Office) -> None:
    answer = upload(office, HEAD + line(1) + line(2))
    other = upload(office, HEAD + line(1, nama="Orang Lain"))
    client = browser(office.entering)
    for found in (other, answer):
        client.post(found["Location"] + "mulai/")
        run_due()
    page = client.get(answer["Location"]).content.decode()
    assert "One person was entered" in page
    assert "open request" in page
    assert "already" in client.get(upload(office, HEAD + line(1))["Location"]).content.decode()


def test_a_worker_that_dies_leaves_whole_rows_and_the_next_goes_on(office: Office, monkeypatch) -> None:
    answer = upload(office, HEAD + "".join(map(line, range(1, 61))))
    browser(office.entering).post(answer["Location"] + "mulai/")
    from absah_site.enrolment.actions import imports
    from absah_site.jobs.models import Job

    entered = imports._enter

    def die_at_55(identifier, row, place, **named) -> None:
        if row.number == 55:
            raise KeyboardInterrupt
        entered(identifier, row, place, **named)

    monkeypatch.setattr(imports, "_enter", die_at_55)
    with pytest.raises(KeyboardInterrupt):
        run_due()
    assert ImportRow.objects.filter(state="entered").count() == EnrolmentRequest.objects.count() == 50
    monkeypatch.setattr(imports, "_enter", entered)
    Job.objects.update(state="waiting", lease=None, leased_until=None)
    assert run_due() == 1
    assert EnrolmentRequest.objects.count() == 60


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("nama;nik\nRina;1\n", "lacks the column"),
        (HEAD + "=1+1;;;;;\n", "A2"),
        (HEAD + "a\n" * 10_001, "10000"),
        ('nama;"nik\n', "neither"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_cause(office: Office, text: str, word: str) -> None:
    answer = upload(office, text)
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert PeopleImport.objects.count() == 0


def test_another_agency_sees_no_list_and_the_empty_one_has_every_column(office: Office, instance: Instance) -> None:
    answer = upload(office, HEAD + line(1))
    other = enrolment.register_agency(agency_value(code="lain"), by=Operator(name="test")).id
    stranger = instance.officer("asing", Role.VERIFIKATOR, agency=str(other))
    assert browser(stranger).get(answer["Location"]).status_code == 404
    assert browser(stranger).post(answer["Location"] + "mulai/").status_code == 404
    example = browser(stranger).get("/pendaftaran/daftar/contoh.csv").content.decode("utf-8-sig")
    assert example.strip().split(",") == list(COLUMNS)


def test_a_list_that_nobody_enters_is_emptied_after_a_week(instance: Instance, office: Office) -> None:
    address = upload(office, HEAD + line(1) + line(2)).headers["Location"]
    instance.clock.advance(timedelta(days=6))
    erase_what_is_over()
    assert ImportRow.objects.exclude(sealed=None).count() == 2
    instance.clock.advance(timedelta(days=2))
    assert "enrolment.lists 2" in erase_what_is_over()
    assert ImportRow.objects.exclude(sealed=None).count() == 0
    page = browser(office.entering).get(address).content.decode()
    assert "more than a week ago" in page
    assert browser(office.entering).post(address + "mulai/").status_code == 409


LETTER = b"%PDF-1.7 a letter that recommends them all"


def bring(office: Office, address: str, content: bytes = LETTER):
    file = SimpleUploadedFile("surat.pdf", content, "application/pdf")
    return browser(office.entering).post(address + "surat/", {"letter": file}, follow=True)


def entered(office: Office, address: str) -> list[EnrolmentRequest]:
    browser(office.entering).post(address + "mulai/")
    run_due()
    return list(EnrolmentRequest.objects.order_by("entered_at", "pk"))


def test_one_letter_recommends_everybody_on_a_list(office: Office) -> None:
    address = upload(office, HEAD + line(1) + line(2))["Location"]
    listed = PeopleImport.objects.get()
    enrolment.attach_letter_to_list(listed.pk, LETTER, signed_by="Ratna Widyaningsih", by=office.entering)
    listed.refresh_from_db()
    assert LETTER not in bytes(listed.letter_sealed)
    for request in entered(office, address):
        found = dossiers.dossier_for(office.verifying, request.pk)
        assert found.letter is not None
        assert found.letter.signed_by == "Ratna Widyaningsih"
        assert Matter.LETTER not in {check.matter for check in found.open_checks}
        assert dossiers.file_for(office.verifying, request.pk, EvidenceKind.LETTER)[1] == LETTER
    assert "signed by Ratna Widyaningsih" in browser(office.entering).get(address).content.decode()


def test_a_letter_of_its_own_counts_before_that_of_the_list(office: Office) -> None:
    address = upload(office, HEAD + line(1) + line(2))["Location"]
    assert "no signature on it verifies" in bring(office, address).content.decode()
    first, second = entered(office, address)
    enrolment.attach_letter(first.pk, b"%PDF-1.7 another", signed_by="Budi", by=office.entering)
    letters = [dossiers.dossier_for(office.verifying, one.pk).letter for one in (first, second)]
    assert [one.signed_by for one in letters if one] == ["Budi", ""]


def test_a_letter_may_come_after_the_list_but_is_not_exchanged_under_it(office: Office) -> None:
    address = upload(office, HEAD + line(1))["Location"]
    assert "Choose the letter first" in bring(office, address, b"").content.decode()
    assert "PDF" in bring(office, address, b"no letter").content.decode()
    (request,) = entered(office, address)
    assert dossiers.dossier_for(office.verifying, request.pk).letter is None
    bring(office, address)
    assert dossiers.dossier_for(office.verifying, request.pk).letter is not None
    bring(office, address, b"%PDF-1.7 another")
    assert dossiers.file_for(office.verifying, request.pk, EvidenceKind.LETTER)[1] == LETTER
    stranger = browser(office.ra).post(address + "surat/", {"letter": SimpleUploadedFile("s.pdf", LETTER)})
    assert stranger.status_code in {403, 404}
