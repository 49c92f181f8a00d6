"""The evaluation: its minutes typeset for both signatures, and, once both have signed, the agreement's own record."""

from datetime import date
from typing import Any

from absah.adapters.typst_press import press
from absah.agreements.parties import Role as Side
from absah.agreements.words import written_date
from absah.cases.case import Case
from absah.cases.fields import read_rows
from absah.cases.letters import TYPESET
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import RuleBroken
from absah.pdf.notice import Notice, stamp_notice
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.actions.records import begin_record
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper

_REGISTER = "evaluation"
_PEOPLE = {Side.FIRST: "first-people", Side.SECOND: "second-people"}


class NotHeldYet(RuleBroken):
    """Minutes of a meeting that has not been. Parameters: day, today."""

    code = "cases.not-held-yet"


def make_minutes(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset the minutes, with both parties' anchors."""
    found, today = opened.found, legal_date(now)
    held_on = date.fromisoformat(case.values["held-on"])
    if held_on > today:
        raise NotHeldYet(day=held_on.isoformat(), today=today.isoformat())
    pdf = press("minutes", _page(opened, case, held_on), dated=today)
    notice = Notice(issuer=found.agreement.issuer_on(today), trial=composition.config().trial)
    upload = Upload(name=f"berita-acara-{case.number}.pdf", content=stamp_notice(pdf, notice))
    add_paper(found.id, opened.listed.id, upload, TYPESET, now=now, by=by)


def keep_evaluation(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Keep that it was held. Where the agreement makes findings a duty to improve, that falls due with it."""
    values = case.values
    data = {
        "key": case.number,
        "on": date.fromisoformat(values["held-on"]),
        "first": tuple(row[0] for row in read_rows(values[_PEOPLE[Side.FIRST]])),
        "second": tuple(row[0] for row in read_rows(values[_PEOPLE[Side.SECOND]])),
        "minutes": case.number,
        "findings": tuple(row[0] for row in read_rows(values.get("findings", ""))),
    }
    begin_record(opened.found.id, _REGISTER, data, now=now, by=by)


def _page(opened: OpenedCase, case: Case, held_on: date) -> dict[str, Any]:
    agreement, values = opened.found.agreement, case.values
    first, second = (agreement.parties[side] for side in Side)
    return {
        "title": f"Berita Acara Evaluasi {values['year']}",
        "number": case.number,
        "opening": (
            f"Pada tanggal {written_date(held_on)} di {values['place']}, {first.name_on(held_on)} dan "
            f"{second.name_on(held_on)} mengevaluasi pelaksanaan {agreement.model.title} Nomor {first.number} dan "
            f"Nomor {second.number} tahun {values['year']}."
        ),
        "paragraphs": [line for line in values["minutes"].splitlines() if line.strip()],
        "findings": read_rows(values.get("findings", "")),
        "first": _side(opened, case, Side.FIRST),
        "second": _side(opened, case, Side.SECOND),
    }


def _side(opened: OpenedCase, case: Case, side: Side) -> dict[str, Any]:
    party, today = opened.found.agreement.parties[side], opened.found.today
    person = party.representative_on(today)
    return {
        "name": party.name_on(today),
        "people": read_rows(case.values[_PEOPLE[side]]),
        "post": person.post,
        "representative": person.titled or person.name,
        "anchor": party.anchor,
    }
