"""What happens in the demo: an agency joins, two officials get certificates, both sign the agreement at their anchors.

Every step is the action that a page or an operator would call; nothing is put into a table from the side. All people
are fictional and their NIK begin with 9999, a region that does not exist.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from absah.adapters.totp import code_at, read_base32
from absah.adapters.typst_press import press_agreement
from absah.agreements.agreement import Agreement, begin
from absah.agreements.drafting import draft_from_model
from absah.agreements.face import face_of
from absah.agreements.parties import ByOffice, Contact, DatedName, Parties, Party, Representative, Span
from absah.agreements.parties import Role as Side
from absah.cli.terminal import Terminal
from absah.enrolment.agency import Agency, CooperationAgreement
from absah.enrolment.applicant import Applicant, EmailAddress, Identity, PhoneNumber
from absah.enrolment.consent_text import CURRENT_VERSION, consent_text
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.naming import PersonName
from absah.kernel.clock import legal_date
from absah.kernel.people import Nik, Nip
from absah.kernel.rng import Rng
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account, Operator
from absah_site.config import Config
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions import ActivationForm, SignIn
from absah_site.roles import Role
from absah_site.signing.actions import SigningOrder, complete_document, sign_for_subscriber

OPERATOR = Operator(name="demo")
APPLICATION = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """Somebody who will sign, and the anchor under whose character."""

    nik: Nik
    nip: Nip
    born: date
    name: PersonName
    email: str
    post: str
    unit: str
    username: str
    anchor: str


@dataclass(slots=True)
class Mailbox:
    """A courier that keeps what it should deliver: the demo's people read it here instead of their mail."""

    last: InvitationToken | None = field(default=None, repr=False)

    def deliver(self, _address: EmailAddress, _purpose: Purpose, token: InvitationToken, /) -> None:
        self.last = token

    def take(self) -> InvitationToken:
        """The link that came."""
        if self.last is None:
            raise LookupError("no invitation arrived")
        token, self.last = self.last, None
        return token


FIRST = Official(
    nik=Nik("9999994107740001"),
    nip=Nip("197407011999032001"),
    born=date(1974, 7, 1),
    name=PersonName(full="Ratna Widyaningsih", titles_before="Dr.", titles_after="M.Si."),
    email="ratna@sagarabiru.example",
    post="Sekretaris Daerah Kota Sagara Biru",
    unit="Sekretariat Daerah",
    username="ratna",
    anchor="$",
)
SECOND = Official(
    nik=Nik("9999992408680002"),
    nip=Nip("196808241993031002"),
    born=date(1968, 8, 24),
    name=PersonName(full="SUHANTO"),
    email="suhanto@balai-absah.example",
    post="Kepala Balai Sertifikasi Absah",
    unit="Balai Sertifikasi",
    username="suhanto",
    anchor="#",
)
OFFICERS = {
    Role.VERIFIKATOR: ("verifikator", "Sari Puspitaningrum"),
    Role.RA: ("ra", "Bagas Wirayudha"),
    Role.CA: ("ca", "Melati Anggraini"),
    Role.OPERATOR: ("operator", "Stefanus Wibisono"),
    Role.AGENCY_ADMIN: ("admin", "Yonas Tirtayasa"),
    Role.AGREEMENT_OFFICER: ("perjanjian", "Nadira Kusumawati"),
    Role.AUDITOR: ("auditor", "Hasan Prawirodirjo"),
}
AGREEMENT_NUMBER = "119/HK.03/2026"


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
    terminal.say("demo.typesetting")
    agreement = press_agreement(face_of(the_agreement(config)))
    folder = config.data
    (folder / "agreement-unsigned.pdf").write_bytes(agreement)
    signed = agreement
    for official, signer in zip((FIRST, SECOND), signers, strict=True):
        terminal.say("demo.signing", name=official.name.full, anchor=official.anchor)
        signed = sign(official, signer, signed)
    terminal.say("demo.archiving")
    signed = complete_document(signed, by=OPERATOR).document
    (folder / "agreement-signed.pdf").write_bytes(signed)
    (folder / "agreement-tampered.pdf").write_bytes(tamper(signed))
    return {"base_url": config.base_url, "signers": signers, "users": users}


def join(today: date, /) -> tuple[UUID, UUID]:
    """Both parties join under the agreement that they are about to renew."""
    terms = CooperationAgreement(
        number="112/HK.03/2022", since=today - timedelta(days=365), until=today + timedelta(days=3 * 365)
    )
    city = Agency(
        code="sagara-biru",
        name="Pemerintah Kota Sagara Biru",
        organisation_identifier="NTRID-9999000000000017",
        units=("Sekretariat Daerah", "Dinas Komunikasi dan Informatika"),
        city="Sagara Biru",
        province="Nusa Contoh",
        agreement=terms,
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
            at = str(agencies[0]) if role in {Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER} else ""
            grant_role(account.public_id, role, by=OPERATOR, clock=composition.clock(), agency=at)
    # Four eyes: whoever enters an applicant does not check the same one, so a second verifikator enters.
    second, password = open_account("verifikator2", "Putu Ayu Larasati", rng)
    for agency in agencies:
        enrolment.appoint_verifikator(agency, second.public_id, by=OPERATOR)
    users.append({"role": Role.VERIFIKATOR.value, "username": "verifikator2", "password": password})
    return users, Officers(reread(people[Role.VERIFIKATOR]), reread(second), reread(people[Role.RA]))


def open_account(username: str, name: str, rng: Rng, /) -> tuple[Account, str]:
    """An account with a password made on the spot."""
    password = made_secret(rng)
    new = NewAccount(username=username, password=password, display_name=name, email=f"{username}@sagarabiru.example")
    return create_user(new, by=OPERATOR, clock=composition.clock(), rng=rng), password


def reread(account: Account, /) -> Account:
    """The account with the roles it holds now."""
    from absah_site.accounts.access import account as find  # noqa: PLC0415

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
    request = enrolment.enter_applicant(applicant, agency=agency, by=officers.second_verifikator)
    enrolment.invite(request, by=officers.second_verifikator, courier=mailbox)
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


def the_agreement(config: Config, /) -> Agreement:
    """The agreement between the two, from our model, dated today."""
    parties = Parties(
        first=the_party(
            FIRST,
            Side.FIRST,
            name="Pemerintah Kota Sagara Biru",
            number=AGREEMENT_NUMBER,
            contact=Contact(unit=FIRST.unit, address="Jalan Mercusuar Nomor 7, Sagara Biru", email=FIRST.email),
        ),
        second=the_party(
            SECOND,
            Side.SECOND,
            name="Balai Sertifikasi Absah (Uji Coba)",
            number="PERJ.7/BSA/11/2026",
            contact=Contact(unit=SECOND.unit, address="Jalan Uji Coba Nomor 1, Kota Contoh", email=SECOND.email),
        ),
    )
    now = composition.clock().now()
    issuer = (DatedName(name=config.issuer_name, since=legal_date(now)),)
    return begin(draft_from_model("daerah", parties=parties, issuer=issuer, on=legal_date(now), now=now))


def the_party(official: Official, role: Side, /, *, name: str, number: str, contact: Contact) -> Party:
    """One side of the agreement, with the official who signs for it by office."""
    return Party(
        role=role,
        names=(DatedName(name=name, since=official.born),),
        seat=contact.address,
        number=number,
        anchor=official.anchor,
        representatives=(
            Representative(
                name=official.name.full,
                titled=official.name.with_titles,
                post=official.post,
                authority=ByOffice(),
                span=Span(first=official.born),
            ),
        ),
        contact=contact,
    )


def sign(official: Official, signer: dict[str, Any], document: bytes, /) -> bytes:
    """One party signs at its anchor, with passphrase and one-time code."""
    code = code_at(read_base32(signer["totp_secret"]), composition.clock().now())
    order = SigningOrder(
        document=document,
        nik=official.nik,
        factors=Factors(passphrase=Secret(signer["passphrase"]), totp=code),
        application=APPLICATION,
        placement=AtAnchor(text=official.anchor),
        level=Level.B_LT,
        reason="Menyetujui dan menandatangani perjanjian",
        notice=True,
    )
    return sign_for_subscriber(order).document


def tamper(document: bytes, /) -> bytes:
    """One bit of the first page's bytes is another: what a forger's editor would do at the least."""
    spoilt = bytearray(document)
    place = document.index(b"stream") + 60
    spoilt[place] ^= 1
    return bytes(spoilt)
