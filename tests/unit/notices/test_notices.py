"""Kinds, words and waiting times."""

from datetime import UTC, date, datetime, timedelta

import pytest

from absah.kernel.clock import instant
from absah.kernel.dates import day_word, moment_word
from absah.kernel.messages import Language
from absah.notices.content import Content, NoticeNotFit
from absah.notices.kinds import MailRule, NoticeKindUnknown, kind_named, kinds, parse_kind
from absah.notices.mail import Sender, letter, letter_of_many
from absah.notices.schedule import WAITS, gathered_until, next_attempt

NOW = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
WORDS = {"title": "Hal", "subject": "Hal {thing}", "body": "Isi {thing}"}
KIND = parse_kind("tests.something", {"mail": "chosen", "id": WORDS, "en": WORDS})


def test_every_kind_can_be_told_in_both_languages() -> None:
    for kind in kinds().values():
        content = Content.of(kind, dict.fromkeys(kind.parameters, "x"), "/halaman/")
        for language in Language:
            told = content.said(language)
            assert told.subject
            assert "{" not in told.subject + told.body


def test_a_kind_is_found_by_its_name_alone() -> None:
    assert kind_named("accounts.new-device").mail is MailRule.ALWAYS
    assert kind_named("accounts.new-device").area == "accounts"
    with pytest.raises(NoticeKindUnknown):
        kind_named("accounts.nothing")


@pytest.mark.parametrize(("name", "other"), [("Tests", WORDS), ("tests.something", WORDS | {"body": "Isi {another}"})])
def test_a_badly_written_kind_is_refused(name: str, other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"kind is named|different parameters"):
        parse_kind(name, {"mail": "chosen", "id": WORDS, "en": other})


def test_a_day_is_said_in_the_language_of_the_reader() -> None:
    content = Content.load(KIND, Content.of(KIND, {"thing": moment_word(NOW)}).dump())
    assert content.said(Language.INDONESIAN).subject == "Hal 20 November 2026 14.03 WIB"
    assert Content.of(KIND, {"thing": day_word(date(2027, 5, 7))}).said(Language.ENGLISH).body == "Isi 7 May 2027"


def test_a_value_stays_on_its_line_and_content_survives_keeping() -> None:
    content = Content.of(KIND, {"thing": "satu\r\nBcc: orang@contoh.go.id"}, "/surat/?nomor=1")
    assert content.said(Language.INDONESIAN).subject == "Hal satu Bcc: orang@contoh.go.id"
    assert Content.load(KIND, content.dump()) == content


@pytest.mark.parametrize("link", ["https://contoh.go.id/", "//contoh.go.id/", "/a b", "/nik/9999010101900001/"])
def test_a_notice_leads_to_a_page_of_this_site(link: str) -> None:
    with pytest.raises(NoticeNotFit):
        Content.of(KIND, {"thing": "x"}, link)


def test_a_notice_carries_no_personal_number_and_exactly_its_parameters() -> None:
    with pytest.raises(NoticeNotFit):
        Content.of(KIND, {"thing": "NIK 9999010101900001"})
    with pytest.raises(ValueError, match="takes"):
        Content.of(KIND, {})


def test_a_mail_says_who_writes_and_when_it_is_a_trial() -> None:
    content = Content.of(KIND, {"thing": "x"}, "/surat/")
    trial = letter(content, Sender(name="Kota", base_url="https://a.go.id", trial=True), Language.INDONESIAN, name="B")
    assert trial.subject == "[UJI COBA] Hal x"
    assert "Yth. B," in trial.text
    assert "https://a.go.id/surat/" in trial.text
    earnest = letter(content, Sender(name="Kota", base_url="https://a.go.id", trial=False), Language.ENGLISH, name="")
    assert earnest.subject == "Hal x"
    assert earnest.text.startswith("Isi x")
    assert "trial" not in earnest.text.lower()


def test_several_notices_of_a_kind_make_one_mail_in_their_order() -> None:
    contents = tuple(Content.of(KIND, {"thing": thing}, f"/naskah/{thing}/") for thing in ("satu", "dua"))
    sender = Sender(name="Kota", base_url="https://a.go.id", trial=False)
    mail = letter_of_many(contents, sender, Language.ENGLISH, name="B")
    assert mail.subject == "Hal (2)"
    assert mail.text.index("https://a.go.id/naskah/satu/") < mail.text.index("https://a.go.id/naskah/dua/")
    assert "- Hal dua" in mail.text


def test_the_first_of_many_is_mailed_at_once_and_the_others_together() -> None:
    assert gathered_until(None, None, now=NOW) == NOW
    assert gathered_until(instant(NOW - timedelta(hours=1)), None, now=NOW) == NOW + timedelta(hours=3)
    assert gathered_until(instant(NOW - timedelta(hours=4)), None, now=NOW) == NOW
    later = instant(NOW + timedelta(minutes=9))
    assert gathered_until(instant(NOW - timedelta(hours=1)), later, now=NOW) == later
    assert gathered_until(None, instant(NOW - timedelta(minutes=1)), now=NOW) == NOW


@pytest.mark.parametrize("more", [{"private": True}, {"mail": "always"}])
def test_what_is_private_or_always_mailed_is_not_gathered(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="told by itself"):
        parse_kind("tests.many", {"mail": "chosen", "gathered": True, "id": WORDS, "en": WORDS} | more)


def test_a_failed_delivery_waits_longer_each_time_and_ends() -> None:
    moments = [next_attempt(attempts, now=NOW) for attempts in range(1, len(WAITS) + 2)]
    assert moments[0] == NOW + timedelta(minutes=1)
    assert moments[-1] is None
    assert list(WAITS) == sorted(WAITS)
