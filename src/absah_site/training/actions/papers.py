"""What an event leaves on paper: invitation, assignment of a speaker, list of attendance, report."""

from collections.abc import Iterator
from typing import Any, Final

from absah.adapters.summary_press import Summary, SummaryTable, press_summary
from absah.adapters.typst_press import press
from absah.agreements.face import face_of
from absah.agreements.parties import Role as Side
from absah.cases.case import Case
from absah.cases.fields import read_moment
from absah.kernel.clock import JAKARTA, Instant, legal_date
from absah.kernel.dates import moment_word, written_date
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.access import OpenedCase
from absah_site.cases.actions.cases import add_paper
from absah_site.training import access
from absah_site.training.access import Room

_WORDS: Final = {"material": "Materi", "speaker": "Narasumber", "use": "Manfaat", "place": "Tempat dan sarana"}


def make_invitation(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """The invitation as a letter of the organiser, ready to be signed at its anchor."""
    values = case.values
    paragraphs = [
        f"Dalam rangka {_form(case)} “{values['topic']}”, dengan hormat kami mengundang: {values['invited']}.",
        f"Kegiatan dimulai {_begins(case)} di {values['place']}, selama {values['hours']} jam pelajaran.",
        "Kehadiran dicatat dengan kode yang ditampilkan di ruang kegiatan.",
    ]
    _letter(opened, case, "Undangan", values["letter"], paragraphs, now=now, by=by)


def make_assignment(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """The letter that sends a speaker."""
    values = case.values
    paragraphs = [
        f"Menugaskan {values['speaker']}, {values['speaker-post']}, sebagai narasumber.",
        f"Kegiatan: {_form(case)} “{values['topic']}”, {_begins(case)} di {values['place']}.",
        "Narasumber melaporkan pelaksanaan tugas setelah kegiatan selesai.",
    ]
    _letter(opened, case, "Surat Tugas", values["assignment"], paragraphs, now=now, by=by)


def _form(case: Case) -> str:
    chosen = case.kind.fields["form"].choice(case.values["form"])
    return chosen.text if chosen is not None else "kegiatan"


def _begins(case: Case) -> str:
    return f"pada {moment_word(read_moment(case.values['begins'])).text}"


def _letter(  # noqa: PLR0913  (every one is named)
    opened: OpenedCase, case: Case, title: str, number: str, paragraphs: list[str], /, *, now: Instant, by: Actor
) -> None:
    side = opened.found.side or case.opened.by
    faces = face_of(opened.found.agreement)
    face = faces.first if side is Side.FIRST else faces.second
    data: dict[str, Any] = {
        "title": title,
        "number": number,
        "agency": opened.found.agreement.parties[side].name_on(opened.found.today),
        "office": face.post,
        "address": opened.found.agreement.parties[side].name_on(opened.found.today),
        "paragraphs": paragraphs,
        "rows": [],
        "place": case.values["place"],
        "dated": written_date(legal_date(now)),
        "post": face.post,
        "signer": face.representative,
    }
    pdf = press("letter", data, dated=legal_date(now))
    name = f"{title.lower().replace(' ', '-')}-{case.number}.pdf"
    add_paper(opened.found.id, opened.listed.id, Upload(name=name, content=pdf), "letter", now=now, by=by)


def make_attendance_list(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """The list of everybody who was noted."""
    people = access.room_of(opened).people
    rows = tuple(
        (str(one.number), one.name, one.unit, one.post, f"{one.at.astimezone(JAKARTA):%H.%M}") for one in people
    )
    table = SummaryTable(title=f"{len(rows)} peserta", header=("No.", "Nama", "Unit", "Jabatan", "Pukul"), rows=rows)
    _summary(opened, case, "Daftar Hadir", (), (table,), now=now, by=by)


def make_report(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """The report of an event: what was done, how many came, and what they said."""
    room = access.room_of(opened)
    marks = tuple((_WORDS[name], f"{mark:.2f}".replace(".", ",")) for name, mark in room.means.items())
    texts = [("Pelaksanaan", case.values["minutes"])]
    if case.values.get("follow-up"):
        texts.append(("Tindak lanjut", case.values["follow-up"]))
    tables = (
        *_test_tables(room),
        SummaryTable(title=f"Evaluasi oleh {room.answers} peserta", header=("Hal", "Nilai (1 sampai 5)"), rows=marks),
        SummaryTable(title="Komentar", header=("Isi",), rows=tuple((one,) for one in room.comments)),
    )
    _summary(opened, case, "Laporan Kegiatan", tuple(texts), tables, now=now, by=by)


def _test_tables(room: Room) -> Iterator[SummaryTable]:
    """What was gained in the mean, and question by question. Results of single people stay on the page of the room."""
    if room.quiz is None:
        return
    found = room.gained
    if found is not None:
        means = (_mark(found.before), _mark(found.after), _mark(found.gain))
        title = f"Tes awal dan tes akhir oleh {found.people} peserta (rata-rata, dari 100)"
        yield SummaryTable(title=title, header=("Tes awal", "Tes akhir", "Kenaikan"), rows=(means,))
    yield SummaryTable(
        title="Jawaban benar per pertanyaan (%)",
        header=("Pertanyaan", "Awal", "Akhir"),
        rows=tuple(
            (one.text, *("-" if share is None else str(share) for share in ends)) for one, *ends in room.questions
        ),
    )


def _mark(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _summary(  # noqa: PLR0913  (what a page consists of)
    opened: OpenedCase,
    case: Case,
    title: str,
    texts: tuple[tuple[str, str], ...],
    tables: tuple[SummaryTable, ...],
    /,
    *,
    now: Instant,
    by: Actor,
) -> None:
    values = case.values
    facts = [
        ("Nomor", case.number),
        ("Kegiatan", f"{_form(case)}: {values['topic']}"),
        ("Waktu", moment_word(read_moment(values["begins"])).text),
        ("Tempat", values["place"]),
        ("Peserta", str(len(access.room_of(opened).people))),
    ]
    if values.get("speaker"):
        facts.append(("Narasumber", f"{values['speaker']} ({values['assignment']})"))
    summary = Summary(title=title, facts=tuple(facts), texts=texts, tables=tables, trial=composition.config().trial)
    content = press_summary(summary, dated=legal_date(now))
    name = f"{title.lower().replace(' ', '-')}-{case.number}.pdf"
    add_paper(opened.found.id, opened.listed.id, Upload(name=name, content=content), "report", now=now, by=by)
