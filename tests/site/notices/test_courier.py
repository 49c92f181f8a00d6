"""Mail leaves, is tried again, is given up: against a real mail server on this machine."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from tests.fixtures_mail import Postbox

from absah.audit.tags import NoticeTag
from absah.kernel.clock import FixedClock
from absah.kernel.dates import moment_word
from absah.kernel.messages import Language
from absah.notices import kinds as catalogue
from absah.notices.schedule import WAITS
from absah_site import composition
from absah_site.accounts import actions as accounts
from absah_site.actors import Account, Operator
from absah_site.audit import access as ledger
from absah_site.mail_settings import MailTable, MailWay
from absah_site.notices import access, actions
from absah_site.notices.access import PersonalWishes

WORDS = {"title": "Undangan", "subject": "Undangan", "body": "Silakan buka:"}
PRIVATE = catalogue.parse_kind("tests.invited", {"mail": "always", "private": True, "id": WORDS, "en": WORDS})
CHOSEN = catalogue.parse_kind("tests.chosen", {"mail": "chosen", "id": WORDS, "en": WORDS})
GATHERED = catalogue.parse_kind("tests.gathered", {"mail": "chosen", "gathered": True, "id": WORDS, "en": WORDS})


@pytest.fixture(autouse=True)
def _still_clock(clock: FixedClock, rng, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "clock", lambda: clock)
    monkeypatch.setattr(composition, "rng", lambda: rng)


@pytest.fixture
def _two_kinds_more(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**catalogue.kinds()} | {kind.name: kind for kind in (PRIVATE, CHOSEN, GATHERED)}
    for module in ("absah.notices.kinds", "absah_site.notices.store", "absah_site.notices.actions.telling"):
        monkeypatch.setattr(f"{module}.kinds", lambda: more)


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng, db: None) -> Account:
    new = accounts.NewAccount(
        username="ratna",
        password="kucing-biru-terbang",
        display_name="Ratna Widyaningsih",
        email="ratna@sagarabiru.example",
    )
    return accounts.create_user(new, by=operator, clock=clock, rng=rng)


def tell(person: Account, clock: FixedClock, kind: str = "accounts.password-changed", **more) -> bool:
    parameters = {"moment": moment_word(clock.now())} if kind.startswith("accounts.") else {}
    with transaction.atomic():
        return actions.notify(kind, to=person.reference, at=clock.now(), parameters=parameters, **more)


@pytest.mark.loopback
def test_a_notice_reaches_the_mail_server_once(ratna: Account, clock: FixedClock, postbox: Postbox) -> None:
    tell(ratna, clock, link="/keamanan/")
    assert (actions.deliver_due(), actions.deliver_due()) == (1, 0)
    [received] = postbox.received
    assert received["To"] == "ratna@sagarabiru.example"
    assert received["Subject"] == "[UJI COBA] Kata sandi Anda diganti"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"].endswith("@testserver>")
    text = received.get_content()
    assert "Yth. Ratna Widyaningsih," in text
    assert "20 November 2026 14.03 WIB" in text
    assert "http://testserver/keamanan/" in text
    assert access.backlog() == access.Backlog(waiting=0, oldest=None, dead=0)


@pytest.mark.loopback
def test_a_mail_that_was_refused_for_now_is_tried_again_and_then_given_up(
    ratna: Account, clock: FixedClock, postbox: Postbox
) -> None:
    tell(ratna, clock)
    postbox.refusal = "451 later"
    assert actions.deliver_due() == 0
    clock.advance(WAITS[0] - timedelta(seconds=1))
    postbox.refusal = ""
    assert actions.deliver_due() == 0
    clock.advance(timedelta(seconds=1))
    postbox.refusal = "451 later"
    for wait in (*WAITS[1:], timedelta(0)):
        assert actions.deliver_due() == 0
        clock.advance(wait)
    assert access.backlog().dead == 1
    [row] = [entry for _, entry in ledger.latest_entries() if entry.tag is NoticeTag.DELIVERY_ABANDONED]
    assert dict(row.facts) == {"attempts": len(WAITS) + 1, "error": "smtp-451"}
    postbox.refusal = ""
    assert actions.revive_dead(by=Operator(name="test"), at=clock.now()) == 1
    assert actions.deliver_due() == 1


@pytest.mark.loopback
def test_an_address_that_does_not_exist_is_given_up_at_once(
    ratna: Account, clock: FixedClock, postbox: Postbox
) -> None:
    tell(ratna, clock)
    postbox.refusal = "550 nobody here"
    assert actions.deliver_due() == 0
    assert access.backlog().dead == 1


@pytest.mark.loopback
def test_a_server_that_is_away_costs_nothing_but_time(
    ratna: Account, clock: FixedClock, postbox: Postbox, settings
) -> None:
    tell(ratna, clock)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert actions.deliver_due() == 0
    settings.EMAIL_PORT = there
    clock.advance(WAITS[0])
    assert actions.deliver_due() == 1


def test_a_courier_that_died_with_a_mail_in_hand_lets_go_of_it(
    ratna: Account, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(ratna, clock)
    with monkeypatch.context() as dying:
        dying.setattr("absah_site.notices.actions.courier._carry", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            actions.deliver_due()
    assert actions.deliver_due() == 0  # it may still be on its way
    clock.advance(timedelta(minutes=10))
    assert actions.deliver_due() == 1
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("_two_kinds_more")
def test_what_opens_something_is_forgotten_once_it_is_sent_and_no_page_shows_it(
    ratna: Account, clock: FixedClock
) -> None:
    tell(ratna, clock, PRIVATE.name, link="/undangan/sekali-pakai/")
    assert access.inbox(ratna.reference) == ((), False)
    actions.deliver_due()
    assert "http://testserver/undangan/sekali-pakai/" in mail.outbox[0].body
    from absah_site.notices.models import Notice

    assert bytes(Notice.objects.get().content) == b""


@pytest.mark.usefixtures("_two_kinds_more")
def test_what_comes_by_the_hundred_is_mailed_at_once_and_then_together(ratna: Account, clock: FixedClock) -> None:
    tell(ratna, clock, GATHERED.name, link="/satu/")
    assert actions.deliver_due() == 1
    for number in range(60):  # more than a courier takes in hand at once
        clock.advance(timedelta(seconds=1))
        tell(ratna, clock, GATHERED.name, link=f"/naskah/{number}/", occasion=f"turn:{number}")
    tell(ratna, clock)
    assert actions.deliver_due() == 1  # what is not gathered does not wait
    with transaction.atomic():
        actions.settle((GATHERED.name,), to=ratna.reference, occasion="turn:7", at=clock.now())
    clock.advance(timedelta(hours=4))
    assert (actions.deliver_due(), actions.deliver_due()) == (1, 0)
    together = mail.outbox[-1]
    assert together.subject == "[UJI COBA] Undangan (59)"
    assert "http://testserver/naskah/59/" in together.body
    assert "/naskah/7/" not in together.body
    assert access.unread(ratna.reference) == 61  # the page shows each, but the one that is over
    clock.advance(timedelta(hours=4))
    tell(ratna, clock, GATHERED.name)
    assert actions.deliver_due() == 1


@pytest.mark.loopback
@pytest.mark.usefixtures("_two_kinds_more")
def test_a_mail_of_many_that_was_refused_is_tried_again_whole(
    ratna: Account, clock: FixedClock, postbox: Postbox
) -> None:
    for number in range(3):
        tell(ratna, clock, GATHERED.name, link=f"/naskah/{number}/")
    postbox.refusal = "451 later"
    assert actions.deliver_due() == 0
    postbox.refusal = ""
    clock.advance(WAITS[0])
    assert actions.deliver_due() == 1
    [received] = postbox.received
    assert received["Subject"] == "[UJI COBA] Undangan (3)"


@pytest.mark.usefixtures("_two_kinds_more")
def test_a_person_does_without_a_mail_and_reads_the_others_in_english(ratna: Account, clock: FixedClock) -> None:
    wished = PersonalWishes(
        language=Language.ENGLISH, without=frozenset({CHOSEN.name, "accounts.password-changed", "no.such"})
    )
    actions.keep_wishes(wished, by=ratna, at=clock.now())
    assert access.wishes(ratna.reference).without == {CHOSEN.name}
    tell(ratna, clock, CHOSEN.name)
    tell(ratna, clock)
    assert actions.deliver_due() == 1
    assert "Your password was changed" in mail.outbox[0].subject
    assert access.unread(ratna.reference) == 2


def test_an_occasion_is_told_once(ratna: Account, clock: FixedClock) -> None:
    told = [tell(ratna, clock, occasion="certificate:1A:30") for _ in range(2)]
    assert told == [True, False]
    assert access.unread(ratna.reference) == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_is_told(ratna: Account, clock: FixedClock) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.notify("accounts.password-changed", to=ratna.reference, at=clock.now())
    tell_and_undo = transaction.atomic()
    tell_and_undo.__enter__()
    tell(ratna, clock)
    tell_and_undo.__exit__(RuntimeError, RuntimeError(), None)
    assert access.unread(ratna.reference) == 0


def test_nothing_leaves_while_no_server_is_set(ratna: Account, clock: FixedClock, settings) -> None:
    from dataclasses import replace

    settings.CONFIG = replace(settings.CONFIG, mail=MailTable(way=MailWay.WAIT))
    tell(ratna, clock)
    assert actions.deliver_due() == 0
    assert access.backlog().waiting == 1


def test_who_has_no_address_is_told_on_the_page_alone(operator: Operator, clock: FixedClock, rng, db: None) -> None:
    new = accounts.NewAccount(username="budi", password="kucing-biru-terbang", display_name="Budi")
    budi = accounts.create_user(new, by=operator, clock=clock, rng=rng)
    tell(budi, clock)
    assert actions.deliver_due() == 0
    assert access.backlog() == access.Backlog(waiting=0, oldest=None, dead=0)
    assert access.unread(budi.reference) == 1


def test_old_notices_are_forgotten(ratna: Account, clock: FixedClock) -> None:
    tell(ratna, clock)
    clock.advance(timedelta(days=399))
    assert actions.forget_old() == 0
    clock.advance(timedelta(days=2))
    assert actions.forget_old() == 1
    assert access.unread(ratna.reference) == 0
