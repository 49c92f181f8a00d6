"""A small certificate hierarchy in memory: root, issuing CA, time-stamping unit, signers. Made with the bare library,
so that what we test is not tested with itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from absah.pki.algorithms import SigningKey

START = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A key, its certificate, and the certificates above it."""

    key: SigningKey
    certificate: bytes
    chain: tuple[bytes, ...]

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """Everything that can be asked for."""

    root: Member
    issuing: Member
    tsa: Member

    def signer(self, *, kind: str = "p256", name: str = "PUTRI AYU", start=START, end=END) -> Member:
        return _member(name, _key(kind), self.issuing, start=start, end=end)

    def time_stamper(self, *, end=END) -> Member:
        return _member("Stempel Waktu UJI COBA", _key("p256"), self.issuing, stamps=True, end=end)

    def crls(self, now: datetime) -> tuple[bytes, ...]:
        return tuple(_crl(issuer, now) for issuer in (self.issuing, self.root))


@cache
def hierarchy() -> Hierarchy:
    """One for the whole run: nothing about it depends on a test."""
    root = _member("Akar UJI COBA", ec.generate_private_key(ec.SECP384R1()), None, authority=True)
    issuing = _member("Penerbit UJI COBA", ec.generate_private_key(ec.SECP256R1()), root, authority=True)
    tsa = _member("Stempel Waktu UJI COBA", ec.generate_private_key(ec.SECP256R1()), issuing, stamps=True)
    return Hierarchy(root=root, issuing=issuing, tsa=tsa)


@cache
def _key(kind: str) -> SigningKey:
    match kind:
        case "rsa-2048":
            return rsa.generate_private_key(65537, 2048)
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case _:
            return ec.generate_private_key(ec.SECP256R1())


def _member(name, key, issuer, *, authority=False, stamps=False, start=START, end=END) -> Member:
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    parent = issuer.parsed.subject if issuer else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer.key if issuer else key).public_key()),
            critical=False,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=stamps,
                content_commitment=not authority and not stamps,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    digest = hashes.SHA384() if issuer is None else hashes.SHA256()
    made = builder.sign((issuer.key if issuer else key), digest)
    above = (issuer.certificate, *issuer.chain) if issuer else ()
    return Member(key=key, certificate=made.public_bytes(Encoding.DER), chain=above)


def _crl(issuer: Member, now: datetime) -> bytes:
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.parsed.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .sign(issuer.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
