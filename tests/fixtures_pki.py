"""A whole PKI of fictional people in memory: root, issuing CA, signer, seal, TSA, OCSP responder. P-256 throughout."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import Serial, UnsafeSeededRng, serial_number
from absah.pki.algorithms import SigningKey, public_key_of
from absah.pki.certificates import load_certificate, serial_of, validity_of
from absah.pki.issuance import CertificateOrder, Endpoints, issue, prepare
from absah.pki.names import AuthorityName, IndividualName, MachineName, SealName, ServerName, SubjectName
from absah.pki.profiles import Endpoint, load_profile

NOW = instant(datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
BASE = "http://pki.absah.example"

ROOT_NAME = AuthorityName(common_name="Absah Root UJI COBA", organisation="Absah")
ISSUING_NAME = AuthorityName(common_name="Absah CA UJI COBA", organisation="Absah", units=("Sertifikasi",))
TSA_NAME = AuthorityName(common_name="Absah TSA UJI COBA", organisation="Absah")
RESPONDER_NAME = AuthorityName(common_name="Absah OCSP UJI COBA", organisation="Absah")
PERSON_NAME = IndividualName(
    common_name="Siti Contoh Rahayu",
    given_name="Siti",
    surname="Contoh Rahayu",
    subscriber_number="A7K2M9QX",
    units=("Dinas Komunikasi dan Informatika",),
    organisation="Pemerintah Kota Contoh",
    locality="Kota Contoh",
    province="Provinsi Contoh",
)
SEAL_NAME = SealName(
    common_name="Pemerintah Kota Contoh",
    units=(),
    organisation="Pemerintah Kota Contoh",
    organisation_identifier="NTRID-0009999",
    locality="Kota Contoh",
    province="Provinsi Contoh",
)

SERVER_NAME = ServerName(organisation="Pemerintah Kota Contoh", locality="Kota Contoh", province="Provinsi Contoh")
MACHINE_NAME = MachineName(
    common_name="gerbang-1",
    units=("Dinas Komunikasi dan Informatika",),
    organisation="Pemerintah Kota Contoh",
    locality="Kota Contoh",
    province="Provinsi Contoh",
)
#: Profile -> subject and names of servers.
TLS_CASES = {
    "tls-server": (SERVER_NAME, ("kota.example", "*.kota.example")),
    "tls-client": (MACHINE_NAME, ("kota.example",)),
    "application": (MACHINE_NAME, ()),
}

_rng = UnsafeSeededRng(seed=b"fixtures")


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """One for the whole run: RSA keys are slow to make."""
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Party:
    """A key and the certificate it was given."""

    key: SigningKey
    certificate: bytes

    @property
    def serial(self) -> Serial:
        return serial_of(load_certificate(self.certificate))

    @property
    def public_key(self) -> bytes:
        return public_key_of(self.key)


@dataclass(frozen=True)
class Pki:
    root: Party
    issuing: Party
    person: Party
    seal: Party
    tsa: Party
    responder: Party


def order(
    profile: str, subject: SubjectName, key: SigningKey, issuer: bytes | None, **changes: object
) -> CertificateOrder:
    """An order as the site makes it: every allowed endpoint, as long as profile and issuer let it."""
    lawful = load_profile(profile)
    urls = {
        Endpoint.CRL: f"{BASE}/repo/crl/issuer.crl",
        Endpoint.OCSP: f"{BASE}/ocsp",
        Endpoint.CA_ISSUERS: f"{BASE}/repo/ca/issuer.cer",
    }
    allowed = {kind: url for kind, url in urls.items() if kind in lawful.endpoints_allowed}
    until = None if issuer is None else validity_of(load_certificate(issuer))[1]
    usual = CertificateOrder(
        profile=lawful,
        subject=subject,
        public_key=public_key_of(key),
        serial=serial_number(_rng),
        validity=lawful.validity_at(NOW, until=until),
        issuer=issuer,
        endpoints=Endpoints(
            crl_url=allowed.get(Endpoint.CRL),
            ocsp_url=allowed.get(Endpoint.OCSP),
            ca_issuers_url=allowed.get(Endpoint.CA_ISSUERS),
        ),
    )
    return replace(usual, **changes)


def certify(
    profile: str,
    subject: SubjectName,
    issuer: Party | None,
    *,
    key: SigningKey | None = None,
    now: Instant = NOW,
    **changes: object,
) -> Party:
    own = new_key() if key is None else key
    wanted = order(profile, subject, own, None if issuer is None else issuer.certificate, **changes)
    return Party(own, issue(prepare(wanted, now=now), own if issuer is None else issuer.key))


@cache
def make_pki() -> Pki:
    root = certify("root-ca", ROOT_NAME, None)
    issuing = certify("issuing-ca", ISSUING_NAME, root)
    return Pki(
        root=root,
        issuing=issuing,
        person=certify("individual-signer", PERSON_NAME, issuing, emails=("siti@kota.example",)),
        seal=certify("organisation-seal", SEAL_NAME, issuing),
        tsa=certify("tsa", TSA_NAME, issuing),
        responder=certify("ocsp-responder", RESPONDER_NAME, issuing),
    )


@pytest.fixture(scope="session")
def pki() -> Pki:
    return make_pki()
