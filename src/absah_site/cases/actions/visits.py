"""The check of logo and statement: the worker visits applications, output documents are read, judgements summed up."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import transaction

from absah.adapters.document_views import Wanted, drawn_document
from absah.adapters.summary_press import Summary, SummaryTable, press_summary
from absah.adapters.visits.browser import BrowserMissing, find_browser, visit
from absah.adapters.web_guard import Guard, Reach
from absah.agreements.parties import Span
from absah.agreements.records.systems import ElectronicSystem, Status, logo_owner, statement_issuer
from absah.agreements.registers import REGISTERS
from absah.cases.case import Case
from absah.cases.fields import read_rows, write_rows
from absah.cases.visits import (
    SCREENSHOT,
    STATEMENTS,
    VISITS,
    CheckedDocument,
    SystemScore,
    Visited,
    check_judgements,
    judgements,
    last_paper,
    read_statements,
    read_visits,
    scores,
    write_statements,
    write_visits,
)
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import written_date
from absah.kernel.errors import AbsahError, NotFound
from absah.pdf.notice import Notice
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.agreements import access as agreements
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.papers import Upload
from absah_site.cases import access
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper
from absah_site.jobs.actions import Work, enqueue
from absah_site.signing import access as signing

#: What `absah_site.cases.apps` registers.
VISIT_JOB = "cases:visit"
_WORKER = Operator(name="worker")
#: So many of the newest outputs are read beside the samples.
_NEWEST = 12


class NoSystems(NotFound):
    """The agreement's register has no application in use."""

    code = "cases.no-systems"


class SampleUnknown(NotFound):
    """A sample names a file that was not added to this case, or no application of the register. Parameter: name."""

    code = "cases.sample-unknown"


def check_visits_allowed(opened: OpenedCase, _fields: Mapping[str, str]) -> None:
    """A browser is here, the settings allow visits, and there is something to visit."""
    _browser()
    if not _systems(opened.found):
        raise NoSystems


def _browser() -> tuple[Path, Guard]:
    table = composition.config().visits
    reach = Reach(table.reach)
    if reach is Reach.NOBODY:
        raise BrowserMissing
    return find_browser(table.browser), Guard(reach=reach, hosts=table.hosts)


def _systems(found: OpenedAgreement) -> tuple[ElectronicSystem, ...]:
    kept: Iterable[ElectronicSystem] = (each.value for each in agreements.records(found, REGISTERS["system"]))
    return tuple(one for one in kept if one.status is Status.IN_USE)


def ask_for_visits(opened: OpenedCase, _case: Case, _now: Instant, _by: Actor) -> None:
    """Visits take longer than a page may: the worker makes them."""
    enqueue(VISIT_JOB, f"case:{opened.found.id}:{opened.listed.id}")


def carry_out_visits(work: Work) -> str:
    """Visit every application of the agreement, and keep what was seen in one transaction."""
    _, agreement, identifier = work.reference.split(":")
    now = composition.clock().now()
    found = agreements.agreement_for(_WORKER, UUID(agreement), now=now)
    opened = access.opened(found, UUID(identifier))
    program, guard = _browser()
    systems = _systems(found)
    seen: list[tuple[Visited, bytes]] = []
    for number, system in enumerate(systems, start=1):
        seen.append(_visited(program, guard, system))
        work.progress(number, len(systems))
    with transaction.atomic():
        _keep(opened, seen)
    return f"{sum(bool(picture) for _, picture in seen)}/{len(seen)}"


def _visited(program: Path, guard: Guard, system: ElectronicSystem) -> tuple[Visited, bytes]:
    base = Visited(system=system.key, name=system.name, address=system.url)
    try:
        found = visit(program, system.url, guard, composition.clock())
    except AbsahError as refusal:
        told = refusal.parameters
        why = str(told.get("problem", refusal.code))
        return base.model_copy(update={"refused": why[:60], "host": str(told.get("host", ""))[:100]}), b""
    update = {"ended_at": found.ended_at, "seen_at": found.seen_at.isoformat()}
    return base.model_copy(update=update), found.picture


def _keep(opened: OpenedCase, seen: Iterable[tuple[Visited, bytes]]) -> None:
    found, identifier, now = opened.found.id, opened.listed.id, composition.clock().now()
    side = opened.case.last_by
    visits = []
    for one, picture in seen:
        kept = one
        if picture:
            file = Upload(name=f"layar-{one.system[:40]}-{legal_date(now)}.png", content=picture)
            paper = add_paper(found, identifier, file, SCREENSHOT, now=now, by=_WORKER, side=side)
            kept = one.model_copy(update={"picture": paper.sha256})
        visits.append(kept)
    file = Upload(name=f"kunjungan-{opened.case.number}.json", content=write_visits(visits))
    add_paper(found, identifier, file, VISITS, now=now, by=_WORKER, side=side)


def read_documents(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Read the pages of the samples, and of the newest outputs that were signed here in the year of the case."""
    found = opened.found
    sentence = Notice(issuer=statement_issuer(found.agreement, found.today), trial=False).sentence.rstrip(".")
    checked = (*_samples(opened, case, sentence), *_outputs(found, case, sentence))
    looked = {(one.sha256, one.system): one for one in checked}
    file = Upload(name=f"keterangan-{case.number}.json", content=write_statements(sentence, looked.values()))
    add_paper(found.id, opened.listed.id, file, STATEMENTS, now=now, by=by)


def _samples(opened: OpenedCase, case: Case, sentence: str) -> Iterator[CheckedDocument]:
    files = {paper.name: paper.sha256 for paper in case.papers}
    keys = {one.key for one in _systems(opened.found)}
    for name, system in read_rows(case.values.get("samples", "")):
        if name not in files or system not in keys:
            raise SampleUnknown(name=f"{name} / {system}"[:80])
        lacking = _lacking(files[name], sentence)
        yield CheckedDocument(sha256=files[name], system=system, lacking=lacking)


def _outputs(found: OpenedAgreement, case: Case, sentence: str) -> Iterator[CheckedDocument]:
    year = int(case.values["year"])
    span = Span(first=date(year, 1, 1), last=date(year, 12, 31))
    since, until = agreements.moments_of(span, today=found.today)
    _, newest = signing.outputs_of_agency(agreements.agency_name(found), since, until, newest=_NEWEST)
    for digest in newest:
        try:
            yield CheckedDocument(sha256=digest, lacking=_lacking(digest, sentence))
        except AbsahError:  # delivered and not kept here: nothing was seen
            continue


def _lacking(digest: str, sentence: str) -> tuple[int, ...]:
    """The pages of a kept document that lack the statement."""
    document = composition.documents().read(digest)
    views = drawn_document(composition.isolated(), document, Wanted(pages=(), phrase=sentence), None)
    return tuple(views.lacking)


def check_judged(opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """Everything that was visited is judged, and nothing else."""
    check_judgements(_visits(opened.case), read_rows(fields.get("judged", "")))


def preset_judgements(opened: OpenedCase, /) -> Mapping[str, str]:
    """A row for each application that was seen."""
    return {"judged": write_rows((one.system, "", "") for one in _visits(opened.case) if one.picture)}


def _visits(case: Case) -> tuple[Visited, ...]:
    paper = last_paper(case, VISITS)
    return () if paper is None else read_visits(composition.documents().read(paper.sha256))


def scores_of(case: Case, /) -> tuple[SystemScore, ...]:
    """The score of each application, as far as it is known."""
    paper = last_paper(case, STATEMENTS)
    checked = () if paper is None else read_statements(composition.documents().read(paper.sha256))
    return scores(_visits(case), judgements(case), checked)


def make_summary(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset what was seen, read and judged."""
    listed, field = opened.found.listed, case.kind.fields["judged"].columns[1]
    paper = last_paper(case, STATEMENTS)
    checked = () if paper is None else read_statements(composition.documents().read(paper.sha256))
    rows = tuple(
        (
            one.visited.name,
            one.visited.ended_at or one.visited.address,
            chosen.text if (chosen := field.choice(one.logo)) else one.visited.refused or "-",
            f"{one.carrying}/{one.read}" if one.read else "-",
            "-" if one.score is None else f"{one.score * 100:.0f}",
        )
        for one in scores_of(case)
    )
    day = legal_date(now)
    summary = Summary(
        title=f"Pemeriksaan Logo dan Keterangan {case.values['year']}",
        facts=(
            ("Nomor", case.number),
            ("Perjanjian", f"{listed.first_number} dan {listed.second_number}"),
            ("Logo yang diperiksa", logo_owner(opened.found.agreement, day)),
            ("Pemeriksa", case.values["checker"]),
            ("Tanggal", written_date(day)),
        ),
        tables=(
            SummaryTable(title="Aplikasi", header=("Aplikasi", "Alamat", "Logo", "Keterangan", "Skor"), rows=rows),
            SummaryTable(
                title="Dokumen keluaran yang dibaca",
                header=("SHA-256", "Aplikasi", "Halaman tanpa keterangan"),
                rows=tuple(
                    (one.sha256[:32], one.system or "-", ", ".join(map(str, one.lacking)) or "tidak ada")
                    for one in checked
                ),
            ),
        ),
        trial=composition.config().trial,
    )
    file = Upload(name=f"pemeriksaan-{case.number}.pdf", content=press_summary(summary, dated=day))
    add_paper(opened.found.id, opened.listed.id, file, "report", now=now, by=by)
