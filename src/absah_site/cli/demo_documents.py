"""Documents that the demo sends round, so that inboxes are alive: letters and decrees of a city that does not exist."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from absah.adapters.typst_press import press
from absah.agreements.words import written_date
from absah.enrolment.mandate import Mandate, MandateKind
from absah.kernel.clock import legal_date
from absah.workflow.dossier import Subject, Way
from absah.workflow.parts import Part, Urgency
from absah_site import composition
from absah_site.accounts.access import account_named
from absah_site.actors import Account
from absah_site.cli.demo_people import ASSISTANT, FIRST, OFFICERS, Official
from absah_site.dossiers.access import places
from absah_site.dossiers.access.places import Preset
from absah_site.dossiers.actions import preparing
from absah_site.dossiers.actions.preparing import Upload, WantedSeat
from absah_site.enrolment.access import subscriber_of
from absah_site.enrolment.actions import give_mandate
from absah_site.roles import Role

_OFFICE: Final = {
    "agency": "Pemerintah Kota Sagara Biru",
    "office": "Sekretariat Daerah",
    "address": "Jalan Mercusuar Nomor 7, Sagara Biru · setda@sagarabiru.example",
    "place": "Sagara Biru",
}
_INVITATION: Final = (
    "Menghadapi musim hujan, kami mengundang Saudara menghadiri rapat kesiapan penanganan banjir.",
    "Rapat diadakan pada hari Senin pukul 09.00 WIB di Aula Sekretariat Daerah.",
    "Mohon membawa data pintu air dan jalur evakuasi wilayah masing-masing.",
    "Demikian disampaikan. Atas perhatian Saudara, kami ucapkan terima kasih.",
)
_DECREE: Final = (
    "Menimbang bahwa arsip digital yang tertata menentukan mutu layanan kepada masyarakat,",
    "dan bahwa peserta pelatihan perlu ditetapkan dengan keputusan;",
    "KESATU: Menetapkan pegawai dalam daftar di bawah ini sebagai peserta Pelatihan Arsip Digital angkatan II.",
    "KEDUA: Pelatihan dilaksanakan selama 48 jam pelajaran.",
    "KETIGA: Keputusan ini berlaku sejak tanggal ditetapkan.",
)
_NAMES: Final = (
    "Galih Prasetyo", "Putri Handayani", "Stefanus Wibowo", "Laras Kusuma", "Imam Santosa", "Dewi Anjani",
    "Rizal Effendi", "Ni Luh Parwati", "Yosef Damanik", "Hendra Gunawan", "Sekar Puspita", "Made Wirawan",
)  # fmt: skip


def letter(title: str, number: str, paragraphs: tuple[str, ...], rows: tuple[tuple[str, str], ...] = ()) -> bytes:
    """A letter or decree with the signature block of the demo's first official."""
    today = legal_date(composition.clock().now())
    data = _OFFICE | {
        "title": title,
        "number": number,
        "paragraphs": list(paragraphs),
        "rows": [list(row) for row in rows],
        "dated": written_date(today),
        "post": FIRST.post,
        "signer": FIRST.name.with_titles,
    }
    return press("letter", data, dated=today)


def send_documents_round(folder: Path, /) -> None:
    """Three documents wait for the first official, one of them after the initials of the assistant."""
    admin = _account(OFFICERS[Role.AGENCY_ADMIN][0])
    today = legal_date(composition.clock().now())
    _let_the_assistant_sign_for(FIRST, admin)
    invitation = letter("Undangan rapat kesiapan banjir", "005/771/SETDA", _INVITATION)
    (folder / "letter-unsigned.pdf").write_bytes(invitation)
    urgent = Subject(
        title="Undangan rapat kesiapan banjir",
        number="005/771/SETDA",
        urgency=Urgency.URGENT,
        message="Mohon sebelum sore ini; undangan dikirim hari ini juga.",
    )
    _send(admin, invitation, urgent, Way(deadline=today, notice=True), (FIRST, Part.SIGN))
    rows = tuple((name, "Arsiparis") for name in _NAMES)
    decree = letter("Penetapan peserta pelatihan arsip digital", "800.1/2143/SETDA/2026", _DECREE, rows)
    subject = Subject(title="Penetapan peserta pelatihan arsip digital", number="800.1/2143/SETDA/2026", kind="decree")
    later = Way(deadline=today + timedelta(days=3), notice=True)
    _send(admin, decree, subject, later, (ASSISTANT, Part.INITIAL), (FIRST, Part.SIGN))
    for number, name in enumerate(_NAMES[:3], start=318):
        words = (f"Menugaskan {name} sebagai narasumber bimbingan teknis pemakaian sertifikat elektronik.",)
        task = letter("Surat tugas", f"094/{number}/SETDA", words, ((name, "Pranata Komputer"),))
        subject = Subject(title=f"Surat tugas {name}", number=f"094/{number}/SETDA", kind="assignment")
        _send(admin, task, subject, Way(notice=True), (FIRST, Part.SIGN))


def _let_the_assistant_sign_for(official: Official, admin: Account) -> None:
    """The assistant may sign on behalf of the first official."""
    holder = subscriber_of(_account(ASSISTANT.username).public_id)
    decree = "100.3.3.3/45/SETDA/2026"
    since = legal_date(composition.clock().now())
    mandate = Mandate(kind=MandateKind.ON_BEHALF, post=official.post, decree=decree, since=since)
    give_mandate(holder.id, mandate, by=admin)


def _account(username: str) -> Account:
    return account_named(username, now=composition.clock().now())


def _send(admin: Account, document: bytes, subject: Subject, way: Way, *people: tuple[Official, Part]) -> None:
    dossier = preparing.create(Upload(content=document), subject, way, by=admin)
    wanted = tuple(
        WantedSeat(account=_account(official.username).public_id, part=part, turn=turn)
        for turn, (official, part) in enumerate(people, start=1)
    )
    dossier = preparing.seat_people(dossier.id, wanted, by=admin)
    sizes = places.sizes_of(dossier)
    spots = {}
    for seat in dossier.signing_seats:
        if seat.part is Part.INITIAL:
            spots[seat.number] = places.spot_by_preset(dossier, seat, Preset.LAST_LEFT, sizes)
        else:
            hits = places.anchors_in(dossier, "#", seat, sizes)
            spots[seat.number] = next(hit.spot for hit in hits if hit.is_last)
    preparing.place(dossier.id, spots, keep=True, by=admin)
    preparing.send(dossier.id, by=admin)
