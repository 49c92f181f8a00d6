"""The person alone: the lesson, the passphrase, the key, and the agreement that it signs first."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.fixtures_instance import NIK, PASSPHRASE, PASSWORD, Instance, Walk
from tests.site.registration.conftest import browser, newest_link, told

from absah.adapters.signer import wire
from absah.adapters.totp import code_at, read_base32
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.audit.access import latest_entries
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.models import EnrolmentRequest
from absah_site.pki.models import Certificate
from absah_site.signing.models import SigningRecord
from absah_site.validation.access import report_on

RIGHT = {"passphrase": "nobody", "lost": "at-once", "meaning": "same"}


@pytest.fixture
def person(walk: Walk) -> Client:
    """Somebody whose request was approved and who has opened the link."""
    walk.approved()
    enrolment.invite(walk.request, by=walk.office.ra)
    client = browser()
    assert client.get(newest_link("activation-link"))["Location"] == "/undangan/pelajaran/"
    return client


def form(**changes) -> dict:
    return {
        "username": "rina",
        "password": PASSWORD,
        "passphrase": PASSPHRASE,
        "again": PASSPHRASE,
        "with_totp": "on",
        "agree": "on",
    } | changes


def lesson(person: Client) -> None:
    assert person.post("/undangan/pelajaran/", RIGHT)["Location"] == "/undangan/aktivasi/"


def test_no_key_before_the_lesson_and_a_wrong_answer_is_explained(person: Client) -> None:
    assert person.get("/undangan/aktivasi/")["Location"] == "/undangan/pelajaran/"
    wrong = person.post("/undangan/pelajaran/", RIGHT | {"passphrase": "helpdesk"})
    assert wrong.status_code == 400
    assert "Only you type your passphrase" in wrong.content.decode()
    assert person.get("/undangan/aktivasi/")["Location"] == "/undangan/pelajaran/"
    lesson(person)
    assert person.get("/undangan/aktivasi/").status_code == 200
    assert EnrolmentRequest.objects.get().lesson == "1"


def test_a_key_is_made_the_agreement_signed_with_it_first_and_the_secret_of_the_app_shown_once(
    person: Client, instance: Instance
) -> None:
    lesson(person)
    done = person.post("/undangan/aktivasi/", form())
    page = done.content.decode()
    assert done.status_code == 200
    secret = re.search(r'<p class="mono">([A-Z2-7 ]{39})</p>', page)
    ticket = re.search(r'name="ticket" value="([0-9a-f]+)"', page)
    assert secret is not None
    assert ticket is not None
    assert "<svg" in page
    request = EnrolmentRequest.objects.get()
    assert request.state == "activated"
    first = SigningRecord.objects.get()
    assert (first.application, first.output_sha256) == ("aktivasi", request.agreement)
    agreement = composition.documents().read(request.agreement)
    report = report_on(agreement, password=None, now=instance.clock.now())
    assert [one.signer.name for one in report.signatures if one.signer] == ["Rina Ayu Lestari"]
    assert "enrolment:agreement:signed" in {entry.tag.value for _, entry in latest_entries(limit=5)}
    told_of = told("activated")
    assert told_of[-1][0].startswith("user:")
    confirm_the_app(ticket[1], secret[1].replace(" ", ""), instance)
    everything = repr(told()) + repr(latest_entries(limit=1000))
    for hidden in (NIK, PASSPHRASE, secret[1].replace(" ", "")):
        assert hidden not in everything
    assert browser().get(newest_link("activation-link")).status_code == 409


def confirm_the_app(ticket: str, secret: str, instance: Instance) -> None:
    """A wrong code gets the same picture again; the right one is used up; a ticket is ours, and does not last."""
    right = code_at(read_base32(secret), instance.clock.now())
    wrong = browser().post("/undangan/aplikasi/", {"ticket": ticket, "code": f"{(int(right) + 1) % 10**6:06}"})
    assert wrong.status_code == 403
    assert "<svg" in wrong.content.decode()
    assert browser().post("/undangan/aplikasi/", {"ticket": ticket, "code": ""}).status_code == 400
    assert browser().post("/undangan/aplikasi/", {"ticket": "ab" * 40, "code": right}).status_code == 409
    assert browser().post("/undangan/aplikasi/", {"ticket": ticket, "code": right})["Location"] == "/sertifikat-saya/"
    assert browser().post("/undangan/aplikasi/", {"ticket": ticket, "code": right}).status_code == 403
    holder = browser(account_named("rina", now=instance.clock.now()))
    again = holder.post("/kunci-saya/aplikasi/", {"passphrase": PASSPHRASE})
    assert again.status_code == 409
    instance.clock.advance(timedelta(minutes=16))
    assert browser().post("/undangan/aplikasi/", {"ticket": ticket, "code": right}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"again": "yang lain sama sekali"}, "id_again_error"),
        ({"password": PASSPHRASE}, "id_passphrase_error"),
        ({"agree": ""}, "err"),
    ],
)
def test_a_form_that_is_not_whole_makes_no_key(person: Client, changes: dict, field: str) -> None:
    lesson(person)
    answer = person.post("/undangan/aktivasi/", form(**changes))
    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert PASSPHRASE not in answer.content.decode()
    assert Certificate.objects.filter(profile="individual-signer").count() == 0


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [("pendek", "12"), ("rinaayulestari1990", ""), ("123456789012345", ""), ("password1234", "")],
)
def test_a_weak_passphrase_is_refused_with_its_cause_and_the_link_stays_good(
    person: Client, passphrase: str, words: str
) -> None:
    lesson(person)
    answer = person.post("/undangan/aktivasi/", form(passphrase=passphrase, again=passphrase))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert passphrase not in answer.content.decode()
    assert person.post("/undangan/aktivasi/", form()).status_code == 200


def test_a_second_press_finds_the_link_used_and_makes_nothing(person: Client) -> None:
    lesson(person)
    cookies = person.cookies["undangan"].value
    assert person.post("/undangan/aktivasi/", form()).status_code == 200
    person.cookies["undangan"] = cookies
    assert person.post("/undangan/aktivasi/", form()).status_code == 409
    assert Certificate.objects.filter(profile="individual-signer").count() == 1


def test_when_the_signer_is_away_nothing_lasts_and_the_link_works_again(person: Client, instance: Instance) -> None:
    lesson(person)
    instance.signer.away = wire.CreateKey
    answer = person.post("/undangan/aktivasi/", form())
    assert answer.status_code == 503
    assert Certificate.objects.filter(profile="individual-signer").count() == 0
    instance.signer.away = None
    assert person.post("/undangan/aktivasi/", form()).status_code == 200


def test_when_the_agreement_cannot_be_signed_the_key_is_there_and_the_page_says_so(
    person: Client, instance: Instance
) -> None:
    lesson(person)
    instance.signer.away = wire.SignAtOnce
    page = person.post("/undangan/aktivasi/", form()).content.decode()
    assert "The agreement is not signed yet." in page
    assert EnrolmentRequest.objects.get().state == "activated"
    assert EnrolmentRequest.objects.get().agreement == ""
