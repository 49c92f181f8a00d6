"""`absah sign`: signs a PDF with the certificate of a person of this instance.

Exit 0 signed, 1 refused, 64 bad usage, 65 bad input, 75 service unavailable. The output is written whole or not at all.
A signer process is started for the instance when none runs.
"""

import argparse
import getpass
import sys
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from absah.adapters.document_pages import warned_of
from absah.adapters.signer.errors import FactorMissing
from absah.cli.terminal import Exit, Terminal, UsageWrong, check_writable, chosen_language, read_file, write_file
from absah.cli.usage import one_of
from absah.kernel.errors import AbsahError
from absah.kernel.messages import render
from absah.kernel.people import Nik
from absah.pdf.geometry import Rect
from absah.pdf.hazards import Warned
from absah.pdf.intake import Certification
from absah.pdf.pictures import MOST_BYTES, read_picture
from absah.pdf.template_files import DEFAULT_NAME, agency_template, template_names
from absah.signing.factors import FactorKind, Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtAnchor, AtBox, Placement
from absah.signing.request import LaterSignature
from absah_site.cli.instance import open_instance, open_signer

if TYPE_CHECKING:
    from absah_site.signing.actions import SignedDocument

_LIMIT = 256 * 1024 * 1024
APPLICATION = "cli"
ANCHOR = "picture over the last such character that is not running text, for example '#'"
BOX = "picture in this box, in points from the lower left of the CropBox"
ASKED_FOR = "file with the passphrase; else asked, or read from standard input"
LEVELS = "how long it stays provable: B-B, with its time B-T, with proofs B-LT, for archives B-LTA (B-LT)"
_BOX = "--box PAGE,X,Y,W,H, for example --box 1,60,60,190,70"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument("input", type=Path, metavar="IN.pdf", help="the document")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf", help="the signed document")
    parser.add_argument("--signer", required=True, metavar="NIK", help="who signs")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--anchor",
        metavar="CHARACTER",
        help=ANCHOR,
    )
    where.add_argument("--box", metavar="PAGE,X,Y,W,H", help=BOX)
    where.add_argument("--invisible", action="store_true", help="no picture on the page (the default)")
    parser.add_argument("--level", **one_of(Level), default=Level.B_LT, help=LEVELS)
    parser.add_argument(
        "--also", action="append", default=[], metavar="PAGE,X,Y,W,H", help="show the same picture here too"
    )
    parser.add_argument(
        "--template",
        metavar="NAME",
        default=DEFAULT_NAME,
        help=f"appearance: {', '.join(template_names())}, or a file in appearances/",
    )
    parser.add_argument("--picture", type=Path, metavar="FILE", help="PNG or JPEG shown in the signature")
    parser.add_argument("--reason", metavar="TEXT", help="why, written into the signature")
    parser.add_argument("--certify", action="store_true", help="certify; must be the first signature")
    parser.add_argument(
        "--permit",
        type=int,
        choices=[level.value for level in Certification],
        default=Certification.FORM_FILLING.value,
        help="with --certify: 1 nothing, 2 signatures and form entries, 3 annotations too (2)",
    )
    parser.add_argument(
        "--later", action="append", default=[], metavar="CHARACTER", help="with --certify: keep a place at this anchor"
    )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help=ASKED_FOR,
    )
    parser.add_argument("--totp", metavar="CODE", help="one-time code of the authenticator")
    parser.add_argument("--password-file", type=Path, metavar="F", help="file with the password of an encrypted PDF")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    if options.later and not options.certify:
        raise UsageWrong(problem="--later goes with --certify")
    if options.permit != Certification.FORM_FILLING and not options.certify:
        raise UsageWrong(problem="--permit goes with --certify")
    placement = placement_of(options)
    nik = Nik(options.signer)
    document = read_file(options.input, limit=_LIMIT)
    check_writable(options.output)  # before the key is used
    picture = read_picture(read_file(options.picture, limit=MOST_BYTES)) if options.picture else None
    config = open_instance(options.data)
    template = agency_template(options.template, config.appearances)

    from absah_site import composition

    composition.isolated().warm_up()  # whoever opens the document starts while the signer does
    open_signer(config)
    if config.cli_second_factor and options.totp is None:
        raise FactorMissing(factor=FactorKind.TOTP)
    password = Secret(_first_line(options.password_file)) if options.password_file else None
    warnings = _warned(document, password, terminal)
    factors = Factors(passphrase=passphrase_of(options), totp=options.totp)

    from absah_site.signing.actions import SigningOrder, sign_for_subscriber

    signed: SignedDocument = sign_for_subscriber(
        SigningOrder(
            document=document,
            nik=nik,
            placement=placement,
            level=options.level,
            reason=options.reason,
            certify=options.certify,
            permissions=Certification(options.permit),
            later=places_for(options.later),
            password=password,
            also=tuple(map(box_of, options.also)),
            picture=picture,
            template=template,
            application=APPLICATION,
            keep=False,  # the person keeps the output; the archive is for documents that live here
            factors=factors,
        )
    )
    write_file(options.output, signed.document)
    terminal.result(
        output=str(options.output),
        level=str(options.level),
        signer=signed.signer_name,
        record=str(signed.record_id),
        sha256=signed.sha256,
        warnings=[str(one.hazard) for one in warnings],
    )
    terminal.say("cli.signed", path=str(options.output), name=signed.signer_name, level=str(options.level))
    return Exit.DONE


def _warned(document: bytes, password: Secret | None, terminal: Terminal) -> tuple[Warned, ...]:
    """Tell what the signer should know of the document. What cannot be looked over is refused later, with its code."""
    from absah_site import composition

    try:
        warnings = warned_of(composition.isolated(), document, None if password is None else password.reveal())
    except AbsahError:
        return ()
    if warnings:
        terminal.say("hazard.heading")
    for one in warnings:
        terminal.line("  - " + render(one.message_id, terminal.language, what=one.what))
    return warnings


def placement_of(options: argparse.Namespace, /) -> Placement:
    """Where the signature shows, from the options."""
    if options.anchor is not None:
        return AtAnchor(text=options.anchor)
    return INVISIBLE if options.box is None else box_of(options.box)


def box_of(text: str, /) -> AtBox:
    """A page and a box on it, as the options write it."""
    try:
        page, *box = text.split(",")
        x, y, width, height = map(float, box)
        number = int(page)
    except ValueError:
        raise UsageWrong(problem=_BOX) from None
    if not (width > 0 and height > 0 and all(map(isfinite, (x, y, width, height)))):
        raise UsageWrong(problem=_BOX)
    return AtBox(page=number, rect=Rect(left=x, bottom=y, right=x + width, top=y + height))


def places_for(anchors: list[str], /) -> tuple[LaterSignature, ...]:
    """A certification allows no new visible field: those who sign after it need their places kept (design D8c)."""
    return tuple(
        LaterSignature(field_name=f"Later{number}", placement=AtAnchor(text=anchor))
        for number, anchor in enumerate(anchors, start=1)
    )


def passphrase_of(options: argparse.Namespace, /) -> Secret | None:
    """The passphrase from its file, the terminal, or standard input; none where only a code was given."""
    if options.passphrase_file:
        return Secret(_first_line(options.passphrase_file))
    if sys.stdin.isatty():
        try:
            return Secret(getpass.getpass(render("cli.ask-passphrase", chosen_language(options.lang)) + " "))
        except EOFError:
            raise FactorMissing(factor=FactorKind.PASSPHRASE) from None
    if options.totp:
        return None
    written = sys.stdin.readline().rstrip("\r\n")
    if not written:
        raise FactorMissing(factor=FactorKind.PASSPHRASE)
    return Secret(written)


def _first_line(path: Path, /) -> str:
    return read_file(path, limit=4096).decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
