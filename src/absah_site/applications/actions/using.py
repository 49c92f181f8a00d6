"""Writing down what applications asked.

An attempt to sign is written in the same two transactions as its signatures (`absah_site.signing.actions.Witness`), so
that neither can be there without the other. What was refused before is written by itself, and so is what was only read.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from absah.audit.tags import ApplicationTag
from absah.esign.errors import number_of, refusal_of
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError
from absah_site import composition
from absah_site.applications.actions.following import unknown_use
from absah_site.applications.store import uses as store
from absah_site.applications.store.uses import RecordedUse, UseState
from absah_site.audit.actions import record
from absah_site.signing.actions import SignedDocument

#: For so long the same question gets the same answer.
WINDOW: Final = timedelta(minutes=10)


def same_asked(parts: Sequence[bytes], /) -> str:
    """A mark that is equal for identical requests and says nothing without this instance's secret."""
    seal = hmac.new(settings.SECRET_KEY.encode(), b"absah.applications.asked", "sha256")
    for part in parts:
        seal.update(len(part).to_bytes(8, "big"))
        seal.update(hashlib.sha256(part).digest())
    return seal.hexdigest()


def shown_mark(use: UUID, code: str, /) -> str:
    """A mark by which a one-time code is known again, bound to its own attempt."""
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, b"absah.applications.shown" + use.bytes + code.encode(), "sha256").hex()


@final
class SigningUse:
    """An attempt to sign while it goes on: a `Witness` of the signatures."""

    def __init__(self, use: RecordedUse, inputs: tuple[bytes, ...], began: float, /) -> None:
        self._use = use
        self._inputs = inputs
        self._began = began
        self._written = False
        self._is_open = False
        self._rounds = 1

    @property
    def id(self) -> UUID:
        """The attempt's number."""
        return self._use.id

    def about(self, *, holder: str, asked: str) -> None:
        """Whose key is meant, and the mark of the request."""
        self._use = replace(self._use, holder=holder, asked=asked)

    def showing(self, code: str | None, /) -> None:
        """The one-time code that is shown, so that the same request with it is known again."""
        if code is not None:
            self._use = replace(self._use, shown=shown_mark(self._use.id, code))

    def in_rounds(self, count: int, /) -> None:
        """So many times signatures are made for this attempt, each time on top of those before."""
        self._rounds = count

    def intended(self, signatures: tuple[UUID, ...], /, *, at: Instant) -> None:
        """These signatures are about to be made."""
        named = (*self._use.signatures, *map(str, signatures))
        if self._written:
            self._use = replace(self._use, signatures=named)
            store.extend_signatures(self._use.id, named)
            return
        self._use = replace(self._use, signatures=named, began_at=at)
        store.add(self._use)
        self._written = True

    def signed(self, documents: tuple[SignedDocument, ...], /, *, at: Instant) -> None:
        """All of them were. What was added is kept for as long as the same question may be asked again.

        Before the last round nothing is told: nothing is handed out.
        """
        self._rounds -= 1
        if self._rounds:
            return
        outputs = tuple(one.sha256 for one in documents)
        store.conclude(self._ended(replace(self._use, state=UseState.DONE, outputs=outputs), at))
        pairs = zip(documents, self._inputs, strict=True)
        added = [one.document[len(before) :] for one, before in pairs if one.document.startswith(before)]
        if len(added) == len(self._inputs):
            store.add_additions(self._use.id, added, until=instant(at + WINDOW))

    def failed(self, error: AbsahError, /, *, at: Instant) -> None:
        """None was handed out."""
        store.conclude(self._refused(error, at))

    def passed_on(self, outputs: tuple[str, ...], /) -> None:
        """All of it was signed elsewhere: the SHA-256 of each document."""
        store.conclude(self._ended(replace(self._use, state=UseState.DONE, outputs=outputs), composition.clock().now()))

    def left_open(self, error: AbsahError, /) -> None:
        """It was passed on, and nobody knows whether it was signed: a person will find out."""
        self._is_open = True
        store.conclude(unknown_use(self._use, error.code, number_of(error)))

    def refused(self, error: AbsahError, /) -> None:
        """It ended: before anything was intended, when nothing is written yet, or between two rounds.

        What was left open is not refused.
        """
        if self._is_open:
            return
        ended = self._refused(error, composition.clock().now())
        if self._written:
            store.conclude(ended)
        else:
            store.add(ended)

    def repeated(self, earlier: RecordedUse, /) -> None:
        """The answer of an earlier attempt is given again, after all has been checked again."""
        now = composition.clock().now()
        again = replace(
            self._use, state=UseState.DONE, outputs=earlier.outputs, signatures=earlier.signatures, repeats=earlier.id
        )
        with transaction.atomic():
            store.add(self._ended(again, now))
            facts = {"use": str(earlier.id), "application": str(self._use.application)}
            subject = f"use:{self._use.id}"
            record(
                at=now,
                tag=ApplicationTag.ANSWER_REPEATED,
                actor=f"application:{self._use.application}",
                subject=subject,
                facts=facts,
            )

    def _refused(self, error: AbsahError, at: Instant) -> RecordedUse:
        told = refusal_of(error)
        return self._ended(replace(self._use, state=UseState.REFUSED, code=told.code, number=told.number), at)

    def _ended(self, use: RecordedUse, at: Instant) -> RecordedUse:
        spent = composition.clock().monotonic() - self._began
        return replace(use, ended_at=at, milliseconds=max(0, round(spent * 1000)))


def record_uses(uses: tuple[RecordedUse, ...], /) -> None:
    """Write down what was only read, or refused at the door."""
    store.add(*uses)
