"""What happens in the demo: an agency joins, two officials get certificates, both sign the agreement at their anchors.

Every step is the action that a page or an operator would call; nothing is put into a table from the side. All people
are fictional and their NIK begin with 9999, a region that does not exist.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from absah.adapters.sealing import wiped_after
from absah.adapters.totp import STEP_SECONDS, code_at, read_base32
from absah.cli.terminal import Terminal
from absah.enrolment.agency import Agency, CooperationAgreement
from absah.enrolment.applicant import Applicant, EmailAddress, Identity, PhoneNumber
from absah.enrolment.consent_text import CURRENT_VERSION, consent_text
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.kernel.clock import instant, legal_date
from absah.kernel.rng import Rng
from absah.signing.factors import Secret
from absah_site import composition
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account
from absah_site.applications.access import Reach, Scope
from absah_site.applications.actions import NewApplication, register_application
from absah_site.cli.demo_agreement import draft_agreement, present_document, sign
from absah_site.cli.demo_applicants import Desk, bring_applicants
from absah_site.cli.demo_documents import send_documents_round
from absah_site.cli.demo_people import ASSISTANT, FIRST, OFFICERS, OPERATOR, SECOND, Official
from absah_site.config import Config
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions import ActivatedCredential, ActivationForm, AppTicket, SignIn
from absah_site.guide.access import forged
from absah_site.roles import Role
from absah_site.seals.actions import make_seal
from absah_site.signing.actions import complete_document


@dataclass(slots=True)
class Mailbox:
    """A courier that keeps what it should deliver: the demo's people read it here instead of their mail."""

    last: InvitationToken | None = field(default=None, repr=False)

    def deliver(self, _purpose: Purpose, token: InvitationToken, /) -> None:
        self.last = token

    def take(self) -> InvitationToken:
        """The link that came."""
        if self.last is None:
            raise LookupError("no invitation arrived")
        token, self.last = self.last, None
        return token


def play(config: Config, terminal: Terminal, /) -> dict[str, Any]:
    """The whole story. Returns the credentials of everybody in it (design §4)."""
    rng = composition.rng()
    terminal.say("demo.agencies")
    agencies = join(legal_date(composition.clock().now()))
    terminal.say("demo.officers")
    users, officers = hire(agencies, rng)
    signers = []
    for official, agency in zip((FIRST, SECOND), agencies, strict=True):
        terminal.say("demo.enrolling", name=official.name.full)
        signers.append(enrol(official, agency, officers, rng))
        users.append({"role": "signer", "username": official.username, "password": signers[-1].pop("password")})
    assistant = enrol(ASSISTANT, agencies[0], officers, rng)
    users.append({"role": "signer", "username": ASSISTANT.username, "password": assistant.pop("password")})
    desk = Desk(
        agency=agencies[0],
        entering=officers.second_verifikator,
        verifying=officers.verifikator,
        signer=signers[0],
        courier=(mailbox := Mailbox()),
    )
    bring_applicants(desk, mailbox.take)
    terminal.say("demo.typesetting")
    agreement = draft_agreement(config, agencies[0])
    folder = config.data
    (folder / "agreement-unsigned.pdf").write_bytes(present_document(agreement))
    for official, signer in zip((FIRST, SECOND), signers, strict=True):
        terminal.say("demo.signing", name=official.name.full, anchor=official.anchor)
        sign(agreement, official, signer)
    terminal.say("demo.archiving")
    signed = complete_document(present_document(agreement), by=OPERATOR).document
    (folder / "agreement-signed.pdf").write_bytes(signed)
    (folder / "agreement-tampered.pdf").write_bytes(forged(signed))
    esign = connect(agencies[0])
    seal = make_seal(agencies[0], "Naskah Dinas Sagara Biru", by=OPERATOR)
    send_documents_round(folder)
    return {
        "base_url": config.base_url,
        "esign": esign,
        "seal": {"idSubscriber": seal.number},
        "signers": signers,
        "assistants": [assistant],
        "users": users,
    }


def join(today: date, /) -> tuple[UUID, UUID]:
    """Both parties join under the agreement that they are about to renew."""
    terms = CooperationAgreement(
        number="112/HK.03/2025", since=today - timedelta(days=365), until=today + timedelta(days=3 * 365)
    )
    city = Agency(
        code="sagara-biru",
        name="Pemerintah Kota Sagara Biru",
        organisation_identifier="NTRID-9999000000000017",
        units=("Sekretariat Daerah", "Dinas Komunikasi dan Informatika"),
        city="Sagara Biru",
        province="Nusa Contoh",
        agreement=terms,
        domains=("sagarabiru.example",),
    )
    centre = Agency(
        code="balai-absah",
        name="Balai Sertifikasi Absah (Uji Coba)",
        organisation_identifier="NTRID-9999000000000025",
        units=("Balai Sertifikasi",),
        city="Kota Contoh",
        province="Nusa Contoh",
        agreement=terms,
    )
    return (
        enrolment.register_agency(city, by=OPERATOR).id,
        enrolment.register_agency(centre, by=OPERATOR).id,
    )


@dataclass(frozen=True, slots=True)
class Officers:
    """Who checks and decides: a verifikator of each agency, and one RA."""

    verifikator: Account
    second_verifikator: Account
    ra: Account


def hire(agencies: tuple[UUID, UUID], rng: Rng, /) -> tuple[list[dict[str, str]], Officers]:
    """Accounts for the officers, each with its own role, and the verifikator appointed by the operator."""
    people: dict[Role, Account] = {}
    users = []
    for role, (username, name) in OFFICERS.items():
        account, password = open_account(username, name, rng)
        people[role] = account
        users.append({"role": role.value, "username": username, "password": password})
        if role is Role.VERIFIKATOR:
            for agency in agencies:
                enrolment.appoint_verifikator(agency, account.public_id, by=OPERATOR)
        else:
            at = str(agencies[0]) if role in {Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER, Role.PRIVACY_OFFICER} else ""
            grant_role(account.public_id, role, by=OPERATOR, clock=composition.clock(), agency=at)
    # Four eyes: whoever enters an applicant does not check the same one, so a second verifikator enters.
    second, password = open_account("verifikator2", "Putu Ayu Larasati", rng)
    for agency in agencies:
        enrolment.appoint_verifikator(agency, second.public_id, by=OPERATOR)
    users.append({"role": Role.VERIFIKATOR.value, "username": "verifikator2", "password": password})
    # And nobody of the certification authority approves what he asked for.
    colleague, password = open_account("ca2", "Galih Prasetya", rng)
    grant_role(colleague.public_id, Role.CA, by=OPERATOR, clock=composition.clock())
    users.append({"role": Role.CA.value, "username": "ca2", "password": password})
    # The other party of the agreement has an officer, too: the role held everywhere is the certification body's.
    other, password = open_account("perjanjian2", "Made Ayu Pertiwi", rng)
    grant_role(other.public_id, Role.AGREEMENT_OFFICER, by=OPERATOR, clock=composition.clock())
    users.append({"role": Role.AGREEMENT_OFFICER.value, "username": "perjanjian2", "password": password})
    return users, Officers(reread(people[Role.VERIFIKATOR]), reread(second), reread(people[Role.RA]))


def open_account(username: str, name: str, rng: Rng, /) -> tuple[Account, str]:
    """An account with a password made on the spot."""
    password = made_secret(rng)
    new = NewAccount(username=username, password=password, display_name=name, email=f"{username}@sagarabiru.example")
    return create_user(new, by=OPERATOR, clock=composition.clock(), rng=rng), password


def reread(account: Account, /) -> Account:
    """The account with the roles it holds now."""
    from absah_site.accounts.access import account as find

    return find(account.public_id, now=composition.clock().now())


def enrol(official: Official, agency: UUID, officers: Officers, rng: Rng, /) -> dict[str, Any]:
    """Entered, invited, completed by the person, checked, approved, activated: the way everybody goes."""
    mailbox = Mailbox()
    applicant = Applicant(
        nik=official.nik,
        nip=official.nip,
        name=official.name,
        email=EmailAddress.parse(official.email),
        post=official.post,
        unit=official.unit,
        city="Sagara Biru",
        province="Nusa Contoh",
    )
    request = enrolment.enter_and_invite(applicant, agency=agency, by=officers.second_verifikator, courier=mailbox)
    consent = consent_text(CURRENT_VERSION)
    enrolment.complete_identity(
        mailbox.take(),
        Identity(nik=official.nik, born=official.born, phone=PhoneNumber.parse("0811-5550-199")),
        consent_version=consent.version,
        consent_digest=consent.digest,
    )
    enrolment.verify_request(request, by=officers.verifikator)
    enrolment.approve_request(request, by=officers.ra)
    enrolment.invite(request, by=officers.verifikator, courier=mailbox)
    passphrase, password = made_secret(rng), made_secret(rng)
    activated = enrolment.activate(
        mailbox.take(),
        ActivationForm(
            passphrase=Secret(passphrase),
            sign_in=SignIn(username=official.username, password=password),
            with_totp=True,
        ),
    )
    if activated.totp_secret is not None:
        show_first_code(activated)
    return {
        "nik": official.nik.digits,
        "email": official.email,
        "passphrase": passphrase,
        "totp_secret": activated.totp_secret,
        "tag": official.anchor,
        "password": password,
    }


def made_secret(rng: Rng, /) -> str:
    """A passphrase that nobody can guess and a person can type."""
    return "-".join(rng.token(2).hex() for _ in range(5))


def connect(agency: UUID, /) -> dict[str, str]:
    """A document system of the city speaks the eSign interface; its password is drawn like everybody's."""
    new = NewApplication(
        agency=agency,
        unit="Dinas Komunikasi dan Informatika",
        owner="",
        name="Naskah Dinas (contoh)",
        purpose="Surat keluar dan naskah dinas kota",
        username="naskah-dinas",
        scopes=frozenset(Scope),
        reach=Reach.EVERYBODY,  # the people of both parties sign in the demo
    )
    drawn = register_application(new, by=OPERATOR)
    return {"username": drawn.application.username, "password": drawn.password}


def show_first_code(activated: ActivatedCredential, /) -> None:
    """The app has read the secret: its code of half a minute ago, so that those from now on are still unused."""
    ticket = AppTicket.of(activated.credential, activated.number.reference, activated.totp_secret or "")
    before = instant(composition.clock().now() - timedelta(seconds=STEP_SECONDS))
    with wiped_after(read_base32(ticket.secret)) as secret:
        enrolment.confirm_app(ticket, code_at(secret, before))
