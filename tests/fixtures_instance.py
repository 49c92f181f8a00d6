"""A demo instance for tests of the site: data folder, signer in memory, authorities, an agency and its officers."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings

from absah.adapters.files import DocumentStore
from absah.adapters.key_vault import ByService
from absah.adapters.personal_data import load_personal_data_vault
from absah.enrolment.agency import Agency, CooperationAgreement
from absah.enrolment.applicant import Applicant, EmailAddress, Identity, PhoneNumber
from absah.enrolment.consent_text import consent_text
from absah.enrolment.invitation import InvitationToken, Purpose
from absah.enrolment.naming import PersonName
from absah.kernel.clock import FixedClock, instant
from absah.kernel.people import Nik, Nip
from absah.kernel.rng import UnsafeSeededRng, serial_number
from absah.pki.algorithms import KeyAlgorithm, SigningKey, public_key_of
from absah.pki.crl import CrlPlan, build_crl
from absah.pki.issuance import CertificateOrder, Endpoints, issue, prepare
from absah.pki.names import AuthorityName
from absah.pki.profiles import load_profile
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import account
from absah_site.accounts.actions import NewAccount, create_user, grant_role
from absah_site.actors import Account, Operator
from absah_site.config import Config
from absah_site.enrolment import actions as enrolment
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.roles import Role
from tests.fakes.signer_in_process import InProcessSigner

NIK = "9999014107900001"
BORN = date(1990, 7, 1)
PASSPHRASE = "tujuh awan tembaga menari"
PASSWORD = "berangkat sebelum hujan"


@dataclass
class Mailbox:
    """A courier that keeps what it should deliver."""

    letters: list[tuple[Purpose, InvitationToken]] = field(default_factory=list)

    def deliver(self, purpose: Purpose, token: InvitationToken, /) -> None:
        self.letters.append((purpose, token))

    @property
    def newest(self) -> InvitationToken:
        return self.letters[-1][1]


@dataclass
class Instance:
    """What a test of the site needs at hand."""

    config: Config
    clock: FixedClock
    rng: UnsafeSeededRng
    signer: InProcessSigner
    root_key: SigningKey
    mailbox: Mailbox = field(default_factory=Mailbox)

    def officer(self, username: str, role: Role, *, agency: str = "") -> Account:
        operator = Operator(name="test")
        new = NewAccount(username=username, password=PASSWORD, display_name=username.title())
        made = create_user(new, by=operator, clock=self.clock, rng=self.rng)
        grant_role(made.public_id, role, by=operator, clock=self.clock, agency=agency)
        return account(made.public_id, now=self.clock.now())


@dataclass
class Office:
    """An agency and the people who act for it and for the authority."""

    agency: UUID
    entering: Account
    verifying: Account
    ra: Account


def _order(instance: Instance, profile: str, name: str, key: bytes, issuer: bytes | None) -> CertificateOrder:
    chosen = load_profile(profile)
    above = "root-ca" if profile == "issuing-ca" else "issuing-ca"
    return CertificateOrder(
        profile=chosen,
        subject=AuthorityName(common_name=name, organisation="Absah (Uji Coba)"),
        public_key=key,
        serial=serial_number(instance.rng),
        validity=chosen.validity_at(instance.clock.now()),
        issuer=issuer,
        endpoints=Endpoints() if issuer is None else register.endpoints_for(chosen, above),
    )


def found_authorities(instance: Instance) -> None:
    """Root, issuing CA, TSA, responder, and their CRLs, through the real actions."""
    now = instance.clock.now()
    root_spki = public_key_of(instance.root_key)
    root = issue(prepare(_order(instance, "root-ca", "Root Uji", root_spki, None), now=now), instance.root_key)
    pki.record_authority(slug="root-ca", kind="root", certificate=root, credential="", now=now)
    ca = CredentialId("issuing-ca")
    by_service = {"algorithm": KeyAlgorithm.P256, "protection": ByService()}
    key = instance.signer.create_key(ca, kind="authority", **by_service)
    issuing = issue(prepare(_order(instance, "issuing-ca", "CA Uji", key, root), now=now), instance.root_key)
    instance.signer.attach_certificate(ca, issuing, (root,))
    pki.record_authority(slug="issuing-ca", kind="issuing", certificate=issuing, credential=ca, now=now)
    for slug, profile in (("tsa", "tsa"), ("ocsp", "ocsp-responder")):
        key = instance.signer.create_key(CredentialId(slug), kind=slug, **by_service)
        order = _order(instance, profile, f"{slug} Uji", key, issuing)
        certificate = instance.signer.issue_certificate(ca, order)
        instance.signer.attach_certificate(CredentialId(slug), certificate, (issuing, root))
        pki.record_authority(slug=slug, kind=slug, certificate=certificate, credential=slug, now=now)
    plan = CrlPlan(
        issuer_der=root, number=1, this_update=now, next_update=instant(now + timedelta(days=365)), entries=()
    )
    pki.publish_offline_crl(build_crl(plan, instance.root_key), issuer="root-ca", now=now)
    pki.publish_crls(now)
    instance.config.trust.mkdir(exist_ok=True)
    (instance.config.trust / "root-ca.cer").write_bytes(root)


@pytest.fixture
def bare_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings, clock: FixedClock, rng: UnsafeSeededRng
) -> Iterator[Instance]:
    """A data folder and a signer; no database needed yet."""
    config = replace(django_settings.CONFIG, data=tmp_path)
    settings.CONFIG = config
    config.secrets.mkdir(mode=0o700)
    for name in ("pii-1.key", "blind.key"):
        (config.secrets / name).write_bytes(rng.token(32))
    signer = InProcessSigner(tmp_path, clock, rng)
    vault, documents = load_personal_data_vault(config.secrets, rng), DocumentStore(config.documents)
    for name, value in {
        "clock": clock,
        "rng": rng,
        "signer": signer,
        "personal_data": vault,
        "documents": documents,
    }.items():
        monkeypatch.setattr(composition, name, lambda value=value: value)
    yield Instance(config, clock, rng, signer, ec.generate_private_key(ec.SECP256R1()))
    signer.close()


@pytest.fixture
def instance(bare_instance: Instance, db: None) -> Instance:
    """An instance with its authorities."""
    found_authorities(bare_instance)
    return bare_instance


def agency_value(**changes) -> Agency:
    values = {
        "code": "sagara-biru",
        "name": "Pemerintah Kota Sagara Biru",
        "organisation_identifier": "NTRID-9999000000000017",
        "units": ("Dinas Komunikasi dan Informatika", "Sekretariat Daerah"),
        "city": "Kota Sagara Biru",
        "province": "Provinsi Nusa Contoh",
        "agreement": CooperationAgreement(number="PKS-1/2026", since=date(2026, 1, 1), until=date(2028, 12, 31)),
    }
    return Agency(**(values | changes))


def applicant_value(**changes) -> Applicant:
    values = {
        "nik": Nik(NIK),
        "nip": Nip("199007012015032001"),
        "name": PersonName(full="Rina Ayu Lestari", titles_before="Dr.", titles_after="M.Kom."),
        "email": EmailAddress("rina.lestari@sagarabiru.example"),
        "post": "Kepala Dinas",
        "unit": "Dinas Komunikasi dan Informatika",
        "city": "Kota Sagara Biru",
        "province": "Provinsi Nusa Contoh",
    }
    return Applicant(**(values | changes))


def identity_value(**changes) -> Identity:
    return Identity(**({"nik": Nik(NIK), "born": BORN, "phone": PhoneNumber("+628115550101")} | changes))


@pytest.fixture
def office(instance: Instance) -> Office:
    """An agency with two verifikators, and a registration authority."""
    agency = enrolment.register_agency(agency_value(), by=Operator(name="test")).id
    entering = instance.officer("enti", Role.SIGNER, agency=str(agency))
    verifying = instance.officer("veri", Role.SIGNER, agency=str(agency))
    for person in (entering, verifying):
        enrolment.appoint_verifikator(agency, person.public_id, by=Operator(name="test"))
    now = instance.clock.now()
    return Office(
        agency=agency,
        entering=account(entering.public_id, now=now),
        verifying=account(verifying.public_id, now=now),
        ra=instance.officer("rara", Role.RA),
    )


@dataclass
class Walk:
    """A request on its way through the real steps."""

    instance: Instance
    office: Office
    request: UUID | None = None

    def entered(self, **changes) -> UUID:
        self.request = enrolment.enter_applicant(
            applicant_value(**changes), agency=self.office.agency, by=self.office.entering
        )
        return self.request

    def invited(self) -> InvitationToken:
        enrolment.invite(self.request, by=self.office.entering, courier=self.instance.mailbox)
        return self.instance.mailbox.newest

    def completed(self, **changes) -> UUID:
        self.entered(**changes)
        text = consent_text()
        identity = identity_value(nik=changes.get("nik", Nik(NIK)), born=changes.get("born", BORN))
        enrolment.complete_identity(self.invited(), identity, consent_version=text.version, consent_digest=text.digest)
        return self.request

    def verified(self) -> UUID:
        self.completed()
        enrolment.verify_request(self.request, by=self.office.verifying)
        return self.request

    def approved(self) -> UUID:
        self.verified()
        enrolment.approve_request(self.request, by=self.office.ra)
        return self.request

    def form(self, **changes) -> enrolment.ActivationForm:
        values = {"passphrase": Secret(PASSPHRASE), "sign_in": enrolment.SignIn(username="rina", password=PASSWORD)}
        return enrolment.ActivationForm(**(values | changes))

    def activated(self, **changes) -> enrolment.ActivatedCredential:
        self.approved()
        return enrolment.activate(self.invited(), self.form(**changes))


@pytest.fixture
def walk(instance: Instance, office: Office) -> Walk:
    return Walk(instance=instance, office=office)
