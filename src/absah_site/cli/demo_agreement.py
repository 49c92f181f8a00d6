"""The agreement of the demo: drafted from a model, signed by both at their anchors, then alive on its pages."""

from typing import Any, Final
from uuid import UUID

from absah.adapters.totp import code_at, read_base32
from absah.agreements.drafting import draft_from_model
from absah.agreements.parties import ByOffice, Contact, DatedName, Parties, Party, Representative, Span
from absah.agreements.parties import Role as Side
from absah.kernel.clock import legal_date
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor
from absah_site import composition
from absah_site.agreements import access
from absah_site.agreements.actions import life, signing
from absah_site.agreements.actions.papers import Upload
from absah_site.cli.demo_people import FIRST, OPERATOR, SECOND, Official
from absah_site.config import Config
from absah_site.signing.actions import SigningOrder, sign_for_subscriber

APPLICATION: Final = "demo"
AGREEMENT_NUMBER: Final = "119/HK.03/2026"


def draft_agreement(config: Config, agency: UUID, /) -> UUID:
    """Begin the agreement between the two, from our model, dated today."""
    parties = Parties(
        first=the_party(
            FIRST,
            Side.FIRST,
            name="Pemerintah Kota Sagara Biru",
            number=AGREEMENT_NUMBER,
            contact=Contact(unit=FIRST.unit, address="Jalan Mercusuar Nomor 7, Sagara Biru", email=FIRST.email),
        ),
        second=the_party(
            SECOND,
            Side.SECOND,
            name="Balai Sertifikasi Absah (Uji Coba)",
            number="PERJ.7/BSA/11/2026",
            contact=Contact(unit=SECOND.unit, address="Jalan Uji Coba Nomor 1, Kota Contoh", email=SECOND.email),
        ),
    )
    now = composition.clock().now()
    issuer = (DatedName(name=config.issuer_name, since=legal_date(now)),)
    drafted = draft_from_model("daerah", parties=parties, issuer=issuer, on=legal_date(now), now=now)
    return life.draft(drafted, agency=str(agency), by=OPERATOR)


def present_document(agreement: UUID, /) -> bytes:
    """The agreement as it stands: typeset, or with the signatures so far."""
    return signing.present_document(access.agreement_for(OPERATOR, agreement, now=composition.clock().now()))


def the_party(official: Official, role: Side, /, *, name: str, number: str, contact: Contact) -> Party:
    """One side of the agreement, with the official who signs for it by office."""
    return Party(
        role=role,
        names=(DatedName(name=name, since=official.since),),
        seat=contact.address,
        number=number,
        anchor=official.anchor,
        representatives=(
            Representative(
                name=official.name.full,
                titled=official.name.with_titles,
                post=official.post,
                authority=ByOffice(),
                span=Span(first=official.since),
            ),
        ),
        contact=contact,
    )


def sign(agreement: UUID, official: Official, signer: dict[str, Any], /) -> bytes:
    """One party signs at its anchor, with passphrase and one-time code, and the agreement takes note."""
    code = code_at(read_base32(signer["totp_secret"]), composition.clock().now())
    order = SigningOrder(
        document=present_document(agreement),
        nik=official.nik,
        factors=Factors(passphrase=Secret(signer["passphrase"]), totp=code),
        application=APPLICATION,
        placement=AtAnchor(text=official.anchor),
        level=Level.B_LT,
        reason="Menyetujui dan menandatangani perjanjian",
    )
    signed = sign_for_subscriber(order).document
    signing.hand_in(agreement, Upload(name="perjanjian.pdf", content=signed), by=OPERATOR)
    return signed
