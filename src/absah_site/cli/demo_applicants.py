"""People of the demo who are still on their way to a certificate, so that every desk has something on it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from PIL import Image, ImageDraw

from absah.adapters.typst_press import press
from absah.enrolment.applicant import Applicant, EmailAddress, Employment, Identity, PhoneNumber
from absah.enrolment.consent_text import consent_text
from absah.enrolment.identity_checks import BY_EYE
from absah.enrolment.invitation import Courier, InvitationToken
from absah.enrolment.naming import PersonName
from absah.kernel.clock import legal_date
from absah.kernel.dates import written_date
from absah.kernel.people import Nik, Nip
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah_site import composition
from absah_site.actors import Account
from absah_site.cli.demo_people import FIRST
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access.dossiers import EvidenceKind
from absah_site.registration.actions import attach_letter
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

_PAPER: Final = "#d5e4ea"
_INK: Final = "#25251f"
_SKIN: Final = "#e2bb97"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody on the way."""

    nik: str
    nip: str
    born: date
    name: PersonName
    mailbox: str
    post: str
    employment: Employment


LARAS: Final = Newcomer(
    nik="9999995403910042",
    nip="199103142019032004",
    born=date(1991, 3, 14),
    name=PersonName(full="Laras Kusuma", titles_after="S.Kom."),
    mailbox="laras.kusuma",
    post="Analis Kepegawaian Ahli Pertama",
    employment=Employment.ASN,
)
BIMA: Final = Newcomer(
    nik="9999990512880043",
    nip="198812052014031003",
    born=date(1988, 12, 5),
    name=PersonName(full="Bima Aditya Nugraha", titles_after="S.T."),
    mailbox="bima.nugraha",
    post="Pranata Komputer Ahli Muda",
    employment=Employment.ASN,
)
SINTA: Final = Newcomer(
    nik="9999996107950044",
    nip="",
    born=date(1995, 7, 21),
    name=PersonName(full="Sinta Maharani"),
    mailbox="sinta.maharani",
    post="Tenaga Ahli Persandian",
    employment=Employment.OTHER,
)
YUSUF: Final = Newcomer(
    nik="9999993001790045",
    nip="197901302005011002",
    born=date(1979, 1, 30),
    name=PersonName(full="Yusuf Hidayatullah", titles_before="Drs."),
    mailbox="yusuf.h",
    post="Kepala Bidang Informatika",
    employment=Employment.ASN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who enters, verifies and signs letters, where, and how links reach people."""

    agency: UUID
    entering: Account
    verifying: Account
    signer: dict[str, Any]
    courier: Courier


def bring_applicants(desk: Desk, take: Callable[[], InvitationToken], /) -> None:
    """One with the verifikator, one with the registration authority, one who has not answered, one rejected.

    `take` gives the newest link that the courier brought.
    """
    recommended = (LARAS, BIMA, YUSUF)
    letter = _letter(desk, recommended)
    for newcomer in recommended:
        request = _entered(desk, newcomer)
        attach_letter(request, letter, by=desk.entering)
        _complete(newcomer, take())
        if newcomer is BIMA:
            enrolment.verify_checked(request, compared=frozenset(BY_EYE), by=desk.verifying)
        if newcomer is YUSUF:
            enrolment.reject_request(
                request, ("Foto KTP-el tidak terbaca: sudut kanan tertutup jari",), by=desk.verifying
            )
    _entered(desk, SINTA)
    take()


def _entered(desk: Desk, newcomer: Newcomer) -> UUID:
    applicant = Applicant(
        nik=Nik(newcomer.nik),
        nip=Nip(newcomer.nip) if newcomer.nip else None,
        name=newcomer.name,
        email=EmailAddress(f"{newcomer.mailbox}@sagarabiru.example"),
        post=newcomer.post,
        unit="Dinas Komunikasi dan Informatika",
        city="Sagara Biru",
        province="Nusa Contoh",
        employment=newcomer.employment,
    )
    return enrolment.enter_and_invite(applicant, agency=desk.agency, by=desk.entering, courier=desk.courier)


def _complete(newcomer: Newcomer, token: InvitationToken) -> None:
    enrolment.attach_picture(token, EvidenceKind.CARD, _card(newcomer))
    enrolment.attach_picture(token, EvidenceKind.SELFIE, _face())
    text = consent_text()
    enrolment.complete_identity(
        token,
        Identity(nik=Nik(newcomer.nik), born=newcomer.born, phone=PhoneNumber.parse("0811-5550-142")),
        consent_version=text.version,
        consent_digest=text.digest,
    )


def _letter(desk: Desk, recommended: tuple[Newcomer, ...]) -> bytes:
    """The recommendation of several people, signed by the city's secretary with her own key."""
    today = legal_date(composition.clock().now())
    data = {
        "agency": "Pemerintah Kota Sagara Biru",
        "place": "Sagara Biru",
        "dated": written_date(today),
        "number": "800/117/BKD",
        "title": "Surat Rekomendasi Sertifikat Elektronik",
        "opening": "Dengan ini kami merekomendasikan pegawai berikut untuk memperoleh Sertifikat Elektronik:",
        "facts": [[one.name.with_titles, f"{one.post}, {one.mailbox}@sagarabiru.example"] for one in recommended],
        "closing": "Data di atas benar dan pegawai tersebut memerlukannya untuk tugas kedinasan.",
        "post": FIRST.post,
        "signer": FIRST.name.with_titles,
    }
    order = SigningOrder(
        document=press("recommendation_letter", data, dated=today),
        nik=FIRST.nik,
        factors=Factors(passphrase=Secret(desk.signer["passphrase"])),
        application="demo",
        level=Level.B_LT,
        reason="Merekomendasikan",
        keep=False,
    )
    return sign_for_subscriber(order).document


def _card(newcomer: Newcomer) -> bytes:
    """A card that nobody could take for a real one."""
    picture = Image.new("RGB", (1016, 640), _PAPER)
    pen = ImageDraw.Draw(picture)
    lines = ("PROVINSI CONTOH - KOTA SAGARA BIRU", f"NIK : {newcomer.nik}", f"Nama : {newcomer.name.full.upper()}")
    for number, line in enumerate((*lines, f"Lahir : {written_date(newcomer.born).upper()}")):
        pen.text((50, 60 + 90 * number), line, fill=_INK, font_size=40)
    _head(pen, 850, 220, 60)
    pen.text((50, 560), "CONTOH: bukan kartu identitas", fill="#573a92", font_size=44)
    return _jpeg(picture)


def _face() -> bytes:
    picture = Image.new("RGB", (640, 800), "#e4ded0")
    _head(ImageDraw.Draw(picture), 320, 360, 170)
    return _jpeg(picture)


def _head(pen: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    pen.ellipse((x - size * 2, y + size, x + size * 2, y + size * 4), fill="#2f5d73")
    pen.ellipse((x - size, y - size, x + size, y + size), fill=_SKIN)
    pen.pieslice((x - size, y - size * 1.1, x + size, y + size * 0.4), 180, 360, fill="#2b2a33")
    for eye in (-1, 1):
        pen.ellipse((x + eye * size * 0.4 - 6, y, x + eye * size * 0.4 + 6, y + 12), fill=_INK)
    pen.arc((x - size * 0.4, y + size * 0.2, x + size * 0.4, y + size * 0.6), 20, 160, fill="#7c4a34", width=5)


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()
