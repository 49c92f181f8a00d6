"""What a batch is asked to do, and what an item is: one document for one signer and one field, under all its names."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, NewType
from uuid import UUID

from absah.kernel.errors import BadInput
from absah.pdf.appearance_template import Template
from absah.pdf.dates import Zone
from absah.pdf.reader.source import Document
from absah.pdf.usual_template import usual_template
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, Placement, describe_placement
from absah.signing.ports import CredentialId
from absah.signing.request import Drafted, Presentation

ItemKey = NewType("ItemKey", str)
"""64 hexadecimal digits: SHA-256 over the document's hash, the credential and the field."""


class OtherOrder(BadInput):
    """The output folder belongs to a batch of another signer, level or place. Parameter: setting."""

    code: ClassVar[str] = "batch.other-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """What is the same for every document of a batch. `link` is the beginning of the address behind the QR."""

    credential: CredentialId
    application: str
    level: Level = Level.B_LT
    placement: Placement = INVISIBLE
    signer_name: str | None = None
    post: str | None = None
    link: str = ""
    trial: bool = True
    reason: str | None = None
    location: str | None = None
    field_name: str | None = None
    certify: bool = False
    zone: Zone = Zone.WIB
    template: Template = field(default_factory=usual_template)

    @property
    def place(self) -> str:
        """The field of the idempotency key: its name, or where a fresh one shows itself."""
        if self.field_name is not None:
            return f"field {self.field_name}"
        return describe_placement(self.placement)

    def key_of(self, sha256: str, /) -> ItemKey:
        """What makes a document of this batch the same as one before."""
        parts = (sha256, self.credential, self.place)
        written = "".join(f"{len(part.encode())}:{part}" for part in parts)
        return ItemKey(hashlib.sha256(written.encode()).hexdigest())

    def draft(self, document: Document, record: UUID, /, *, reserve: int = 0) -> Drafted:
        """The draft of one document. `record` is the number in its QR, `reserve` the least room for its CMS."""
        shown = None
        if self.signer_name is not None:
            link = f"{self.link}{record}/"
            shown = Presentation(
                name=self.signer_name, post=self.post, link=link, trial=self.trial, template=self.template
            )
        return Drafted(
            document=document,
            credential=self.credential,
            level=self.level,
            placement=self.placement,
            presentation=shown,
            reason=self.reason,
            location=self.location,
            field_name=self.field_name,
            certify=self.certify,
            zone=self.zone,
            reserve=reserve,
        )

    def settings(self) -> dict[str, str]:
        """What a batch that goes on must have in common with the one that was begun."""
        return {
            "credential": self.credential,
            "level": self.level.value,
            "place": self.place,
            "reason": self.reason or "",
            "location": self.location or "",
            "certify": str(self.certify),
        }

    def check_same(self, begun: Mapping[str, str], /) -> None:
        """Raises OtherOrder, naming the first setting that differs."""
        for name, value in self.settings().items():
            if begun.get(name) != value:
                raise OtherOrder(setting=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """A document of the batch: its key, its hash, and the names under which it came in (equal files are one item)."""

    key: ItemKey
    sha256: str
    names: tuple[str, ...]


def plan_items(order: BatchOrder, hashes: Iterable[tuple[str, str]], /) -> tuple[BatchItem, ...]:
    """Names with their SHA-256 → items, in the order of the names. Files of the same content are one item."""
    items: dict[ItemKey, BatchItem] = {}
    for name, sha256 in hashes:
        key = order.key_of(sha256)
        known = items.get(key, BatchItem(key=key, sha256=sha256, names=()))
        items[key] = replace(known, names=(*known.names, name))
    return tuple(items.values())
