"""Each paper that we typeset, once, with what is hard about it: several pages, notes, a ribbon, a drawing."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from absah.adapters.procedure_press import press_procedure
from absah.adapters.receipt import press_written, write_receipt
from absah.adapters.summary_press import Summary, SummaryTable, press_summary
from absah.adapters.typst_press import press, press_agreement
from absah.agreements.face import face_of
from absah.kernel.messages import Language
from tests.unit.adapters.test_receipt import reports
from tests.unit.agreements.test_face_and_press import drafted
from tests.unit.cases import test_procedure, test_usage_report

DAY = date(2026, 11, 27)
ALOUD = "alfa 1a2b 3c4d"
_PARTY = test_usage_report.PARTY
_SUMMARY = Summary(
    title="Berita acara",
    facts=(("Tempat", "Aula"), ("Hari dan tanggal kegiatan", "Jumat")),
    texts=(("Jalannya acara", "Dibuka pukul 9."),),
    tables=(
        SummaryTable(title="Hadir", header=("Nama", "Unit"), rows=(("Rina", "Dinas"), ("Budi", "Balai")) * 40),
        SummaryTable(title="Komentar", header=("Isi",), rows=()),
    ),
    trial=True,
    signatory=_PARTY,
)
_HEADS = (
    "trail", "people", "happened", "versions", "printed", "trial", "signer", "part", "state", "record", "when", "what",
    "who", "version", "origin", "fingerprint",
)  # fmt: skip
_SIDE = {"name": "Kota Contoh", "people": [["Rina", "Kepala"]], "post": "Kepala", "representative": "Rina"}
#: What the templates get that have no maker of their own below the site.
_PAGES: Mapping[str, dict[str, Any]] = {
    "assessment": {
        "title": "Laporan Hasil Penilaian Kepatuhan 2026",
        "assessor": "Balai",
        "facts": [["Yang dinilai", "Kota Contoh"], ["Penilai", "Balai"]],
        "trial": True,
        "areas": [{"text": "Pendaftaran", "itself": "Ya", "answer": "Sebagian"}],
        "score": "87,5",
        "findings": [["Pendaftaran", "Ringan", "Berkas kurang", "Lengkapi", "-"]],
        "tests": [["Dicabut terlambat", "1", "20"]],
        "seed": "00ff",
        "of": 20,
        "sample": ["ab12", "cd34"],
        "called": _PARTY.called,
        "post": _PARTY.post,
        "anchor": _PARTY.anchor,
        "representative": _PARTY.representative,
    },
    "attendance_certificate": {
        "number": "PL-1/001",
        "name": "Rina",
        "unit": "Dinas",
        "post": "Kepala",
        "topic": "Tanda tangan elektronik",
        "form": "bimbingan teknis",
        "day": "27 November 2026",
        "hours": "8",
        "agency": "Kota Contoh",
        "signer": "Ratna",
        "signer_post": "Sekretaris Daerah",
        "trial": True,
    },
    "ceremony": {
        "ceremony": "akar-1",
        "title": "Kunci akar",
        "place": "Ruang upacara",
        "rehearsal": True,
        "trial": True,
        "people": [{"name": name, "role": "pemegang bagian"} for name in ("Ari", "Budi", "Cici")],
        "quorum": [2, 3],
        "share_set": "ab",
        "reviewed": {"file": "ceremony.yaml", "sha256": "ab", "aloud": ALOUD},
        "inputs": [{"name": "root", "file": "root.cer", "sha256": "ab12"}],
        "keys": [{"file": "root.key", "sha256": "ab", "aloud": ALOUD}],
        "previous": "ab12",
        "steps": [
            {"step": "create-key", "profile": "root", "output": "root.cer", "sha256": "ab", "aloud": ALOUD},
            {"step": "sign-list", "rehearsed": "without root.key"},
        ],
        "began_at": "2026-11-27T02:00:00+00:00",
        "ended_at": "2026-11-27T03:00:00+00:00",
        "made_with": {"absah": "1", "python": "3.11"},
        "record_hash": ALOUD,
        "key_fingerprint": ALOUD,
    },
    "letter": {
        "agency": "Kota Contoh",
        "office": "Sekretariat Daerah",
        "address": "Jalan Contoh",
        "title": "Keputusan",
        "number": "1/2026",
        "paragraphs": ["KESATU: Menetapkan peserta.", "KEDUA: Berlaku sejak ditetapkan."],
        "rows": [["Rina", "Kepala"]],
        "place": "Contoh",
        "dated": "27 November 2026",
        "post": "Sekretaris Daerah",
        "signer": "Ratna",
    },
    "minutes": {
        "title": "Berita Acara Evaluasi 2026",
        "number": "EV-1",
        "opening": "Pada tanggal 27 November 2026 kedua pihak mengevaluasi pelaksanaan.",
        "paragraphs": ["Rapat dibuka.", "Rapat ditutup."],
        "findings": [["Laporan terlambat", "Diingatkan"]],
        "first": _SIDE | {"anchor": "$"},
        "second": _SIDE | {"anchor": "#"},
    },
    "official_letter": {
        "party": "Kota Contoh",
        "seat": "Jalan Contoh",
        "number": "B/1/2026",
        "secrecy": "Biasa",
        "attached": "-",
        "subject": "Permohonan data penerbitan sertifikat elektronik selama tahun berjalan",
        "dated": "27 November 2026",
        "to": "Kepala Balai",
        "at": "di Jakarta",
        "paragraphs": ["Dengan hormat.", "Terima kasih."],
        "post": "Sekretaris Daerah",
        "signer": "Ratna",
        "anchor": "$",
        "copies": ["Wali Kota", "Inspektur"],
    },
    "recommendation_letter": {
        "agency": "Kota Contoh",
        "place": "Contoh",
        "dated": "27 November 2026",
        "number": "800/1",
        "title": "Surat Rekomendasi",
        "opening": "Kami merekomendasikan:",
        "facts": [["Rina", "Kepala, rina@contoh.example"], ["Budi", "Staf, budi@contoh.example"]],
        "closing": "Data di atas benar.",
        "post": "Sekretaris Daerah",
        "signer": "Ratna",
    },
    "subscriber_agreement": {
        "title": "Perjanjian Pemilik Sertifikat Elektronik",
        "issuer": "Balai",
        "dated": "27 November 2026",
        "holder": "Rina",
        "trial": True,
        "facts": [["Pemilik", "Rina"], ["Nomor pemilik sertifikat", "ID-1"]],
        "sentences": ["Saya menjaga kata sandi.", "Saya melapor bila kunci dikenal orang lain."],
        "version": "2",
        "digest": "ab" * 32,
    },
    "trail": {
        "language": "en",
        "heads": {name: name.capitalize() for name in _HEADS},
        "title": "Surat",
        "number": "1",
        "id": "0b0c",
        "state": "Signed",
        "made": "27 November 2026",
        "issuer": "Kota Contoh",
        "trial": True,
        "seats": [["Rina", "Signs", "Signed", "r1"]],
        "lines": [["27 November", "Signed", "Rina", "With a note", "ab" * 32]],
        "versions": [["1", "Signed", "ab" * 32]],
    },
}


@cache
def papers() -> Mapping[str, tuple[bytes, str]]:
    """Each paper by its name, and the part and level of PDF/A that it claims beside PDF/UA-1."""
    flow = test_procedure.values(
        test_procedure.START, test_procedure.CHECK, *map(test_procedure.step, range(20)), test_procedure.END
    )
    written = [
        write_receipt(report, language, file="surat.pdf")
        for report, language in zip(reports(), (Language.INDONESIAN, Language.ENGLISH, Language.ENGLISH), strict=True)
    ]
    receipts = {
        f"verification {number}": (press_written(one, issuer="Kota", sealed=True), "3a")
        for number, one in enumerate(written)
    }
    made = {
        "usage_report": (test_usage_report.pressed().pdf, "3a"),
        "summary": (press_summary(_SUMMARY, dated=DAY), "2a"),
        "procedure": (press_procedure(flow, _PARTY, agency="Provinsi", version=1, made_on=DAY, trial=True), "2a"),
        "agreement": (press_agreement(face_of(drafted(0))), "2a"),
        "agreement of a province": (press_agreement(face_of(drafted(1))), "2a"),
    }
    return receipts | made | {name: (press(name, page, dated=DAY), "2a") for name, page in _PAGES.items()}
