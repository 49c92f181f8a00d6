"""The usage report: whole months only, figures that follow from rows, and a file that proves itself."""

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pikepdf
import pypdfium2
import pytest

from absah.adapters.usage_report import press_report, read_report, write_workbook
from absah.agreements.face import FaceParty
from absah.cases.charts import bars
from absah.cases.usage_report import (
    FormatUnknown,
    MonthRuns,
    ReportDisagrees,
    ReportUnreadable,
    UsageData,
    UsageList,
    UsageRow,
    change,
    check_period,
    figures,
    load_format,
    months_of,
    read_data,
    write_data,
    year_of,
)

PARTY = FaceParty(
    called="PIHAK KESATU",
    name="Pemerintah Kota Contoh",
    representative="Ratna",
    post="Sekretaris Daerah",
    authority="karena jabatannya",
    seat="Jalan Contoh",
    number="1",
    anchor="$",
)


def row(month: str, measure: str, key: str, count: int) -> UsageRow:
    return UsageRow(month=month, measure=measure, key=key, count=count)


DATA = UsageData(
    schema="absah-usage-report/2",
    format="2026",
    agency="Pemerintah Kota Contoh",
    numbers=("119/HK", "PERJ.7"),
    first="2025-01-01",
    last="2025-12-31",
    signers=12,
    rows=(
        row("2025-01", "signatures.signed", "e-surat", 100),
        row("2025-02", "signatures.signed", "e-surat", 50),
        row("2025-02", "signatures.signed", "=CMD()", 5),
        row("2025-03", "certificates.issued", "individual-signer", 7),
    ),
    before=(row("2024-01", "signatures.signed", "e-surat", 124),),
    texts=(("incidents", ""), ("outlook", "Aman.\nTidak ada kendala.")),
    lists=(UsageList(name="users", total=3, lines=(("Ratna", "Sekretaris", "100"), ("=1+1", "Staf", "55"))),),
)


MEANS = (
    row("2025-01", "tickets.answered", "keutuhan", 2),
    row("2025-01", "tickets.first-minutes", "keutuhan", 150),
    row("2025-01", "tickets.opened", "keautentikan", 1),
)


def test_a_mean_divides_sums_by_key_and_is_a_dash_where_there_is_nothing_to_divide_by():
    form, computed = load_format("2026"), figures(replace(DATA, rows=MEANS))
    assert form.figure("tickets.mean-first", "/keutuhan", computed) == "1,2"
    assert form.figure("tickets.mean-first", "/keautentikan", computed) == "-"
    assert form.figure("tickets.opened", "/keautentikan", computed) == "1"
    assert form.words("tickets.mean-first") == form.means["tickets.mean-first"].text


def test_a_report_names_what_there_was_none_of_and_draws_no_empty_chart():
    pages = pypdfium2.PdfDocument(pressed(replace(DATA, rows=MEANS)).pdf)
    said = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "Sertifikat dicabut: tidak ada." in said
    assert "Tanda tangan elektronik: tidak ada." in said
    assert "menurut bulan" not in said


def test_every_measure_that_a_format_shows_has_its_words():
    form = load_format("2026")
    for part in form.parts:
        for block in part.blocks:
            assert all(form.words(measure) for measure in block.measures)


def pressed(data: UsageData = DATA):
    return press_report(data, PARTY, made_on=date(2026, 1, 15), trial=True)


def test_a_running_month_is_never_reported():
    assert year_of(2025, today=date(2026, 1, 15)) == (date(2025, 1, 1), date(2025, 12, 31))
    assert year_of(2026, today=date(2026, 11, 20)) == (date(2026, 1, 1), date(2026, 10, 31))
    for year, today in (
        (2026, date(2026, 1, 31)),
        (2027, date(2026, 11, 20)),
        (99999, date(2026, 11, 20)),
        (1, date(2026, 1, 1)),
    ):
        with pytest.raises(MonthRuns):
            year_of(year, today=today)
    check_period(DATA, today=date(2026, 1, 1))
    for last in ("2025-12-30", "2026-01-31"):
        with pytest.raises(MonthRuns):
            check_period(replace(DATA, last=last), today=date(2026, 1, 15))


def test_figures_follow_from_rows():
    computed = figures(DATA)
    assert computed["signatures.signed"] == 155
    assert computed["signatures.signed@2025-02"] == 55
    assert computed["signatures.signed/e-surat"] == 150
    assert computed["signatures.signed<before"] == 124
    assert (change(155, 124), change(5, 0)) == ("25,0", "-")
    assert months_of(DATA)[0] == "2025-01"


def test_the_format_is_data_with_twelve_parts():
    form = load_format("2026")
    assert len(form.parts) == 12
    assert {
        measure for part in form.parts for block in part.blocks for measure in block.measures
    } <= form.measures.keys() | form.means.keys()
    for version in ("1999", "../2026"):
        with pytest.raises(FormatUnknown):
            load_format(version)


def test_the_file_holds_its_data_and_is_computed_again():
    made = pressed()
    assert read_report(made.pdf) == DATA
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert set(pdf.attachments) == {"data.json", "data.xlsx"}
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    sheet = openpyxl.load_workbook(io.BytesIO(made.xlsx))["data"]
    assert sheet["C4"].value == "=CMD()"
    assert sheet["C4"].data_type == "s"


def with_files(pdf: bytes, **files: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for name, content in files.items():
            spec = pikepdf.AttachedFileSpec(document, content, filename=f"data.{name}")
            document.attachments[f"data.{name}"] = spec
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def test_what_was_altered_does_not_agree():
    made = pressed()
    written = json.loads(made.json)
    written["figures"]["signatures.signed"] = 999
    with pytest.raises(ReportDisagrees):
        read_report(with_files(made.pdf, json=json.dumps(written).encode()))
    other = write_data(replace(DATA, rows=(*DATA.rows, row("2025-04", "signatures.signed", "x", 1))))
    with pytest.raises(ReportDisagrees):  # the workbook has other rows
        read_report(with_files(made.pdf, json=other))
    written = json.loads(made.json)
    written["data"]["agency"] = "Lain"
    with pytest.raises(ReportDisagrees):
        read_data(json.dumps(written).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"data": {}, "figures": {}, "digest": ""}', b"[" * 100_000])
def test_what_is_no_report_says_so(content):
    with pytest.raises(ReportUnreadable):
        read_data(content)


def test_a_file_without_data_or_with_a_broken_workbook_says_so():
    made = pressed()
    with pytest.raises(ReportUnreadable):
        read_report(b"%PDF-1.7 nothing")
    with pytest.raises(ReportUnreadable):
        read_report(with_files(made.pdf, xlsx=b"PK not a workbook"))
    blank = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(blank)
    with pytest.raises(ReportUnreadable):
        read_report(blank.getvalue())


def test_an_empty_year_is_a_report_too():
    empty = replace(DATA, rows=(), before=(), signers=0)
    assert read_report(pressed(empty).pdf) == empty
    assert write_workbook(empty).startswith(b"PK")


def test_a_chart_has_a_bar_for_every_month_and_escapes_its_words():
    drawn = bars(["<01>", "02"], [0, 3])
    assert drawn.count("<rect") == 2
    assert "&lt;01&gt;" in drawn
    assert bars([], []).count("<rect") == 0


def test_the_command_computes_a_report_again_and_names_what_does_not_agree(tmp_path, capsys):
    from absah.cli import report

    file = tmp_path / "laporan.pdf"
    file.write_bytes(pressed().pdf)
    assert report.run(["verify", str(file)]) == 0
    assert "dihitung ulang, semuanya cocok" in capsys.readouterr().out
    assert report.run(["verify", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["signatures.signed"] == 155
    written = json.loads(pressed().json)
    written["figures"]["signatures.signed"] = 999
    file.write_bytes(with_files(pressed().pdf, json=json.dumps(written).encode()))
    assert report.run(["verify", str(file)]) == 1
    assert "signatures.signed: 999 / 155" in capsys.readouterr().err
    assert report.run(["burn", str(file)]) == 64
