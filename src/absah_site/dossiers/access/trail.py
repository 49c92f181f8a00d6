"""The history of a document as a paper of its own: what happened when, by whom, to which bytes."""

from absah.adapters.typst_press import press
from absah.kernel.clock import legal_date
from absah.kernel.dates import moment_word
from absah.kernel.messages import Language
from absah_site import composition
from absah_site.dossiers import words
from absah_site.dossiers.access.opening import Opened, history_of
from absah_site.language import current_language


def trail_pdf(opened: Opened, /) -> bytes:
    """The paper, in the language of the reader."""
    dossier, now = opened.dossier, composition.clock().now()
    language = current_language()
    indonesian = language is Language.INDONESIAN
    data = {
        "language": "id" if indonesian else "en",
        "heads": _INDONESIAN if indonesian else _ENGLISH,
        "title": dossier.subject.title,
        "number": dossier.subject.number,
        "id": str(dossier.id),
        "state": str(words.STATES[dossier.state][2]),
        "made": moment_word(now).said(language),
        "issuer": composition.config().name,
        "trial": composition.config().trial,
        "seats": [
            [
                seat.person.name,
                str(words.PARTS[seat.part]),
                str(words.SEATS[seat.state][2]),
                str(seat.record) if seat.record else "",
            ]
            for seat in dossier.seats
        ],
        "lines": [
            [moment_word(line.at).said(language), str(words.ACTS[line.act]), line.name, line.note, line.sha256]
            for line in history_of(opened)
        ],
        "versions": [
            [str(version.number), str(words.ORIGINS[version.origin]), version.sha256] for version in dossier.versions
        ],
    }
    return press("trail", data, dated=legal_date(now))


_INDONESIAN = {
    "trail": "Rekam jejak naskah",
    "people": "Penanda tangan",
    "happened": "Yang terjadi",
    "versions": "Versi dan sidik jari (SHA-256)",
    "printed": "Dicetak",
    "signer": "Penanda tangan",
    "part": "Peran",
    "state": "Keadaan",
    "record": "Catatan",
    "when": "Waktu",
    "what": "Peristiwa",
    "who": "Oleh",
    "version": "Versi",
    "origin": "Asal",
    "fingerprint": "SHA-256",
    "trial": "UJI COBA: sertifikat di sini tidak tersertifikasi.",
}
_ENGLISH = {
    "trail": "History of a document",
    "people": "Signers",
    "happened": "What happened",
    "versions": "Versions and fingerprints (SHA-256)",
    "printed": "Printed",
    "signer": "Signer",
    "part": "Part",
    "state": "State",
    "record": "Record",
    "when": "When",
    "what": "What",
    "who": "By",
    "version": "Version",
    "origin": "Origin",
    "fingerprint": "SHA-256",
    "trial": "TRIAL: certificates here are not certified.",
}
