"""Taking what arrives by itself: an occasion that a register shows, and a look into output documents (K1-j)."""

import json
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.document_views import Wanted, drawn_document
from absah.agreements.duties import DutyCode, EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Fulfilment, Submitted
from absah.agreements.records.systems import statement_issuer
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound, RuleBroken
from absah.pdf.notice import Notice
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements import access
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.duties import move, note_occasion
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.actions.papers import Upload, keep_paper
from absah_site.signing import access as signing

STATEMENT: Final = DutyCode("K1-j")
#: So many of the newest outputs are looked at: enough to see who forgot the statement, few enough to wait for.
_SAMPLE: Final = 12


class NothingFound(NotFound):
    """No register shows this occasion, or somebody has told it meanwhile. Parameters: duty, key."""

    code = "agreements.nothing-found"


class NoOutputs(NotFound):
    """Nothing was signed here in that time, or no output is kept here. Parameter: number."""

    code = "agreements.no-outputs"


class StatementMissing(RuleBroken):
    """Outputs were found whose pages lack the statement. Parameters: lacking, checked."""

    code = "agreements.statement-missing"


@transaction.atomic
def tell_found(identifier: UUID, duty: DutyCode, key: str, /, *, now: Instant, by: Actor) -> None:
    """Record an occasion that a register shows. Either party may: the register speaks for both."""
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind="FoundOccasion")
    for each in access.found_occasions(found):
        if (each.duty, each.occasion.key) == (duty, key):
            note_occasion(found, duty, each.occasion, now=now, by=by)
            return
    raise NothingFound(duty=duty, key=key[:60])


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOutput:
    """An output document by its SHA-256, and its pages that lack the statement."""

    sha256: str
    lacking: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCheck:
    """The newest outputs of a time: how many there are, what was looked for, and what was found on their pages."""

    signed: int
    sentence: str
    checked: tuple[CheckedOutput, ...]

    @property
    def lacking(self) -> int:
        """How many of those looked at lack it on some page."""
        return sum(bool(each.lacking) for each in self.checked)


def check_statements(found: OpenedAgreement, key: str, /) -> StatementCheck:
    """Look for the statement on every page of the newest outputs. Raises NoOutputs."""
    item = access.item_of(found, STATEMENT, key, access.work_calendar(found.today))
    since, until = access.moments_of(access.days_of(item, today=found.today), today=found.today)
    number, newest = signing.outputs_of_agency(access.agency_name(found), since, until, newest=_SAMPLE)
    issuer = statement_issuer(found.agreement, found.today)
    sentence = Notice(issuer=issuer, trial=False).sentence.rstrip(".")
    checked = tuple(each for digest in newest for each in _looked_at(digest, sentence))
    if not checked:
        raise NoOutputs(number=number)
    return StatementCheck(signed=number, sentence=sentence, checked=checked)


def _looked_at(digest: str, sentence: str) -> tuple[CheckedOutput, ...]:
    try:
        document = composition.documents().read(digest)
        views = drawn_document(composition.isolated(), document, Wanted(pages=(), phrase=sentence), None)
    except AbsahError:  # delivered and not kept, or a worker lost over it: nothing was seen
        return ()
    return (CheckedOutput(sha256=digest, lacking=tuple(views.lacking)),)


@transaction.atomic
def submit_statements(identifier: UUID, key: str, /, *, now: Instant, by: Actor) -> Fulfilment:
    """Check the outputs and submit K1-j with the report of it. Raises StatementMissing where a page lacks it."""
    found = hold(identifier, by=by, now=now)
    if found.side is None:
        raise NotYourSide(kind=Submitted.__name__)
    check = check_statements(found, key)
    if check.lacking:
        raise StatementMissing(lacking=check.lacking, checked=len(check.checked))
    written = json.dumps(asdict(check), ensure_ascii=False, indent=1).encode()
    paper = keep_paper(found, Upload(name=f"keterangan-{key}.json", content=written), now=now, by=by)
    evidence = Evidence(
        kind=EvidenceKind.CHECK,
        source=Source.SIGNATURES,
        reference=f"{len(check.checked)}/{check.signed}",
        on=found.today,
        digest=paper.sha256,
    )
    step = Submitted(by=found.side, on=found.today, recorded_at=now, evidence=(evidence,))
    return move(identifier, STATEMENT, key, step, by=by)
