"""Reading the archive: the archivist of an agency sees what is finished there, and not what is secret."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.kernel.errors import NotFound
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Account
from absah_site.archive import store
from absah_site.archive.store import ArchiveEntry
from absah_site.dossiers.access import opening
from absah_site.roles import Permission

__all__ = ["PAGE", "ArchiveEntry", "EntryUnknown", "Found", "entry_for", "exported", "search_for"]

PAGE: Final = 20


class EntryUnknown(NotFound):
    """There is no such document in the archive, or it is not for this person."""

    code = "archive.entry-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what was found, and how many there are."""

    entries: tuple[ArchiveEntry, ...]
    matching: int


def search_for(actor: Account, words: str, page: int, /) -> Found:
    """What an archivist finds: by number, title, name of a signer, or fingerprint."""
    authorise(actor, Permission.ARCHIVE_KEEP)
    agency = _agency(actor)
    found, matching = store.search(agency, words, secret=False, offset=(page - 1) * PAGE, limit=PAGE)
    return Found(entries=found, matching=matching)


def _agency(actor: Account) -> str | None:
    """The agency whose archive this person keeps; None for one who keeps all."""
    return next(iter(actor.own_agencies(Permission.ARCHIVE_KEEP)), None)


def entry_for(actor: Account, dossier: UUID, /) -> ArchiveEntry:
    """One document. Raises EntryUnknown."""
    found = store.find(dossier)
    if found is None or not actor.may(Permission.ARCHIVE_KEEP, found.agency):
        raise EntryUnknown
    return found


def exported(actor: Account, entry: ArchiveEntry, /) -> bytes:
    """A ZIP with the document as it is kept and its metadata as JSON, for another archive or e-office."""
    opened = opening.dossier_for(actor, entry.dossier)
    dossier = opened.dossier
    metadata = {
        "format": "absah-archive/1",
        "exported_at": composition.clock().now().isoformat(),
        "exported_by": actor.display_name,
        "instance": composition.config().name,
        "trial": composition.config().trial,
        "id": str(dossier.id),
        "nomor": dossier.subject.number,
        "perihal": dossier.subject.title,
        "jenis": dossier.subject.kind,
        "klasifikasi": dossier.subject.classification.value,
        "sifat": dossier.subject.urgency.value,
        "penyusun": dossier.owner.name,
        "selesai": entry.finished_at.isoformat(),
        "simpan_sampai": entry.keeping.keep_until.isoformat(),
        "terbukti_sampai": entry.keeping.provable_until.isoformat() if entry.keeping.provable_until else None,
        "penahanan_hukum": entry.keeping.held,
        "berkas": {"nama": "naskah.pdf", "sha256": dossier.current.sha256, "ukuran": dossier.current.size},
        "penanda_tangan": [
            {
                "nama": seat.person.name,
                "jabatan": seat.printed_post,
                "peran": seat.part.value,
                "waktu": seat.since.isoformat() if seat.since else None,
                "tanda_tangan": str(seat.record) if seat.record else None,
            }
            for seat in dossier.seats
        ],
        "versi": [
            {"nomor": one.number, "sha256": one.sha256, "asal": one.origin.value, "waktu": one.at.isoformat()}
            for one in dossier.versions
        ],
        "riwayat": [
            {"waktu": line.at.isoformat(), "tindakan": line.act.value, "oleh": line.name, "catatan": line.note}
            for line in opening.history_of(opened)
        ],
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as package:
        package.writestr("naskah.pdf", opening.document_of(dossier))
        package.writestr("metadata.json", json.dumps(metadata, ensure_ascii=False, indent=1))
    return written.getvalue()
