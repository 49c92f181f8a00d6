"""How a report is told: the four questions, a card for each signature. Judges nothing; the report has judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django import template

from absah.kernel.clock import Instant
from absah.kernel.messages import render
from absah.pdf.page_views import PageView, Region
from absah.validation.checks import Check, Outcome
from absah.validation.checks import deciding as deciding_check
from absah.validation.conclusion import Verdict, verdict_for
from absah.validation.evidence import ChangeKind
from absah.validation.report import Report, SignatureReport, TimestampReport
from absah_site.language import current_language
from absah_site.validation.access import Examination, changed_since

register = template.Library()
_PIN: Final = 18  # pixels: a number stays on its picture

_KINDS: Final = {Verdict.VALID: "ok", Verdict.UNDETERMINED: "warn", Verdict.INVALID: "bad", Verdict.UNSIGNED: "none"}


class Changed(StrEnum):
    """Whether it was changed."""

    NO = "no"
    SIGNED_FURTHER = "signed-further"
    ADDED_TO = "added-to"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the four questions are answered with."""

    names: tuple[str, ...]
    first: Instant | None
    last: Instant | None
    proven: bool
    intact: bool
    changed: Changed
    issuer: str
    root: str
    trusted: bool


def _changed(signatures: Sequence[SignatureReport]) -> Changed:
    if not all(one.intact for one in signatures):
        return Changed.YES
    if any(one.beyond for one in signatures):
        return Changed.ADDED_TO
    kinds = {change.kind for one in signatures for change in one.changes}
    return Changed.SIGNED_FURTHER if ChangeKind.SIGNATURE in kinds else Changed.NO


@register.simple_tag
def four_answers(report: Report) -> Answers:
    """The answers for the whole document."""
    signatures = report.signatures
    names = tuple(dict.fromkeys(one.signer.name for one in signatures if one.signer is not None))
    times = sorted(one.time for one in signatures if one.time is not None)
    chain = next((one.chain for one in signatures if one.chain), ())
    return Answers(
        names=names,
        first=times[0] if times else None,
        last=times[-1] if times else None,
        proven=bool(signatures) and all(one.proven_time is not None for one in signatures),
        intact=all(one.intact for one in signatures),
        changed=_changed(signatures),
        issuer=chain[0].issuer if chain else "",
        root=chain[-1].subject if chain else "",
        trusted=bool(signatures) and all(one.chain_trusted for one in signatures),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBox:
    """A signature on a page's picture: its number, whose it is, its box, where its number stands, and its colour."""

    number: int
    name: str
    region: Region
    pin: tuple[int, int]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """A page's picture with the signatures on it."""

    view: PageView
    boxes: tuple[ShownBox, ...]


@register.simple_tag
def shown_pages(found: Examination) -> tuple[ShownPage, ...]:
    """The pictures, each box with the number of its signature's card."""
    return tuple(ShownPage(view=view, boxes=tuple(_boxes(found.report, view))) for view in found.pages)


def _boxes(report: Report, view: PageView) -> Iterator[ShownBox]:
    here = [
        (number, one)
        for number, one in enumerate(report.signatures, start=1)
        if one.place is not None and one.place.page == view.number
    ]
    for (number, one), region in zip(here, view.boxes, strict=False):
        name = one.signer.name if one.signer is not None else "?"
        pin = (max(region.left, _PIN), max(region.top, _PIN))
        yield ShownBox(number=number, name=name, region=region, pin=pin, kind=seal_kind(own_verdict(one)))


@register.simple_tag
def compared_with(report: Report) -> SignatureReport | None:
    """The signature whose state of the document the present one is compared with."""
    return changed_since(report)


@register.filter
def shows(found: Examination, number: int) -> bool:
    """Whether a signature's page is among the pictures."""
    place = found.report.signatures[number - 1].place
    return place is not None and any(view.number == place.page for view in found.pages)


@register.filter
def entry_of(found: Examination, number: int) -> int | None:
    """Which entry of our log a signature is; None when it was not made here."""
    return found.entries.get(number)


@register.filter
def seal_kind(verdict: Verdict) -> str:
    """ok, warn, bad or none: which seal and which colour."""
    return _KINDS[verdict]


@register.filter
def own_verdict(signature: SignatureReport | TimestampReport) -> Verdict:
    """The verdict on one signature, or one time-stamp, alone."""
    return verdict_for(signature.conclusion.indication, signed=True)


@register.filter
def decided_by(signature: SignatureReport) -> Check | None:
    """The check that keeps a signature from passing."""
    return deciding_check(signature.checks)


@register.filter
def failed(check: Check) -> bool:
    """Whether the answer was not the one hoped for."""
    return check.outcome is Outcome.FAILED


@register.simple_tag
def message(message_id: str) -> str:
    """The sentence of the catalogues, in the language of the page."""
    return render(message_id, current_language())
