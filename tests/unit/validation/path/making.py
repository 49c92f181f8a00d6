"""Certificates and lists that no library would write: every field is given as DER, the signature is real."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import NOW

from absah.kernel.clock import Instant, instant
from absah.pki import der
from absah.pki.algorithms import DigestAlgorithm, sign_bytes
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.crl import RevocationList, read_list

ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"))
COMMON_NAME, EMAIL_ADDRESS = "2.5.4.3", "1.2.840.113549.1.9.1"
ANY_POLICY = "2.5.29.32.0"
LATER = instant(NOW + timedelta(days=30))


@cache
def key(label: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def spki(label: str) -> bytes:
    return key(label).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def name(*values: str, kind: str = COMMON_NAME, tag: int = der.UTF8_STRING) -> bytes:
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), der.tlv(tag, value.encode()))) for value in values))


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.extension(dotted, value, critical=critical)


def basic(*, authority: bool = True, length: int | None = None, critical: bool = True) -> bytes:
    inner = (der.true() if authority else b"") + (b"" if length is None else der.integer(length))
    return extension("2.5.29.19", der.sequence(inner), critical=critical)


def usage(*bits: int) -> bytes:
    value = sum(0x8000 >> bit for bit in bits).to_bytes(2, "big")
    return extension("2.5.29.15", der.tlv(der.BIT_STRING, b"\x00", value), critical=True)


def subject_key(label: str) -> bytes:
    return extension("2.5.29.14", der.octet_string(label.encode()))


def authority_key(label: str) -> bytes:
    return extension("2.5.29.35", der.sequence(der.implicit(0, label.encode())))


def purposes(*dotted: str) -> bytes:
    return extension("2.5.29.37", der.sequence(*(der.oid(one) for one in dotted)))


def policies(*dotted: str, notice: str = "") -> bytes:
    said = der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(der.utf8_string(notice))))
    return extension(
        "2.5.29.32", der.sequence(*(der.sequence(der.oid(one), said if notice else b"") for one in dotted))
    )


def mappings(*pairs: tuple[str, str]) -> bytes:
    return extension(
        "2.5.29.33", der.sequence(*(der.sequence(der.oid(one), der.oid(two)) for one, two in pairs)), critical=True
    )


def policy_constraints(*, explicit: int | None = None, mapping: int | None = None) -> bytes:
    parts = [(0x80, explicit), (0x81, mapping)]
    inner = b"".join(der.integer(value, tag=tag) for tag, value in parts if value is not None)
    return extension("2.5.29.36", der.sequence(inner), critical=True)


def inhibit_any(skip: int) -> bytes:
    return extension("2.5.29.54", der.integer(skip), critical=True)


def dns(host: str) -> bytes:
    return der.implicit(2, host.encode())


def email(address: str) -> bytes:
    return der.implicit(1, address.encode())


def uri(address: str) -> bytes:
    return der.implicit(6, address.encode())


def ip(octets: bytes) -> bytes:
    return der.implicit(7, octets)


def directory(encoded: bytes) -> bytes:
    return der.explicit(4, encoded)


def names(*general: bytes, critical: bool = False) -> bytes:
    return extension("2.5.29.17", der.sequence(*general), critical=critical)


def constraints(*, permitted: tuple[bytes, ...] = (), excluded: tuple[bytes, ...] = (), critical: bool = True) -> bytes:
    inner = b"".join(
        der.explicit(number, *(der.sequence(one) for one in trees))
        for number, trees in ((0, permitted), (1, excluded))
        if trees
    )
    return extension("2.5.29.30", der.sequence(inner), critical=critical)


@dataclass(frozen=True)
class Plan:
    """A certificate to be made; the key of its issuer bears the issuer's label."""

    subject: str = "Subject"
    issuer: str = "Root"
    extensions: tuple[bytes, ...] = ()
    serial: int = 7
    version: int = 2
    not_before: Instant = NOW
    not_after: Instant = LATER
    label: str = ""
    issuer_label: str = ""
    subject_name: bytes | None = None
    issuer_name: bytes | None = None
    algorithm: bytes = ECDSA_SHA256
    public_key: bytes | None = None
    extra: bytes = b""
    spoilt: bool = False


def made(**fields: Any) -> bytes:
    plan = Plan(**fields)
    tbs = der.sequence(
        der.explicit(0, der.integer(plan.version)) if plan.version else b"",
        der.integer(plan.serial),
        ECDSA_SHA256 if plan.spoilt else plan.algorithm,
        name(plan.issuer) if plan.issuer_name is None else plan.issuer_name,
        der.sequence(der.time(plan.not_before), der.time(plan.not_after)),
        name(plan.subject) if plan.subject_name is None else plan.subject_name,
        plan.public_key or spki(plan.label or plan.subject),
        plan.extra,
        der.explicit(3, der.sequence(*plan.extensions)) if plan.extensions else b"",
    )
    return signed(tbs, plan.issuer_label or plan.issuer, plan.algorithm)


def signed(tbs: bytes, label: str, algorithm: bytes = ECDSA_SHA256) -> bytes:
    return der.sequence(tbs, algorithm, der.bit_string(sign_bytes(key(label), tbs, DigestAlgorithm.SHA256)))


def certificate(**fields: Any) -> Certificate:
    return read_certificate(made(**fields))


def authority(subject: str, issuer: str = "Root", *more: bytes, **fields: Any) -> Certificate:
    return certificate(subject=subject, issuer=issuer, extensions=(basic(), usage(5, 6), *more), **fields)


def root(*more: bytes, **fields: Any) -> Certificate:
    return authority("Root", "Root", *more, **fields)


def leaf(issuer: str = "Root", *more: bytes, **fields: Any) -> Certificate:
    return certificate(subject=fields.pop("subject", "Leaf"), issuer=issuer, extensions=(usage(0), *more), **fields)


def line(serial: int, *extensions: bytes) -> bytes:
    return der.sequence(der.integer(serial), der.time(NOW), der.sequence(*extensions) if extensions else b"")


def reason(code: int) -> bytes:
    return extension("2.5.29.21", der.enumerated(code))


def line_issuer(*general: bytes) -> bytes:
    return extension("2.5.29.29", der.sequence(*general), critical=True)


def number(value: int, *, critical: bool = False) -> bytes:
    return extension("2.5.29.20", der.integer(value), critical=critical)


def base(value: int) -> bytes:
    return extension("2.5.29.27", der.integer(value), critical=True)


def issuing_point(*fields: bytes) -> bytes:
    return extension("2.5.29.28", der.sequence(*fields), critical=True)


def point(*, full: tuple[bytes, ...] = (), reasons: bytes = b"", issuer: tuple[bytes, ...] = ()) -> bytes:
    where = der.explicit(0, der.explicit(0, *full)) if full else b""
    return der.sequence(where, reasons, der.explicit(2, *issuer) if issuer else b"")


def points(*several: bytes) -> bytes:
    return extension("2.5.29.31", der.sequence(*several))


def crl_bytes(
    issuer: str = "Root",
    *lines: bytes,
    extensions: tuple[bytes, ...] = (),
    this_update: Instant = NOW,
    next_update: Instant | None = LATER,
    label: str = "",
    version: int = 1,
) -> bytes:
    tbs = der.sequence(
        der.integer(version) if version else b"",
        ECDSA_SHA256,
        name(issuer),
        der.time(this_update),
        b"" if next_update is None else der.time(next_update),
        der.sequence(*lines) if lines else b"",
        der.explicit(0, der.sequence(*extensions)) if extensions else b"",
    )
    return signed(tbs, label or issuer)


def crl(issuer: str = "Root", *lines: bytes, **fields: Any) -> RevocationList:
    return read_list(crl_bytes(issuer, *lines, **fields))
