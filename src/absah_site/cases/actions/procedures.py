"""Procedures: typeset when they are submitted, and minutes of the assistance that was given."""

from collections.abc import Mapping

from absah.adapters.procedure_press import press_procedure
from absah.adapters.summary_press import Summary, press_summary
from absah.agreements.face import face_of
from absah.agreements.parties import Role as Side
from absah.cases.case import Case
from absah.cases.fields import read_moment
from absah.cases.letters import TYPESET
from absah.cases.procedure import read_flow, versions_of
from absah.kernel.clock import Instant, legal_date
from absah.kernel.dates import moment_word
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper


def check_flow(opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """The flow holds together, as it was written before or is written now."""
    read_flow({**opened.case.values, **fields})


def make_procedure(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset what was submitted, with the anchor of whoever approves it."""
    found, version = opened.found, len(versions_of(case))
    pdf = press_procedure(
        case.values,
        face_of(found.agreement).first,
        agency=found.agreement.parties[Side.FIRST].name_on(found.today),
        version=version,
        made_on=legal_date(now),
        trial=composition.config().trial,
    )
    file = Upload(name=f"{case.number}-v{version}.pdf", content=pdf)
    add_paper(found.id, opened.listed.id, file, TYPESET, now=now, by=by)


def make_minutes(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """The minutes of a session: who assisted, and what was advised."""
    values = case.values
    summary = Summary(
        title="Notula Asistensi SOP",
        facts=(
            ("Nomor", case.number),
            ("SOP", f"{values['name']} ({values['number']})"),
            ("Waktu", moment_word(read_moment(values["session"])).text),
            ("Pendamping", values["advisers"]),
        ),
        texts=(("Permintaan", values.get("question", "-")), ("Saran dan kesepakatan", values["advice"])),
        trial=composition.config().trial,
    )
    content = press_summary(summary, dated=legal_date(now))
    file = Upload(name=f"notula-{case.number}.pdf", content=content)
    add_paper(opened.found.id, opened.listed.id, file, "report", now=now, by=by)
