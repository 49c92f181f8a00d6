"""The evidence bundle: a ZIP with an index, the files that evidence names, and the ledger's proofs; through the door.

indeks.json          what is inside (SHA-256 of each), duties with their evidence, what is withheld or elsewhere
berkas/              the files
catatan.json         what was recorded, in its order
kasus/               every case
rekam-jejak/         proofs of the ledger, and the program that checks them
periksa.py           checks all of it against the index, without Absah
"""

import hashlib
import json
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.resources import files as resources
from typing import IO, Any, Final

from django.db import transaction

from absah.agreements.confidentiality import (
    Classification,
    Export,
    Passage,
    Recipient,
    RequiredByLaw,
    ToOutsider,
    ToParty,
    classified,
    open_door,
)
from absah.agreements.parties import Span
from absah.agreements.registers import REGISTERS
from absah.audit.tags import CaseTag
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, RuleBroken
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements import access as agreements
from absah_site.agreements.access import KeptPaper, OpenedAgreement
from absah_site.agreements.actions.life import NotYourSide
from absah_site.audit.actions import record
from absah_site.cases.access import bundles
from absah_site.ledger.access.bundles import proof_bundle

_KIND: Final = "evidence-bundle"
FORMAT: Final = "absah-bundle/1"
LARGEST: Final = 1024**3
#: What stays in memory of a bundle that is made; the rest lies in a file without a name.
_IN_MEMORY: Final = 16 * 1024**2
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class BundleTooLarge(RuleBroken):
    """The files of these days come to more than one bundle holds. Parameter: limit, in MiB."""

    code = "cases.bundle-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle that was made: its bytes from their beginning, and the SHA-256 of its index, which the ledger has."""

    stream: IO[bytes]
    index: str
    passage: Passage


def subject_of(found: OpenedAgreement, /) -> str:
    """What consent to disclose a bundle names."""
    return f"Bundel bukti {found.listed.first_number}"


@transaction.atomic
def make_bundle(
    found: OpenedAgreement, days: Span, /, *, now: Instant, by: Actor, outsider: str = "", law: str = ""
) -> Bundle:
    """Make the bundle of some days for the own house, or for an outsider with consent or because a law says so.

    Raises DisclosureWithoutConsent, NotYourSide, BundleTooLarge.
    """
    side = agreements.house_of(by, found.listed)
    if side is None or (outsider and found.side is None):
        raise NotYourSide(kind=_KIND)
    recipient: Recipient = ToOutsider(name=outsider) if outsider else ToParty(role=side)
    passage = open_door(
        Export(
            subject=subject_of(found),
            classification=classified(_KIND, wish=Classification.PARTIES),
            by=side,
            recipient=recipient,
            on=found.today,
            law=RequiredByLaw(rule=law) if law else None,
        ),
        tuple(kept.value for kept in agreements.records(found, REGISTERS["consent"])),
    )
    stream, index = _written(found, days, passage, now=now)
    told: dict[str, str | int] = {"index": index, "ground": passage.ground.value}
    record(at=now, tag=CaseTag.BUNDLE_MADE, actor=by.reference, subject=f"agreement:{found.id}", facts=told)
    return Bundle(stream=stream, index=index, passage=passage)


def _written(found: OpenedAgreement, days: Span, passage: Passage, *, now: Instant) -> tuple[IO[bytes], str]:
    duties = bundles.duties_in(found, days)
    named = frozenset(piece["digest"] for item in duties for piece in item["evidence"] if piece["digest"])
    papers, owned = bundles.papers_in(found, days, named)
    if sum(paper.size for paper in papers) > LARGEST:
        raise BundleTooLarge(limit=LARGEST // 1024**2)
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    listed: list[dict[str, str | int]] = []
    lost: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, content: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, compress_type=zipfile.ZIP_DEFLATED)
            listed.append({"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)})

        for paper in papers:
            content = _content(paper)
            if content is None:
                lost.append(paper.sha256)
            else:
                put(f"berkas/{paper.sha256[:16]}-{_plain(paper.name)}", content)
        put("catatan.json", _json(bundles.facts_in(found, days)))
        for number, case in bundles.cases_in(found, days).items():
            put(f"kasus/{number}.json", _json(case))
        proofs = proof_bundle(subjects=(f"agreement:{found.id}",), documents=[paper.sha256 for paper in papers])
        for name, content in proofs.files().items():
            put(f"rekam-jejak/{name}", content)
        put("periksa.py", (resources("absah.cli") / "bundle_verifier.py").read_bytes())
        withheld = {paper.sha256 for paper in owned}
        elsewhere = named - withheld - {paper.sha256 for paper in papers} | set(lost)
        told = {"duties": duties, "files": listed, "withheld": sorted(withheld), "elsewhere": sorted(elsewhere)}
        index = _json(_index(found, days, passage, now=now) | told)
        archive.writestr(zipfile.ZipInfo("indeks.json", _EPOCH), index, compress_type=zipfile.ZIP_DEFLATED)
    stream.seek(0)
    return stream, hashlib.sha256(index).hexdigest()


def _content(paper: KeptPaper) -> bytes | None:
    """The bytes of a file; None where they are no longer what their name says, which the index then tells."""
    try:
        return composition.documents().read(paper.sha256)
    except AbsahError:
        return None


def _index(found: OpenedAgreement, days: Span, passage: Passage, *, now: Instant) -> dict[str, Any]:
    listed, recipient = found.listed, passage.export.recipient
    return {
        "format": FORMAT,
        "agreement": {
            "title": listed.title,
            "parties": [listed.first_name, listed.second_name],
            "numbers": [listed.first_number, listed.second_number],
        },
        "made_at": now.isoformat(),
        "days": [days.first.isoformat(), None if days.last is None else days.last.isoformat()],
        "for": recipient.name if isinstance(recipient, ToOutsider) else recipient.role.value,
        "classification": passage.export.classification.value,
        "ground": passage.ground.value,
        "consent": passage.letter,
    }


def _plain(name: str) -> str:
    """A name that means the same on every system: no folders, nothing that a shell or a ZIP reads."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return kept.strip(".-")[-80:] or "berkas"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
