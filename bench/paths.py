"""The rows of the path engine: three-certificate paths, from DER to a verdict, against pyhanko-certvalidator.

A verifier sees the same few authorities all day, and the same signer at every signature of a file. So the first row
is one path again and again, each side keeping what it likes to keep; the second gives both a signer they have not
seen since; in the third both start from nothing, as a process would that has just begun.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from absah.kernel.clock import instant
from absah.pki import algorithms, der
from absah.validation.path import certificate as reading
from absah.validation.path import names, signatures
from absah.validation.path.certificate import read_certificate
from absah.validation.path.extensions import KeyUsage
from absah.validation.path.inputs import Inputs, TrustAnchor
from absah.validation.path.search import Pool, find_path
from absah.validation.path.validation import Accepted
from bench.rounds import Here, in_turns, spread
from bench.rows import Bench, Figure, Row, Selected

_PER_CPU = "paths/CPU-s"
_SAME = Row(name="path.vs-certvalidator", unit=_PER_CPU, must=20, aim=100)
_NEW = Row(name="path.new-signer.vs-certvalidator", unit=_PER_CPU)
_COLD = Row(name="path.nothing-kept.vs-certvalidator", unit=_PER_CPU)

_AT: Final = datetime(2026, 6, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2027, 1, 1, tzinfo=UTC)
_SIGNERS: Final = 1000  # more than anybody keeps
_KEPT: Final = (
    reading.read_certificate,
    reading._read_known,  # noqa: SLF001  (its memory is what is measured without)
    reading._read_algorithm_bytes,  # noqa: SLF001  (the same)
    signatures._judge_certificate,  # noqa: SLF001  (the same)
    names._read_name,  # noqa: SLF001  (the same)
    algorithms._load_public_key,  # noqa: SLF001  (the same)
    der._dotted,  # noqa: SLF001  (the same)
)


@cache
def _chain() -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """Root, issuing authority and its signers: P-256, made for this run."""
    root, issuing, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    return (
        _certificate("Bench Root CA", root, "Bench Root CA", root, 1),
        _certificate("Bench Issuing CA", issuing, "Bench Root CA", root, 2),
        tuple(_certificate("Siti Contoh", signer, "Bench Issuing CA", issuing, 100 + one) for one in range(_SIGNERS)),
    )


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, above: ec.EllipticCurvePrivateKey, serial: int
) -> bytes:
    authority = serial < 100
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        .sign(above, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kota Contoh"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _ours(signers: tuple[bytes, ...], *, cold: bool = False) -> Callable[[], object]:
    root, issuing, _ = _chain()
    inputs = Inputs(at=instant(_AT), key_usage=KeyUsage.CONTENT_COMMITMENT)
    turns = cycle(signers)

    def judge() -> object:
        if cold:
            for kept in _KEPT:
                kept.cache_clear()
        pool = Pool((TrustAnchor.of(read_certificate(root)),), (read_certificate(issuing),))
        found = find_path(read_certificate(next(turns)), pool, inputs)
        assert isinstance(found, Accepted)  # noqa: S101  (a bench that measures refusals measures nothing)
        return found

    return judge


def _peers(signers: tuple[bytes, ...], *, cold: bool = False) -> Callable[[], object]:
    import asyncio  # noqa: PLC0415  (only where the peer is measured)

    from asn1crypto.x509 import Certificate as PeerCertificate  # noqa: PLC0415  (the same)
    from pyhanko_certvalidator import CertificateValidator, ValidationContext  # noqa: PLC0415  (the same)

    root, issuing, _ = _chain()
    anchor, between = PeerCertificate.load(root), PeerCertificate.load(issuing)
    seen = PeerCertificate.load(signers[0]) if len(signers) == 1 else None
    loop, turns = asyncio.new_event_loop(), cycle(signers)

    def judge() -> object:
        nonlocal anchor, between
        if cold:
            anchor, between = PeerCertificate.load(root), PeerCertificate.load(issuing)
        context = ValidationContext(trust_roots=[anchor], moment=_AT, allow_fetching=False)
        validator = CertificateValidator(
            seen or PeerCertificate.load(next(turns)), intermediate_certs=[between], validation_context=context
        )
        return loop.run_until_complete(validator.async_validate_usage({"non_repudiation"}))

    return judge


def _against_certvalidator(_selected: Selected) -> Iterator[tuple[Row, Figure]]:
    signers = _chain()[2]
    same = (Here(_ours(signers[:1])), Here(_peers(signers[:1])))
    new = (Here(_ours(signers)), Here(_peers(signers)))
    cold = (Here(_ours(signers, cold=True)), Here(_peers(signers, cold=True)))
    for row, pair in zip((_SAME, _NEW, _COLD), (same, new, cold), strict=True):
        mine, peer = in_turns(*pair)
        note = (
            f"one path of three P-256 certificates, {mine.cpu_milliseconds * 1000:.0f} us;"
            f" peer: pyhanko-certvalidator, {peer.cpu_milliseconds * 1000:.0f} us; {spread(peer, mine)}"
        )
        yield row, Figure(value=mine.per_cpu_second, peer=peer.per_cpu_second, n=mine.n, note=note)


BENCHES: Final = (Bench((_SAME, _NEW, _COLD), _against_certvalidator),)
