"""Those who sign in the matrix, under the test authority that Absah itself issued, and where their proofs come from.

The revocation source answers as an instance does: a fresh OCSP answer for people and the time-stamping unit, the list
of the root for the issuing authority.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from tests.conformance.pades_samples import make_ocsp
from tests.fakes.hierarchy import Member
from tests.fakes.signing import NOW, FakeSigner, FakeTimestamps
from tests.fixtures_pki import PERSON_NAME, Party, Pki, certify, make_pki, rsa_key

from absah.kernel.clock import FixedClock, instant
from absah.pki.algorithms import SignatureScheme
from absah.pki.crl import CrlPlan, build_crl
from absah.signing.completion import SigningPorts
from absah.signing.material import ValidationMaterial
from absah.signing.ports import CredentialId, DocumentEngine

AFTER = instant(NOW + timedelta(minutes=5))
"""When the judges look."""
NAMES = ("Siti Contoh Rahayu", "BAGUS WICAKSONO", "Dra. PUTRI AYU, M.Si.")


@cache
def crls() -> tuple[bytes, ...]:
    pki = make_pki()
    return tuple(
        build_crl(
            CrlPlan(
                issuer_der=issuer.certificate,
                number=1,
                this_update=NOW,
                next_update=instant(NOW + timedelta(days=30)),
                entries=(),
            ),
            issuer.key,
        )
        for issuer in (pki.root, pki.issuing)
    )


@cache
def member(key: str, number: int) -> Member:
    """The n-th person, with a certificate for a key of this kind."""
    pki = make_pki()
    match key:
        case "ec-p384":
            own = ec.generate_private_key(ec.SECP384R1())
        case "ec-p256":
            own = ec.generate_private_key(ec.SECP256R1())
        case _:
            own = rsa_key()
    words = NAMES[number - 1].split()
    name = replace(PERSON_NAME, common_name=NAMES[number - 1], given_name=words[0], surname=" ".join(words[1:]))
    return _member(certify("individual-signer", name, pki.issuing, key=own), pki)


def _member(party: Party, pki: Pki) -> Member:
    chain = (pki.issuing.certificate, pki.root.certificate)
    return Member(key=party.key, certificate=party.certificate, chain=chain)


@dataclass(frozen=True, slots=True)
class Register:
    """Proofs of status, as the register of an instance gives them."""

    pki: Pki

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        pki = self.pki
        known = {pki.root.certificate: None, pki.issuing.certificate: None}
        crls_needed = crls()[:1] if pki.issuing.certificate in certificates else ()
        answers = tuple(_answer(pki, leaf) for leaf in certificates if leaf not in known)
        responder = (pki.responder.certificate,) if answers else ()
        return ValidationMaterial(
            certificates=tuple(dict.fromkeys((*certificates, *known, *responder))), crls=crls_needed, ocsps=answers
        )


@cache
def _answer(pki: Pki, certificate: bytes) -> bytes:
    return make_ocsp(pki, Party(pki.person.key, certificate), NOW)


def ports_for(engine: DocumentEngine, key: str, number: int) -> tuple[SigningPorts, CredentialId, FixedClock]:
    """What the n-th person signs with."""
    clock = FixedClock(NOW)
    pki = make_pki()
    credential = CredentialId(f"kunci-{number}")
    scheme = SignatureScheme.RSA_PSS if key == "rsa-pss" else None
    ports = SigningPorts(
        signer=FakeSigner(members={credential: member(key, number)}, clock=clock, scheme=scheme),
        engine=engine,
        timestamps=FakeTimestamps(tsa=_member(pki.tsa, pki), clock=clock),
        revocation=Register(pki),
    )
    return ports, credential, clock
