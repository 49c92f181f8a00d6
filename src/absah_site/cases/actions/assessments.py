"""The assessment of compliance: a sample drawn from the register, and the report of what the assessor found."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from absah.adapters.typst_press import press
from absah.agreements.face import FaceParty, face_of
from absah.agreements.words import written_date
from absah.cases.assessment import Area, areas_of, drawn, score
from absah.cases.case import Case
from absah.kernel.clock import Instant, instant, legal_date
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper
from absah_site.pki import access as register

_SIZE: Final = 10
#: Before any certificate was issued.
_EVER: Final = instant(datetime(2000, 1, 1, tzinfo=UTC))
_SAMPLE: Final = "sample"


def make_sample(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Draw certificates of the agency from the register by a seed that is kept with them."""
    found = opened.found
    agency, until = found.listed.agency, instant(now + timedelta(seconds=1))
    names = register.fingerprints_issued_for(agency, _EVER, until) if agency else ()
    seed = composition.rng().token(16).hex()
    written = {"seed": seed, "of": len(names), "fingerprints": drawn(names, seed, _SIZE)}
    content = json.dumps(written, indent=1).encode()
    name = f"sampel-{case.number}.json"
    add_paper(found.id, opened.listed.id, Upload(name=name, content=content), _SAMPLE, now=now, by=by)


def make_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset what was found: each area with both answers, the findings, the score, the sample and its seed."""
    found = opened.found
    party = face_of(found.agreement).second
    pdf = press("assessment", _page(opened, case, party), dated=legal_date(now))
    name = f"penilaian-{case.values['year']}.pdf"
    add_paper(found.id, opened.listed.id, Upload(name=name, content=pdf), "report", now=now, by=by)


def _page(opened: OpenedCase, case: Case, party: FaceParty) -> dict[str, Any]:
    areas, values = areas_of(case), case.values
    reached = score(area.answer for area in areas)
    sample = _sample_of(case)
    listed = opened.found.listed
    facts = [
        ["Yang dinilai", listed.first_name],
        ["Penilai", values["assessor"]],
        ["Nomor perjanjian", f"{listed.first_number} dan {listed.second_number}"],
        ["Nomor penilaian", case.number],
    ]
    if values.get("due"):
        due = date.fromisoformat(values["due"])
        facts.append(["Tindak lanjut paling lambat", written_date(due)])
    return {
        "title": f"Laporan Hasil Penilaian Kepatuhan {values['year']}",
        "assessor": values["assessor"],
        "facts": facts,
        "trial": composition.config().trial,
        "areas": [_area(area, case) for area in areas],
        "score": "-" if reached is None else f"{reached * 100:.1f}".replace(".", ","),
        "seed": sample["seed"],
        "sample": sample["fingerprints"],
        "called": party.called,
        "post": party.post,
        "anchor": party.anchor,
        "representative": party.representative,
    }


def _area(area: Area, case: Case) -> dict[str, str]:
    field = case.kind.fields[area.name]
    said = {key: (chosen.text if (chosen := field.choice(key)) else "-") for key in (area.by_itself, area.answer)}
    return {
        "text": area.text,
        "itself": said[area.by_itself],
        "answer": said[area.answer],
        "finding": area.finding,
    }


def _sample_of(case: Case) -> dict[str, Any]:
    paper = next((each for each in case.papers if each.what == _SAMPLE), None)
    if paper is None:
        return {"seed": "", "fingerprints": []}
    found: dict[str, Any] = json.loads(composition.documents().read(paper.sha256))
    return found
