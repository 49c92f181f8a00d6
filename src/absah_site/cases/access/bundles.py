"""What goes into an evidence bundle: duties with their evidence, facts, cases, and the files that they name."""

from collections.abc import Mapping, Sequence
from typing import Any

from absah.agreements.confidentiality import Classification
from absah.agreements.evidence import Evidence
from absah.agreements.parties import Span
from absah.kernel.clock import legal_date
from absah_site import fact_codec
from absah_site.agreements import access as agreements
from absah_site.agreements.access import KeptPaper, OpenedAgreement
from absah_site.cases.store import cases


def duties_in(found: OpenedAgreement, days: Span, /) -> Sequence[Mapping[str, Any]]:
    """Every duty on every occasion of these days: how it stands, what was done, what proves it."""
    calendar = agreements.work_calendar(found.today)
    return [
        {
            "duty": item.duty.code,
            "clause": item.duty.clause.short,
            "text": item.duty.text,
            "occasion": item.key,
            "due": None if item.due.day is None else item.due.day.isoformat(),
            "standing": item.standing.value,
            "steps": [] if item.fulfilment is None else [fact_codec.written(move) for move in item.fulfilment.moves],
            "evidence": [] if item.fulfilment is None else [_piece(each) for each in item.fulfilment.evidence],
        }
        for item in agreements.items_of(found, calendar)
        if _touches(item, days)
    ]


def _touches(item: agreements.Item, days: Span) -> bool:
    """Whether an occasion begins in these days, falls due in them, or was moved in them."""
    moves = () if item.fulfilment is None else item.fulfilment.moves
    dates = [item.due.day, *(move.on for move in moves)]
    return any(day in days for day in dates if day is not None)


def _piece(evidence: Evidence) -> Mapping[str, str]:
    return {
        "kind": evidence.kind.value,
        "source": evidence.source.value,
        "reference": evidence.reference,
        "on": evidence.on.isoformat(),
        "digest": evidence.digest,
    }


def facts_in(found: OpenedAgreement, days: Span, /) -> Sequence[Mapping[str, Any]]:
    """What was recorded in these days, in its order."""
    return [
        {
            "number": fact.number,
            "stream": fact.stream,
            "recorded_at": fact.recorded_at.isoformat(),
            "fact": fact_codec.written(fact.value),
        }
        for fact in found.facts
        if legal_date(fact.recorded_at) in days
    ]


def cases_in(found: OpenedAgreement, days: Span, /) -> Mapping[str, Any]:
    """Every case with an entry of these days, by its number. Internal notes of either party stay at home."""
    written = {}
    for listed in cases.listed(found.id):
        entries = [each for each in cases.read(listed).entries if not getattr(each, "internal", False)]
        if any(legal_date(each.at) in days for each in entries):
            written[listed.number] = {
                "kind": listed.kind,
                "subject": listed.subject,
                "state": listed.state,
                "entries": [fact_codec.written(each) for each in entries],
            }
    return written


def papers_in(
    found: OpenedAgreement, days: Span, named: frozenset[str], /
) -> tuple[Sequence[KeptPaper], Sequence[KeptPaper]]:
    """The files of these days and those that evidence names: what may go along, and what its owner keeps."""
    wanted = [
        paper for paper in agreements.papers_of(found) if legal_date(paper.kept_at) in days or paper.sha256 in named
    ]
    owned = Classification.OWNER.value
    return (
        [paper for paper in wanted if paper.classification != owned],
        [paper for paper in wanted if paper.classification == owned],
    )
