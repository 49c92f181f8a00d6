"""Procedures: a flow that holds together, its drawing, and what differs between versions."""

import io
import re
from datetime import UTC, date, datetime

import pikepdf
import pytest

from absah.adapters.procedure_press import pages_of, press_procedure
from absah.agreements.face import FaceParty
from absah.agreements.parties import Role
from absah.cases.case import CaseOpened, CaseStepped, Filled, fold_case
from absah.cases.fields import write_rows
from absah.cases.flow_drawing import draw
from absah.cases.kind import load_kind
from absah.cases.procedure import FlowActorUnknown, FlowBroken, Symbol, compare, read_flow, versions_of
from absah.kernel.clock import instant

AT = instant(datetime(2026, 11, 27, 2, tzinfo=UTC))
START = ["start", "Mengajukan permohonan", "Pemohon", "Surat", "10 menit", "Permohonan", "", ""]
CHECK = ["decision", "Apakah lengkap?", "verifikator", "Surat", "10 menit", "Keputusan", "1", ""]
END = ["end", "Menyimpan bukti", "Verifikator", "Sertifikat", "5 menit", "Arsip", "", ""]


def step(number: int) -> list[str]:
    return ["process", f"Langkah {number}", "Verifikator", "", "1 hari", "", "", ""]


def values(*rows: list[str], actors: str = "Pemohon, Verifikator") -> dict[str, str]:
    written = {"name": "Penerbitan", "number": "1", "unit": "Dinas"}
    return written | {"actors": actors, "flow": write_rows(rows)}


def test_a_flow_is_read_with_its_actors_and_where_no_leads():
    flow = read_flow(values(START, CHECK, END))
    assert flow.actors == ("Pemohon", "Verifikator")
    assert [(one.symbol, one.actor, one.otherwise) for one in flow.steps] == [
        (Symbol.START, 0, 0),
        (Symbol.DECISION, 1, 1),
        (Symbol.END, 1, 0),
    ]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([START], 1),
        ([CHECK, END], 1),
        ([START, step(1)], 2),
        ([START, END, END], 2),
        ([START, [*CHECK[:6], "", ""], END], 2),
        ([START, [*CHECK[:6], "9", ""], END], 2),
        ([START, [*CHECK[:6], "2", ""], END], 2),
        ([START, ["process", "", "Pemohon", "x", "", "", "", ""], END], 2),
        ([[*START[:6], "3", ""], CHECK, END], 1),
    ],
)
def test_a_flow_that_does_not_hold_together_says_where(rows, at):
    with pytest.raises(FlowBroken) as broken:
        read_flow(values(*rows))
    assert broken.value.parameters == {"step": at}


@pytest.mark.parametrize("actors", ["", "Pemohon", "a,b,c,d,e,f,g"])
def test_every_step_is_somebodys_who_is_listed(actors):
    with pytest.raises(FlowActorUnknown):
        read_flow(values(START, CHECK, END, actors=actors))


def test_a_long_flow_goes_over_pages_that_name_one_another():
    rows = [START, *map(step, range(20)), [*CHECK[:6], "2", ""], END]
    pages = list(pages_of(read_flow(values(*rows))))
    assert [page.goes_on for page in pages] == [*[True] * (len(pages) - 1), False]
    assert sum(len(page.steps) for page in pages) == len(rows)
    assert len(pages) > 1
    words = [re.findall(r">([^<]+)</text>", draw(page, 2)) for page in (pages[0], pages[-1])]
    assert str(pages[1].first) in words[0]  # the off-page connector
    assert {"Tidak", "Ya", "2"} <= set(words[1])  # No leads to a step of another page


def test_a_procedure_is_typeset_with_its_boxes_and_an_alternative_text_of_the_flow():
    party = FaceParty(
        called="PIHAK KESATU",
        name="x",
        representative="Rina",
        post="Kepala",
        authority="",
        seat="",
        number="",
        anchor="$",
    )
    written = values(START, CHECK, END) | {"basis": "PP 71/2019", "effective": "2026-12-01"}
    pdf = press_procedure(written, party, agency="Provinsi", version=2, made_on=date(2026, 11, 27), trial=True)
    assert pdf.startswith(b"%PDF-")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 2
        tagged = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
        alternatives = [str(one["/Alt"]) for one in tagged]
    assert any("2. Verifikator: Apakah lengkap? (jika tidak, ke langkah 1)" in one for one in alternatives)


def test_versions_are_what_was_submitted_and_are_compared_row_by_row():
    kind = load_kind("procedure")

    def stepped(act: str, written: dict[str, str]) -> CaseStepped:
        fields = tuple(Filled(name=name, value=value) for name, value in written.items())
        return CaseStepped(by=Role.FIRST, at=AT, act=act, fields=fields)

    case = fold_case(
        kind,
        (
            CaseOpened(by=Role.FIRST, at=AT, number="SOP-1", subject="x", fields=()),
            stepped("write", values(START, END)),
            stepped("submit", {}),
            stepped("write", values(START, step(1), END) | {"warnings": "Periksa identitas"}),
            stepped("submit", {}),
        ),
    )
    old, new = versions_of(case)
    changes = {change.field.name: change.changes for change in compare(case, old.values, new.values)}
    assert set(changes) == {"flow", "warnings"}
    assert [line.sign for line in changes["flow"]].count("+") == 2
    assert compare(case, old.values, old.values) == ()
