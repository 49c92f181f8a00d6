"""The expert statement that answers a ticket, typeset to be signed by the representative of the certification body."""

from absah.adapters.summary_press import Summary, press_summary
from absah.agreements.face import face_of
from absah.cases.case import Case
from absah.cases.letters import TYPESET
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import written_date
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper


def make_statement(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """What an expert says of the document that is doubted: named by its SHA-256, so that it is about no other."""
    values, day = case.values, legal_date(now)
    doubted = tuple(("Dokumen (SHA-256)", paper.sha256) for paper in case.papers if paper.what == "document")
    problem = case.kind.fields["class"].choice(values["class"])
    summary = Summary(
        title="Pernyataan Ahli",
        facts=(
            ("Tiket", f"{case.number}: {case.subject}"),
            ("Kelas masalah", "-" if problem is None else problem.text),
            ("Ahli", values["expert"]),
            ("Tanggal", written_date(day)),
            *doubted,
        ),
        texts=(("Pernyataan", values["statement"]), ("Penyelesaian", values["answer"])),
        trial=composition.config().trial,
        signatory=face_of(opened.found.agreement).second,
    )
    file = Upload(name=f"pernyataan-{case.number}.pdf", content=press_summary(summary, dated=day))
    add_paper(opened.found.id, opened.listed.id, file, TYPESET, now=now, by=by)
