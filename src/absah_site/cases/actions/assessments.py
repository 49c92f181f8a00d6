"""The assessment of compliance: sample and tests of the register, findings that become recommendations, the report."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from absah.adapters.typst_press import press
from absah.agreements.face import FaceParty, face_of
from absah.agreements.records.recommendations import Recommendation
from absah.agreements.words import written_date
from absah.cases.assessment import (
    Area,
    Finding,
    areas_of,
    check_findings,
    drawn,
    findings_of,
    recommendations_of,
    score,
)
from absah.cases.case import Case
from absah.cases.register_tests import write_measured
from absah.kernel.clock import Instant, instant, legal_date
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.agreements.actions.records import begin_record
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.assessments import REGISTER_TESTS, SAMPLE, measured_of, sample_of
from absah_site.cases.access.register_tests import measure
from absah_site.cases.actions.cases import add_paper
from absah_site.pki import access as register

_SIZE: Final = 10
#: Before any certificate was issued.
_EVER: Final = instant(datetime(2000, 1, 1, tzinfo=UTC))


def make_sample(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Draw certificates of the agency from the register by a seed that is kept with them."""
    found = opened.found
    agency, until = found.listed.agency, instant(now + timedelta(seconds=1))
    names = register.fingerprints_issued_for(agency, _EVER, until) if agency else ()
    seed = composition.rng().token(16).hex()
    written = {"seed": seed, "of": len(names), "fingerprints": drawn(names, seed, _SIZE)}
    content = json.dumps(written, indent=1).encode()
    name = f"sampel-{case.number}.json"
    add_paper(found.id, opened.listed.id, Upload(name=name, content=content), SAMPLE, now=now, by=by)
    measured = write_measured(measure(found, int(case.values["year"]), now=now))
    tests = Upload(name=f"uji-register-{case.number}.json", content=measured)
    add_paper(found.id, opened.listed.id, tests, REGISTER_TESTS, now=now, by=by)


def check_findings_written(_opened: OpenedCase, fields: Mapping[str, str]) -> None:
    """Every finding is complete. Raises FindingIncomplete."""
    check_findings(fields.get("findings", ""))


def make_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Typeset what was found, and give the first party what is recommended, to be followed up under K1-f."""
    found = opened.found
    for one in recommendations_of(case, given_on=found.today):
        begin_record(found.id, "recommendation", _fields_of(one), now=now, by=by)
    party = face_of(found.agreement).second
    pdf = press("assessment", _page(opened, case, party), dated=legal_date(now))
    name = f"penilaian-{case.values['year']}.pdf"
    add_paper(found.id, opened.listed.id, Upload(name=name, content=pdf), "report", now=now, by=by)


def _page(opened: OpenedCase, case: Case, party: FaceParty) -> dict[str, Any]:
    areas, values = areas_of(case), case.values
    reached = score(area.answer for area in areas)
    sample = sample_of(case)
    listed = opened.found.listed
    facts = [
        ["Yang dinilai", listed.first_name],
        ["Penilai", values["assessor"]],
        ["Nomor perjanjian", f"{listed.first_number} dan {listed.second_number}"],
        ["Nomor penilaian", case.number],
    ]
    return {
        "title": f"Laporan Hasil Penilaian Kepatuhan {values['year']}",
        "assessor": values["assessor"],
        "facts": facts,
        "trial": composition.config().trial,
        "areas": [_area(area, case) for area in areas],
        "score": "-" if reached is None else f"{reached * 100:.1f}".replace(".", ","),
        "findings": [_finding(one, case) for one in findings_of(case)],
        "tests": [[one.about.text, str(one.wrong), str(one.of)] for one in measured_of(case)],
        "seed": sample.seed,
        "of": sample.of,
        "sample": sample.fingerprints,
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
    }


def _finding(one: Finding, case: Case) -> list[str]:
    area, weight = case.kind.fields["findings"].columns[:2]
    said = (area.choice(one.area), weight.choice(one.weight))
    words = [chosen.text if chosen else "-" for chosen in said]
    return [*words, one.text, one.recommendation, written_date(one.due) if one.due else "-"]


def _fields_of(one: Recommendation) -> dict[str, Any]:
    """A recommendation as the register takes it."""
    return {
        "number": one.number,
        "given_on": one.given_on,
        "text": one.text,
        "priority": one.priority,
        "target": one.target,
    }
