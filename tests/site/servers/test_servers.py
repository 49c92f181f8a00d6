"""From a token in DNS to a certificate on a server: agency, domain, request, decision."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client
from tests.fixtures_instance import PASSWORD

from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable
from absah.pki.certificates import load_certificate
from absah.pki.dns_names import DnsName, DnsNameInner, DnsNameRefused
from absah.pki.domain_control import CaaRecord, DomainNotShown, IssuerNotAuthorised, Method
from absah.pki.names import NameValueRefused
from absah.pki.requests import RequestNotProven, RequestUnreadable
from absah_site.accounts.access import NotPermitted
from absah_site.audit.access import entries_about
from absah_site.oversight import actions as oversight
from absah_site.oversight.actions.profiles import ProfileNotAccepted
from absah_site.pki import access as register
from absah_site.roles import Role
from absah_site.servers import access, actions, models
from absah_site.servers.access import DomainUnknown, OrderState, OrderUnknown
from absah_site.servers.actions import Wanted
from absah_site.servers.actions.domains import TokenExpired
from absah_site.servers.actions.orders import NameNotProven, OrderDecided, ProductUnknown

NOBODY = UUID("00000000-0000-4000-8000-000000000000")


@dataclass
class World:
    """DNS and the web as a test wants them."""

    records: dict[str, tuple[str, ...]] = field(default_factory=dict)
    caa_records: tuple[CaaRecord, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)

    def txt(self, name: str, /) -> tuple[str, ...]:
        return self.records.get(name, ())

    def caa(self, _domain: DnsName, /) -> tuple[CaaRecord, ...]:
        return self.caa_records

    def get(self, address: str, /, *, most: int) -> bytes:
        return self.files.get(address, b"")[:most]


@pytest.fixture
def world(monkeypatch) -> World:
    made = World()
    monkeypatch.setattr(access, "dns_lookup", lambda: made)
    monkeypatch.setattr(access, "web_fetcher", lambda: made)
    return made


@pytest.fixture
def admin(instance, office):
    return instance.officer("yonas", Role.AGENCY_ADMIN, agency=str(office.agency))


@pytest.fixture
def accepted(instance):
    first, second = instance.officer("melati", Role.CA), instance.officer("wibisono", Role.CA)
    for name in ("tls-server", "tls-client", "application"):
        made = oversight.propose_profile(name, "Latihan", by=first)
        oversight.accept_profile(made, by=second)


def csr(key=None) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whatever the server says")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(Encoding.PEM)


def shown(world, office, admin, name="kota.example", method=Method.DNS):
    found = actions.ask_domain(office.agency, name, method, by=admin)
    challenge = found.challenge
    world.records[challenge.record_name] = (challenge.record_value,)
    world.files[challenge.url] = challenge.content + b"\n"
    actions.check_domain(found.id, by=admin)
    return found


def wanted(office, **changes) -> Wanted:
    values = {
        "agency": office.agency,
        "profile": "tls-server",
        "request": csr(),
        "names": ("layanan.kota.example", "*.kota.example"),
    }
    return Wanted(**(values | changes))


def test_a_server_gets_a_certificate_of_its_agency(instance, world, office, admin, accepted):
    domain = shown(world, office, admin)
    made = actions.place_order(wanted(office), by=admin)
    done = actions.approve_order(made.id, by=office.ra)
    assert done.state is OrderState.ISSUED
    certificate = load_certificate(register.certificate(done.serial).certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["layanan.kota.example", "*.kota.example"]
    assert certificate.subject.rfc4514_string() == (
        "O=Pemerintah Kota Sagara Biru,L=Kota Sagara Biru,ST=Provinsi Nusa Contoh,C=ID"
    )
    assert register.certificate(done.serial).credential is None
    assert [entry.tag.value for entry in entries_about(domain.reference)] == [
        "servers:domain:shown",
        "servers:domain:asked",
    ]
    assert [entry.tag.value for entry in entries_about(made.reference)] == [
        "servers:order:issued",
        "servers:order:approved",
        "servers:order:placed",
    ]
    with pytest.raises(OrderDecided):
        actions.approve_order(made.id, by=office.ra)
    with pytest.raises(OrderDecided):
        actions.refuse_order(made.id, by=office.ra)


def test_a_machine_and_an_application_are_named_by_the_agency(world, office, admin, accepted):
    shown(world, office, admin, method=Method.HTTP)
    machine = actions.place_order(
        wanted(office, profile="tls-client", names=("kota.example",), common_name="gerbang-1"), by=admin
    )
    application = actions.place_order(
        wanted(office, profile="application", names=(), common_name="e-kinerja"), by=admin
    )
    for order, name in ((machine, "gerbang-1"), (application, "e-kinerja")):
        done = actions.approve_order(order.id, by=office.ra)
        assert register.certificate(done.serial).subject.startswith(f"CN={name},")
    with pytest.raises(NameValueRefused):
        actions.place_order(wanted(office, profile="application", names=(), common_name=""), by=admin)
    with pytest.raises(ProductUnknown):
        actions.place_order(wanted(office, profile="individual-signer"), by=admin)


def test_a_domain_is_shown_by_the_token_alone_and_for_a_time(instance, world, office, admin, accepted):
    with pytest.raises(NameNotProven):
        actions.place_order(wanted(office), by=admin)
    found = actions.ask_domain(office.agency, "KOTA.example", Method.DNS, by=admin)
    with pytest.raises(DomainNotShown):
        actions.check_domain(found.id, by=admin)
    shown(world, office, admin)
    made = actions.place_order(wanted(office), by=admin)
    instance.clock.advance(timedelta(days=31))
    with pytest.raises(TokenExpired):
        actions.check_domain(found.id, by=admin)
    instance.clock.advance(timedelta(days=80))  # 2027-03-11
    instance.clock.advance(timedelta(days=5))  # from 2027-03-15 on a hundred days only
    with pytest.raises(NameNotProven):
        actions.approve_order(made.id, by=office.ra)
    assert access.order(made.id).state is OrderState.PENDING


def test_a_file_speaks_for_its_host_alone(world, office, admin):
    shown(world, office, admin, method=Method.HTTP)
    actions.place_order(wanted(office, names=("kota.example",)), by=admin)
    for names in (("layanan.kota.example",), ("*.kota.example",)):
        with pytest.raises(NameNotProven):
            actions.place_order(wanted(office, names=names), by=admin)


def test_names_that_nobody_can_show_are_refused_unless_the_instance_allows_them(
    instance, settings, world, office, admin
):
    for name, refusal in (("db.internal", DnsNameInner), ("192.0.2.1", DnsNameRefused), ("*.go.id", DnsNameRefused)):
        with pytest.raises(refusal):
            actions.ask_domain(office.agency, name, Method.DNS, by=admin)
    settings.CONFIG = replace(instance.config, inner_names=True)
    assert actions.ask_domain(office.agency, "db.internal", Method.DNS, by=admin).challenge.domain == "db.internal"


def test_caa_and_the_profile_are_looked_at_when_it_is_decided(world, office, admin, instance):
    shown(world, office, admin)
    made = actions.place_order(wanted(office), by=admin)
    with pytest.raises(ProfileNotAccepted):
        actions.approve_order(made.id, by=office.ra)
    first, second = instance.officer("melati", Role.CA), instance.officer("wibisono", Role.CA)
    oversight.accept_profile(oversight.propose_profile("tls-server", "Latihan", by=first), by=second)
    world.caa_records = (CaaRecord(critical=False, tag="issue", value="other.example"),)
    with pytest.raises(IssuerNotAuthorised):
        actions.approve_order(made.id, by=office.ra)
    world.caa_records = (CaaRecord(critical=False, tag="issue", value="testserver"),)
    assert actions.approve_order(made.id, by=office.ra).state is OrderState.ISSUED


def test_a_request_without_proof_and_one_that_is_none_are_refused(world, office, admin):
    shown(world, office, admin)
    der = x509.load_pem_x509_csr(csr()).public_bytes(Encoding.DER)
    forged = der[:-3] + bytes(byte ^ 0xFF for byte in der[-3:])
    with pytest.raises((RequestNotProven, RequestUnreadable)):
        actions.place_order(wanted(office, request=forged), by=admin)
    for noise in (b"-----BEGIN CERTIFICATE REQUEST-----\nno\n", b"-----BEGIN"):
        with pytest.raises(RequestUnreadable):
            actions.place_order(wanted(office, request=noise), by=admin)
    assert access.waiting_orders() == ()


def test_another_agency_a_stranger_and_oneself_are_kept_out(instance, world, office, admin):
    stranger = instance.officer("asing", Role.AGENCY_ADMIN, agency="another")
    found = shown(world, office, admin)
    for act in (
        lambda: actions.ask_domain(office.agency, "kota.example", Method.DNS, by=stranger),
        lambda: actions.check_domain(found.id, by=stranger),
        lambda: actions.place_order(wanted(office), by=stranger),
    ):
        with pytest.raises(NotPermitted):
            act()
    made = actions.place_order(wanted(office), by=admin)
    with pytest.raises(NotPermitted):
        actions.approve_order(made.id, by=admin)
    with pytest.raises(OrderUnknown):
        actions.refuse_order(NOBODY, by=office.ra)
    with pytest.raises(DomainUnknown):
        actions.check_domain(NOBODY, by=admin)
    assert access.domains_for(stranger) == ()


def test_a_signer_that_is_silent_leaves_the_order_waiting(instance, world, office, admin, accepted):
    shown(world, office, admin)
    made = actions.place_order(wanted(office), by=admin)
    instance.signer.away = wire.BeginIssuance
    with pytest.raises(SignerUnreachable):
        actions.approve_order(made.id, by=office.ra)
    instance.signer.away = None
    assert access.order(made.id).state is OrderState.PENDING
    assert actions.approve_order(made.id, by=office.ra).state is OrderState.ISSUED


@pytest.mark.parametrize("issued", [True, False])
def test_an_approval_that_was_cut_short_is_ended_by_what_the_register_has(
    instance, world, office, admin, accepted, issued
):
    shown(world, office, admin)
    made = actions.place_order(wanted(office), by=admin)
    if issued:
        actions.approve_order(made.id, by=office.ra)
    cut = {"state": "issuing", "serial": "", "decided_by": office.ra.reference, "decided_at": instance.clock.now()}
    models.Order.objects.filter(id=made.id).update(**cut)
    assert actions.reconcile() == 0
    instance.clock.advance(timedelta(minutes=11))
    assert actions.reconcile() == 1
    found = access.order(made.id)
    assert (found.state is OrderState.ISSUED) is issued
    assert bool(found.serial) is issued


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/masuk/", {"username": username, "password": PASSWORD})
    return client


def test_the_pages_lead_from_a_domain_to_a_certificate(world, office, admin, accepted):
    agency, ra = signed_in("yonas"), signed_in("rara")
    form = {"agency": str(office.agency), "name": "kota.example", "method": "dns"}
    assert agency.post("/peladen/domain/", form).status_code == 302
    found = access.domains_for(admin)[0]
    page = agency.get("/peladen/").content.decode()
    assert found.challenge.record_name in page
    assert found.challenge.record_value in page
    missing = agency.post(f"/peladen/domain/{found.id}/periksa/")
    assert missing.status_code == 422
    assert "tidak ditemukan di" in missing.content.decode()
    world.records[found.challenge.record_name] = (found.challenge.record_value,)
    assert agency.post(f"/peladen/domain/{found.id}/periksa/").status_code == 302
    assert "Terbukti, berlaku sampai" in agency.get("/peladen/").content.decode()
    order = {
        "agency": str(office.agency),
        "profile": "tls-server",
        "names": "layanan.kota.example\nwww.kota.example",
        "common_name": "",
        "request": csr().decode(),
    }
    assert agency.post("/peladen/permohonan/", order).status_code == 302
    assert agency.post("/peladen/permohonan/", order | {"request": "tidak"}).status_code == 400
    assert agency.post("/peladen/permohonan/", order | {"agency": str(NOBODY)}).status_code == 400
    made = access.orders_for(admin)[0]
    assert "Pemerintah Kota Sagara Biru" in ra.get("/peladen/antrean/").content.decode()
    assert agency.get(f"/peladen/permohonan/{made.id}/sertifikat.pem").status_code == 404
    assert ra.post(f"/peladen/antrean/{made.id}/lain/").status_code == 404
    assert agency.post(f"/peladen/antrean/{made.id}/setujui/").status_code == 403
    assert ra.post(f"/peladen/antrean/{made.id}/setujui/").status_code == 302
    pem = agency.get(f"/peladen/permohonan/{made.id}/sertifikat.pem").content
    assert len(x509.load_pem_x509_certificates(pem)) == 2
    assert ra.post(f"/peladen/antrean/{made.id}/tolak/").status_code == 409
    assert agency.post("/peladen/domain/", form | {"name": "satu"}).status_code == 400
    assert agency.post("/peladen/domain/", form | {"method": "telepati"}).status_code == 400


def test_the_number_of_queries_of_the_pages_does_not_grow(
    world, office, admin, accepted, django_assert_max_num_queries
):
    for name in ("kota.example", "desa.example", "kampung.example"):
        shown(world, office, admin, name)
        actions.place_order(wanted(office, names=(name,)), by=admin)
    agency, ra = signed_in("yonas"), signed_in("rara")
    with django_assert_max_num_queries(10):
        assert agency.get("/peladen/").status_code == 200
    with django_assert_max_num_queries(8):
        assert ra.get("/peladen/antrean/").status_code == 200
