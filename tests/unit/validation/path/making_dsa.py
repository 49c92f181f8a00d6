"""Certificates of DSA keys, with parameters of their own or without."""

from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import LATER, basic, name, usage

from absah.pki import der
from absah.validation.path.certificate import Certificate, read_certificate

DSA, DSA_SHA256 = "1.2.840.10040.4.1", "2.16.840.1.101.3.4.3.2"


@cache
def parameters() -> dsa.DSAParameters:
    return dsa.generate_parameters(1024)


@cache
def dsa_key(label: str) -> dsa.DSAPrivateKey:
    return parameters().generate_private_key()


def dsa_spki(label: str, *, bare: bool = False) -> bytes:
    whole = dsa_key(label).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not bare:
        return whole
    fields = der.Reader(whole, "key").read(der.SEQUENCE).reader()
    fields.read(der.SEQUENCE)
    return der.sequence(der.sequence(der.oid(DSA)), fields.read(der.BIT_STRING).encoded)


def dsa_certificate(subject: str, issuer: str, *extensions: bytes, bare: bool = False) -> Certificate:
    algorithm = der.sequence(der.oid(DSA_SHA256))
    tbs = der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(5),
        algorithm,
        name(issuer),
        der.sequence(der.time(NOW), der.time(LATER)),
        name(subject),
        dsa_spki(subject, bare=bare),
        der.explicit(3, der.sequence(*extensions)),
    )
    return read_certificate(der.sequence(tbs, algorithm, der.bit_string(dsa_key(issuer).sign(tbs, hashes.SHA256()))))


def ca(subject: str, issuer: str, *, bare: bool = False) -> Certificate:
    return dsa_certificate(subject, issuer, basic(), usage(5), bare=bare)
