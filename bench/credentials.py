"""Keys, certificates, CRLs and a time-stamping authority of fictional people, made anew for each run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import UnsafeSeededRng, serial_number
from absah.pki import oids
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    public_key_of,
    signature_algorithm_for,
)
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.cms_template import CmsTemplate, template_for
from absah.pki.crl import CrlPlan, build_crl
from absah.pki.issuance import CertificateOrder, Endpoints, issue, prepare
from absah.pki.names import AuthorityName, IndividualName, SubjectName
from absah.pki.profiles import Endpoint, load_profile
from absah.pki.tsp import Accuracy, TokenPlan, build_timestamp_token

#: The bench stands still in time, on a day on which all its algorithms may be used.
NOW: Final[Instant] = instant(datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
PASSWORD: Final = "kuda baterai staples benar"  # noqa: S105  (opens nothing but a key made for this run)
_LAST_RSA_2048: Final = instant(datetime(2028, 12, 30, tzinfo=UTC))  # design D8b: not for new use from 2029 on

PERSON: Final = IndividualName(
    common_name="Siti Contoh Rahayu",
    given_name="Siti",
    surname="Contoh Rahayu",
    subscriber_number="A7K2M9QX",
    units=("Dinas Komunikasi dan Informatika",),
    organisation="Pemerintah Kota Contoh",
    locality="Kota Contoh",
    province="Provinsi Contoh",
)
STAMPER: Final = AuthorityName(common_name="Absah TSA UJI COBA", organisation="Absah")
_ROOT: Final = AuthorityName(common_name="Absah Root UJI COBA", organisation="Absah")
_AUTHORITY: Final = AuthorityName(common_name="Absah CA UJI COBA", organisation="Absah")
_BASE: Final = "http://pki.absah.example"
_rng = UnsafeSeededRng(seed=b"bench")


@dataclass(frozen=True, slots=True)
class Holder:
    """A key and its certificate, with those above it up to the root."""

    key: SigningKey
    certificate: bytes
    above: tuple[bytes, ...]

    @property
    def chain(self) -> tuple[bytes, ...]:
        return (self.certificate, *self.above)


@dataclass(frozen=True)
class Credentials:
    """Everything of one kind of key. The authorities above are of the kind that usually goes with it."""

    kind: KeyAlgorithm
    signer: Holder
    tsa: Holder
    crls: tuple[bytes, ...]

    @cached_property
    def way(self) -> SignatureAlgorithm:
        return signature_algorithm_for(self.kind, digest_algorithm_for(self.kind))

    @cached_property
    def template(self) -> CmsTemplate:
        return template_for(self.signer.chain, self.way)

    def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
        """A token, made in this process: `absah.signing.ports.TimestampSource`."""
        plan = TokenPlan(
            policy=oids.TEST_TIMESTAMP_POLICY,
            digest_algorithm=digest,
            imprint=imprint,
            serial=serial_number(_rng),
            time=NOW,
            nonce=int.from_bytes(_rng.token(8), "big"),
            accuracy=Accuracy(seconds=1),
        )
        return build_timestamp_token(plan, self.tsa.chain, self.tsa.key)

    def write_pkcs12(self, path: Path, /) -> None:
        """For the peers: the same key and chain, in the encryption that all of them read."""
        certificate, *above = (x509.load_der_x509_certificate(one) for one in self.signer.chain)
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(2048)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())  # noqa: S303  (what node-forge reads)
            .build(PASSWORD.encode())
        )
        key = self.signer.key
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"bench", key, certificate, above, encryption))


@cache
def credentials(kind: KeyAlgorithm) -> Credentials:
    """Root, issuing authority, signer and time-stamping unit; the two last of this kind."""
    elliptic = kind in (KeyAlgorithm.P256, KeyAlgorithm.P384)
    high = KeyAlgorithm.P384 if elliptic else KeyAlgorithm.RSA3072
    root = _certified("root-ca", _ROOT, None, high)
    issuing = _certified("issuing-ca", _AUTHORITY, root, high)
    return Credentials(
        kind=kind,
        signer=_certified("individual-signer", PERSON, issuing, kind),
        tsa=_certified("tsa", STAMPER, issuing, kind),
        crls=tuple(_crl(holder) for holder in (issuing, root)),
    )


def authority(now: Instant) -> Holder:
    """An issuing authority whose validity begins now, for those who keep their keys elsewhere."""
    root_key, key = (_new_key(KeyAlgorithm.P256) for _ in range(2))
    root = Holder(
        root_key, certified("root-ca", _ROOT, public_key_of(root_key), Holder(root_key, b"", ()), now=now), ()
    )
    return Holder(key, certified("issuing-ca", _AUTHORITY, public_key_of(key), root, now=now), root.chain)


def _new_key(kind: KeyAlgorithm) -> SigningKey:
    match kind:
        case KeyAlgorithm.P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyAlgorithm.P384:
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return rsa.generate_private_key(65537, int(kind.value.removeprefix("rsa-")))


def _certified(profile: str, subject: SubjectName, issuer: Holder | None, kind: KeyAlgorithm) -> Holder:
    key = _new_key(kind)
    issuing = Holder(key, b"", ()) if issuer is None else issuer
    certificate = certified(profile, subject, public_key_of(key), issuing, now=NOW)
    return Holder(key, certificate, () if issuer is None else issuer.chain)


def certified(profile: str, subject: SubjectName, public_key: bytes, issuer: Holder, *, now: Instant) -> bytes:
    """A certificate of one of the profiles. An issuer that has no certificate yet signs itself."""
    lawful = load_profile(profile)
    urls = {
        Endpoint.CRL: f"{_BASE}/repo/crl/issuer.crl",
        Endpoint.OCSP: f"{_BASE}/ocsp",
        Endpoint.CA_ISSUERS: f"{_BASE}/repo/ca/issuer.cer",
    }
    allowed = {endpoint: url for endpoint, url in urls.items() if endpoint in lawful.endpoints_allowed}
    until = validity_of(load_certificate(issuer.certificate))[1] if issuer.certificate else None
    if until is not None and key_algorithm_of(public_key) is KeyAlgorithm.RSA2048:
        until = min(until, _LAST_RSA_2048)
    order = CertificateOrder(
        profile=lawful,
        subject=subject,
        public_key=public_key,
        serial=serial_number(_rng),
        validity=lawful.validity_at(now, until=until),
        issuer=issuer.certificate or None,
        endpoints=Endpoints(
            crl_url=allowed.get(Endpoint.CRL),
            ocsp_url=allowed.get(Endpoint.OCSP),
            ca_issuers_url=allowed.get(Endpoint.CA_ISSUERS),
        ),
    )
    return issue(prepare(order, now=now), issuer.key)


def _crl(holder: Holder) -> bytes:
    later = instant(NOW + timedelta(days=7))
    plan = CrlPlan(issuer_der=holder.certificate, number=1, this_update=NOW, next_update=later, entries=())
    return build_crl(plan, holder.key)
