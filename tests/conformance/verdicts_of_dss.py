"""The cases in which we compare our verdicts with those of EU DSS, and the differences that have an explanation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from tests.attacks.catalogue import ATTACKS
from tests.conformance.pades_samples import LATER, bench, blank_pdf, make_crl, revoked, sign
from tests.conformance.test_attacks import honest
from tests.fixtures_pki import NOW, PERSON_NAME, certify, make_pki

from absah.kernel.clock import Instant, instant
from absah.pki.names import AuthorityName
from absah.pki.profiles import Validity

PASSED = ("TOTAL_PASSED", "")
HEARINGS = (
    "every level", "altered", "no lists", "another anchor", "certificate expired", "revoked before", "revoked later",
    "archived", "honest",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Documents that are judged at one moment, with the same anchors and lists."""

    documents: Mapping[str, bytes]
    anchors: tuple[bytes, ...] = field(default_factory=lambda: (bench().pki.root.certificate,))
    crls: tuple[bytes, ...] = field(default_factory=lambda: bench().crls)
    at: Instant = LATER


def _after(**span: float) -> Instant:
    return instant(NOW + timedelta(**span))


def _with_other_value(document: bytes) -> bytes:
    """Another last octet in the signature value, which stands at the end of the CMS."""
    contents = re.search(rb"/Contents <([0-9a-fA-F]+)>", document)
    assert contents is not None
    end = contents.start(1) + len(contents[1].rstrip(b"0")) // 2 * 2
    digit = b"1" if document[end - 2 : end - 1] != b"1" else b"2"
    return document[: end - 2] + digit + document[end - 1 :]


def _with_other_page(document: bytes) -> bytes:
    return document.replace(b"Perjanjian contoh", b"Perjanjian palsu!", 1)


@cache
def hearings() -> dict[str, Hearing]:
    """By name (`HEARINGS`): what is right and wrong with signatures, certificates, lists and time."""
    pki = make_pki()
    short = Validity(not_before=_after(minutes=-5), not_after=_after(days=2))
    brief = bench().signer(
        certify("individual-signer", PERSON_NAME, pki.issuing, emails=("siti@kota.example",), validity=short)
    )
    stranger = certify("root-ca", AuthorityName(common_name="Root lain UJI COBA", organisation="Lain"), None)
    plain = {level: sign(blank_pdf(), level=level) for level in ("B-B", "B-T", "B-LT", "B-LTA")}
    later = make_crl(pki.issuing, revoked(pki.person, _after(days=1)), at=_after(days=2))
    before = make_crl(pki.issuing, revoked(pki.person, _after(hours=-1)))
    root_list = make_crl(pki.root)
    return {
        "every level": Hearing(documents=plain),
        "altered": Hearing(
            documents={"page": _with_other_page(plain["B-T"]), "value": _with_other_value(plain["B-B"])}
        ),
        "no lists": Hearing(documents=plain, crls=()),
        "another anchor": Hearing(documents=plain, anchors=(stranger.certificate,)),
        "certificate expired": Hearing(
            documents={level: sign(blank_pdf(), signer=brief, level=level) for level in ("B-B", "B-T")},
            at=_after(days=10),
        ),
        "revoked before": Hearing(documents=plain, crls=(root_list, before)),
        "revoked later": Hearing(documents={"B-T": plain["B-T"]}, crls=(root_list, later), at=_after(days=3)),
        "archived": Hearing(documents={"B-LTA": plain["B-LTA"]}, crls=(), at=_after(days=20)),
        "honest": Hearing(documents=honest()),
    }


def attacks() -> Hearing:
    """Our attack suite."""
    return Hearing(documents={f"{attack.family}: {attack.what}": attack.make() for attack in ATTACKS})


_OPEN = "INDETERMINATE"

#: (hearing, document) → what we say, what DSS says. Each is explained in docs/conformance/divergences.md.
EXPLAINED: Mapping[tuple[str, str], tuple[tuple[str, str], tuple[str, str]]] = {
    ("no lists", "B-B"): ((_OPEN, "TRY_LATER"), (_OPEN, "CERTIFICATE_CHAIN_GENERAL_FAILURE")),
    ("no lists", "B-T"): ((_OPEN, "TRY_LATER"), (_OPEN, "CERTIFICATE_CHAIN_GENERAL_FAILURE")),
    ("certificate expired", "B-T"): (PASSED, (_OPEN, "SIG_CONSTRAINTS_FAILURE")),
    **{
        ("revoked before", level): (("TOTAL_FAILED", "REVOKED"), (_OPEN, "REVOKED_NO_POE"))
        for level in ("B-B", "B-T", "B-LT", "B-LTA")
    },
}

#: Files of others about which the two differ in more than the reason. Explained in the same place.
OTHERS_EXPLAINED: Mapping[str, tuple[str, str]] = {
    "ed448-shake256-nolen.pdf": (_OPEN, "TOTAL_FAILED"),
    "sig-no-signed-attrs.pdf": ("TOTAL_PASSED", _OPEN),
    "tail-uncovered.pdf": ("TOTAL_FAILED", "TOTAL_PASSED"),
}
