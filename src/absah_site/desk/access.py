"""The bundles of a person: only whoever gathered one sees it."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah.workflow.matching import match_code
from absah_site.actors import Account
from absah_site.desk import store
from absah_site.desk.store import Bundle, BundleItem, ItemState
from absah_site.dossiers.access import opening
from absah_site.dossiers.access.opening import Opened

__all__ = ["PAGE", "Bundle", "BundleItem", "BundleUnknown", "ItemState", "ShownItem", "bundle_for", "bundles_of"]

PAGE: Final = 24
_RECENT: Final = 20


class BundleUnknown(NotFound):
    """There is no such bundle, or it is somebody else's."""

    code = "desk.bundle-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """A document of a bundle with its dossier; None where that is not to be seen any more."""

    item: BundleItem
    opened: Opened | None


def bundle_for(actor: Account, identifier: UUID, /) -> Bundle:
    """A bundle of this person. Raises BundleUnknown."""
    found = store.find(identifier)
    if found is None or found.account != actor.public_id:
        raise BundleUnknown
    return found


def bundles_of(actor: Account, /) -> tuple[Bundle, ...]:
    """The newest bundles of a person."""
    return store.newest_of(actor.public_id, limit=_RECENT)


def shown(
    actor: Account, bundle: Bundle, states: tuple[ItemState, ...], page: int, /, *, size: int = PAGE
) -> tuple[ShownItem, ...]:
    """A page of its documents."""
    items = store.items_of(bundle.id, states=states, offset=(page - 1) * size, limit=size)
    found = {one.dossier.id: one for one in opening.many_for(actor, tuple(item.dossier for item in items))}
    return tuple(ShownItem(item=item, opened=found.get(item.dossier)) for item in items)


def code_of(bundle: Bundle, /) -> str:
    """The code over the list of documents that are about to be signed."""
    chosen = store.items_of(bundle.id, states=(ItemState.CHOSEN,))
    return match_code([one.sha256 for one in chosen], bundle.act)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a bundle is finished: documents a minute, and the seconds that the rest will take at that pace."""

    per_minute: int
    seconds_left: int


def pace_of(bundle: Bundle, /, *, now: Instant) -> Pace | None:
    """None before there is anything to reckon with, while it stands still, and at its end."""
    ended = bundle.count(ItemState.DONE)  # what was refused at once says nothing about the pace
    if bundle.authorised_at is None or bundle.paused_at is not None or bundle.ended_at is not None or not ended:
        return None
    seconds = max((now - bundle.authorised_at).total_seconds(), 1.0)
    waiting = bundle.count(ItemState.VALUED)
    return Pace(per_minute=round(60 * ended / seconds), seconds_left=round(seconds * waiting / ended))


def pages_in(actor: Account, bundle: Bundle, /) -> int:
    """How many pages the chosen documents have together."""
    chosen = tuple(one.dossier for one in store.items_of(bundle.id, states=(ItemState.CHOSEN,)))
    return sum(one.dossier.pages for one in opening.many_for(actor, chosen))


class _Outlet:
    """What `zipfile` writes to: its bytes are taken away as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes, /) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        """Everything written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(actor: Account, bundle: Bundle, /) -> Iterator[bytes]:
    """A ZIP of the documents that are done, as they are kept, and a manifest; made while it is sent."""
    outlet = _Outlet()
    manifest = io.StringIO()
    writer = csv.writer(manifest)
    writer.writerow(["file", "number", "title", "state", "sha256", "signature", "error"])
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]  # not seekable
        for item in store.items_of(bundle.id):
            name = f"{item.position:04d}.pdf" if item.state is ItemState.DONE else ""
            opened = next(iter(opening.many_for(actor, (item.dossier,))), None)
            dossier = None if opened is None else opened.dossier
            if name and dossier is not None:
                try:
                    archive.writestr(name, opening.document_of(dossier))
                except AbsahError as error:
                    name, item_error = "", error.code
                else:
                    item_error = item.error
                yield outlet.taken()
            else:
                item_error = item.error
            sha256 = dossier.current.sha256 if dossier is not None else ""
            about = ("", "") if dossier is None else (dossier.subject.number, dossier.subject.title)
            writer.writerow([name, *map(_plain, about), item.state.value, sha256, item.record or "", item_error])
        archive.writestr("manifest.csv", manifest.getvalue().encode("utf-8-sig"))
    yield outlet.taken()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
