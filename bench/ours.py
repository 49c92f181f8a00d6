"""How Absah signs when nobody asks for a passphrase: the engine, the CMS and the key, document in, document out.

What the peers do is the same: they hold the opened key and its certificates too.
"""

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from absah.adapters.file_source import FileSource
from absah.pdf.appearance import Appearance, SignatureLook, draw_appearance
from absah.pdf.geometry import PageGeometry, Rect
from absah.pdf.reader.source import ByteSource, BytesSource
from absah.pki.algorithms import sign_with
from absah.signing.engine.fast import FastEngine
from absah.signing.hashing import HashState, hash_of
from absah.signing.material import ValidationMaterial
from absah.signing.ports import (
    InvisibleWidget,
    SignatureField,
    VisibleWidget,
    Widget,
)
from bench.credentials import NOW, Credentials

_RESERVE = 16 * 1024
_NAME = "Siti Contoh Rahayu"
_A4 = Rect(left=0, bottom=0, right=595, top=842)
_PAGE = PageGeometry(number=1, media=_A4, crop=_A4, rotation=0, user_unit=1.0)
_BOX = Rect(left=300, bottom=80, right=420, top=150)


def _wish(widget: Widget, reserve: int, credentials: Credentials) -> SignatureField:
    return SignatureField(widget=widget, at=NOW, digest=credentials.way.digest, reserve=reserve, signer_name=_NAME)


def appearance(link: str) -> Appearance:
    """The picture with a QR code of `link`, drawn now."""
    look = SignatureLook(name=_NAME, post="Kepala Dinas", at=NOW, link=link, trial=True)
    return draw_appearance(look, _PAGE, _BOX)


@dataclass
class Absah:
    """Our engine with one credential."""

    credentials: Credentials
    engine: FastEngine = field(default_factory=FastEngine)

    @cached_property
    def invisible(self) -> SignatureField:
        return _wish(InvisibleWidget(), _RESERVE, self.credentials)

    @cached_property
    def proven(self) -> SignatureField:
        """The same with validation material in one revision."""
        return replace(self.invisible, material=self.material)

    def visible(self, shown: Appearance) -> SignatureField:
        return _wish(VisibleWidget(appearance=shown), _RESERVE, self.credentials)

    @cached_property
    def material(self) -> ValidationMaterial:
        """Of both chains: what B-LT embeds. An instance has it at hand before it signs."""
        both = (*self.credentials.signer.chain, *self.credentials.tsa.chain)
        return ValidationMaterial(certificates=tuple(dict.fromkeys(both)), crls=self.credentials.crls)

    def raw(self, data: bytes) -> bytes:
        """The bare operation of the key, on as many bytes as signed attributes have."""
        return sign_with(self.credentials.signer.key, data, self.credentials.way)

    def bb(self, document: bytes, wish: SignatureField | None = None) -> bytes:
        """B-B."""
        reserved = self.engine.prepare_on(BytesSource(document), wish or self.invisible)
        return reserved.signed(document, self._cms(reserved.digest, stamped=False))

    def bt(self, document: bytes) -> bytes:
        """B-T."""
        reserved = self.engine.prepare_on(BytesSource(document), self.invisible)
        return reserved.signed(document, self._cms(reserved.digest, stamped=True))

    def blta(self, document: bytes) -> bytes:
        """B-LTA: signature, time-stamp and material in one revision, the document time-stamp in the next."""
        source = BytesSource(document)
        return b"".join((document, *self._archived(source, hash_of(source, self.credentials.way.digest))))

    def _archived(self, source: ByteSource, hashed: HashState) -> tuple[bytes, bytes]:
        """The two revisions. `hashed` is the state over the source; it goes on over the first revision."""
        digest = self.credentials.way.digest
        reserved = self.engine.prepare_on(source, self.proven, hashed=hashed)
        first = reserved.filled(self._cms(reserved.digest, stamped=True))
        hashed.update(first)
        stamp = self.engine.prepare_timestamp_on(reserved.read_on(first), _RESERVE, digest=digest, hashed=hashed)
        return first, stamp.filled(self.credentials.timestamp(stamp.digest, digest))

    def blta_file(self, source: Path, target: Path) -> None:
        """B-LTA from file to file: the document is read once and copied within the kernel; on disk when it returns."""
        digest = self.credentials.way.digest
        with FileSource(source) as original, target.open("xb", buffering=0) as output:
            hashed = hash_of(original, digest)
            first, second = self._archived(original, hashed)
            copied = 0
            while copied < original.size:
                copied += os.copy_file_range(original.fileno(), output.fileno(), original.size - copied)
            output.write(first + second)
            os.fsync(output.fileno())

    def prepare(self, document: bytes) -> bytes:
        """Only up to the digest."""
        return self.engine.prepare_on(BytesSource(document), self.invisible).digest

    def _cms(self, message_digest: bytes, *, stamped: bool) -> bytes:
        template = self.credentials.template
        attributes = template.signed_attributes(message_digest)
        signature = sign_with(self.credentials.signer.key, attributes, self.credentials.way)
        digest = self.credentials.way.digest
        token = self.credentials.timestamp(digest.digest(signature), digest) if stamped else None
        return template.signed_data(attributes, signature, timestamp=token)
