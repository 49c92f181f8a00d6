"""An agency in which Rina and Sari hold keys with a second factor, and the clerk Budi prepares documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.fakes.documents import agreement
from tests.fixtures_instance import PASSPHRASE, Walk, bare_instance, identity_value, instance, office, walk

from absah.adapters import totp
from absah.adapters.isolation.pool import IsolatedPool
from absah.enrolment.applicant import EmailAddress
from absah.enrolment.consent_text import consent_text
from absah.enrolment.mandate import Mandate, MandateKind
from absah.enrolment.naming import PersonName
from absah.kernel.clock import FixedClock, SystemClock, legal_date
from absah.kernel.people import Nik
from absah.signing.factors import Factors, Secret
from absah.workflow.dossier import Dossier, Subject, Way
from absah.workflow.parts import Part, Spot
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.actors import Account, Operator
from absah_site.dossiers.actions import preparing
from absah_site.dossiers.actions.preparing import Upload, WantedSeat
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access import subscriber_of
from absah_site.roles import Role

__all__ = ["bare_instance", "instance", "office", "walk"]


PLAIN = Way()


@dataclass
class Signatory:
    """Somebody who holds a key, with the authenticator app."""

    account: Account
    secret: str
    clock: FixedClock

    def factors(self, passphrase: str = PASSPHRASE) -> Factors:
        """The passphrase and the next unused code."""
        return Factors(passphrase=Secret(passphrase), totp=self.code())

    def code(self) -> str:
        """A code works once: time goes on."""
        self.clock.advance(timedelta(seconds=60))
        return totp.code_at(totp.read_base32(self.secret), self.clock.now())


def _enrolled(walk: Walk, username: str, name: PersonName, nik: str, born: date, post: str) -> Signatory:
    walk.entered(nik=Nik(nik), name=name, email=EmailAddress(f"{username}@sagarabiru.example"), post=post)
    text = consent_text()
    identity = identity_value(nik=Nik(nik), born=born)
    enrolment.complete_identity(walk.invited(), identity, consent_version=text.version, consent_digest=text.digest)
    enrolment.verify_request(walk.request, by=walk.office.verifying)
    enrolment.approve_request(walk.request, by=walk.office.ra)
    sign_in = enrolment.SignIn(username=username, password="berangkat sebelum hujan")
    made = enrolment.activate(walk.invited(), walk.form(sign_in=sign_in, with_totp=True))
    who = account(made.account, now=walk.instance.clock.now())
    assert made.totp_secret is not None
    return Signatory(account=who, secret=made.totp_secret, clock=walk.instance.clock)


@pytest.fixture(scope="session")
def isolated():
    """Workers are slow to start: one pool for all tests."""
    pool = IsolatedPool(1, SystemClock(), warm=("absah.adapters.document_pages", "absah.adapters.pdf_evidence"))
    yield pool
    pool.close()


@pytest.fixture(autouse=True)
def _stores(isolated: IsolatedPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "isolated", lambda: isolated)
    composition.sealed_documents.cache_clear()
    composition._page_shelf_in.cache_clear()


@dataclass
class Bureau:
    """The people, and the steps that most tests begin with."""

    budi: Account
    rina: Signatory
    sari: Signatory
    walk: Walk

    def drafted(self, *, document: bytes | None = None, way: Way = PLAIN, **about) -> Dossier:
        subject = Subject(**({"title": "Undangan rapat", "number": "005/771"} | about))
        return preparing.create(Upload(content=document or agreement()), subject, way, by=self.budi)

    def mandated(self, who: Signatory, **changed) -> UUID:
        """Let somebody sign on behalf of the mayor."""
        today = legal_date(self.walk.instance.clock.now())
        facts = {"kind": MandateKind.ON_BEHALF, "post": "Wali Kota", "decree": "SK 100/2026", "since": today}
        subscriber = subscriber_of(who.account.public_id).id
        return enrolment.give_mandate(subscriber, Mandate(**(facts | changed)), by=Operator(name="test"))

    def sent(
        self, *parts: tuple[Signatory, Part, int], way: Way = PLAIN, may_forward: bool = False, **about
    ) -> Dossier:
        """Drafted, seated, placed one above the other, and sent. `document`: another than the usual one."""
        dossier = self.drafted(way=way, **about)
        wanted = tuple(
            WantedSeat(account=who.account.public_id, part=part, turn=turn, may_forward=may_forward)
            for who, part, turn in parts
        )
        preparing.seat_people(dossier.id, wanted, by=self.budi)
        spots = {
            number: Spot(page=2, x=60, y=100.0 * number, width=190, height=70) for number in range(1, len(wanted) + 1)
        }
        preparing.place(dossier.id, spots, keep=False, by=self.budi)
        return preparing.send(dossier.id, by=self.budi)


@pytest.fixture
def bureau(walk: Walk) -> Bureau:
    rina = _enrolled(
        walk, "rina", PersonName(full="Rina Ayu Lestari"), "9999014107900001", date(1990, 7, 1), "Kepala Dinas"
    )
    sari = _enrolled(walk, "sari", PersonName(full="Sari Dewi"), "9999015506850002", date(1985, 6, 15), "Sekretaris")
    budi = walk.instance.officer("budi", Role.AGENCY_ADMIN, agency=str(walk.office.agency))
    return Bureau(budi=budi, rina=rina, sari=sari, walk=walk)


@pytest.fixture
def browser() -> Callable[..., object]:
    """A browser, signed in as somebody."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    def made(who: Account | None = None, language: str = "en") -> Client:
        client = Client()
        client.cookies["bahasa"] = language
        if who is not None:
            client.force_login(get_user_model().objects.get(public_id=who.public_id))
        return client

    return made
