"""The desk that asks the signer: authorise, note the intention, use the key, note the value, have it time-stamped.

Each of these is written down before the next begins, so that a kill between two of them loses neither; and the
intention is on the disk before the key is used. The disk, the signer and the time-stamping authority are asked by
errand, one each, so that the workers go on meanwhile, and so do the other two: while some values are stamped, the next
are made, and the intention of those after them reaches the disk.
"""

from collections import deque
from collections.abc import Iterable
from functools import partial
from itertools import chain
from types import TracebackType
from typing import Final, Protocol, Self, TypeAlias, final

from absah.adapters.batch_errands import Errands
from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_journal import BatchJournal
from absah.adapters.batch_ports import BatchPorts
from absah.kernel.errors import AbsahError, Unavailable
from absah.signing.batch.items import BatchActivation, ItemAuthorised, ItemMoved, ItemPrepared, ItemValued, Waiting
from absah.signing.batch.order import BatchItem, BatchOrder, ItemKey
from absah.signing.batch.pace import MOST_PER_SIGNING, PER_SIGNING, CodeSpent, activation_size
from absah.signing.factors import Factors
from absah.signing.ports import Activation, CredentialView, SignerConsent
from absah.signing.refusals import SignatureCountWrong

_Prepared: TypeAlias = tuple[BatchItem, ItemPrepared]
_Chunk: TypeAlias = tuple[_Prepared, ...]
_Authorised: TypeAlias = tuple[tuple[ItemKey, ItemAuthorised], ...]
_Noted: TypeAlias = tuple[SignerConsent, _Chunk, _Authorised]
_Valued: TypeAlias = tuple[tuple[ItemKey, ItemValued], ...]
_MOST_NOTED: Final = MOST_PER_SIGNING // PER_SIGNING
"""Chunks whose intention is noted that may wait for the signer: it is asked for all of them at once."""

_MOST_UNSTAMPED: Final = 2
"""Chunks of values that may wait for a time-stamping authority that is slower than the signer; the same goes for it."""


class Leader(Protocol):
    """Whoever leads the batch and hears what came of it."""

    stopped: AbsahError | None

    def complete(self, key: ItemKey, valued: ItemValued, token: bytes | None = None, /) -> None:
        """A document has its signature value, and perhaps the time-stamp over it."""
        ...

    def prepare_again(self, item: BatchItem, prepared: ItemPrepared, /) -> None:
        """A document was prepared for a certificate that the signer does not have any more."""
        ...

    def stop(self, error: AbsahError, /) -> None:
        """The signer refused, or did not answer."""
        ...


@final
class SigningDesk:
    """Takes prepared documents in; what comes out has its signature value. `view` is what they are prepared for."""

    def __init__(
        self,
        order: BatchOrder,
        folders: BatchFolders,
        factors: Factors,
        /,
        *,
        journal: BatchJournal,
        ports: BatchPorts,
        leader: Leader,
    ) -> None:
        self._order, self._folders, self._factors = order, folders, factors
        self._journal, self._ports, self._leader = journal, ports, leader
        self._noting = Errands()
        self._errands = Errands()
        self._stamping = Errands()
        self._prepared: list[_Prepared] = []
        self._authorised: deque[tuple[BatchActivation, _Chunk]] = deque()
        self._noted: deque[_Noted] = deque()
        self._unstamped: deque[_Valued] = deque()
        self._activations = 0
        self.view = ports.signer.certificate_chain(order.credential)

    @property
    def bells(self) -> tuple[int, ...]:
        """One of them can be read as soon as `go_on` has something to do."""
        return self._noting.bell, self._errands.bell, self._stamping.bell

    @property
    def waiting(self) -> int:
        """How many prepared documents wait for an authorisation."""
        return len(self._prepared)

    @property
    def busy(self) -> bool:
        """Whether documents are on their way to their values."""
        is_out = self._noting.out or self._errands.out or self._stamping.out
        return is_out or bool(self._authorised or self._noted or self._unstamped)

    def take(self, item: BatchItem, prepared: ItemPrepared, /) -> None:
        """A document is prepared."""
        self._prepared.append((item, prepared))

    def go_on(self, *, are_all: bool) -> None:
        """Hear the errands that are back and send the next. `are_all`: no more documents are being prepared."""
        for errands in (self._stamping, self._errands, self._noting):
            errands.take_in()
        self._stamp()
        if not self._errands.out:
            if self._may_authorise(are_all=are_all):
                self._authorise()
            elif self._noted and len(self._unstamped) < _MOST_UNSTAMPED:
                self._use_key()
        if self._authorised and len(self._noted) < _MOST_NOTED and not self._noting.out:
            self._note(*self._authorised.popleft())

    def _may_authorise(self, *, are_all: bool) -> bool:
        """Whether there is nothing to be noted any more, and enough for another consent."""
        enough = 1 if are_all else activation_size(self._factors)
        return not self._authorised and len(self._prepared) >= enough

    def let_go(self) -> None:
        """Forget what has not been to the key. What is there now is finished."""
        for _, chunk in self._authorised:
            self._drop(chunk)
        for _, chunk, _ in self._noted:
            self._give_up(chunk, self._leader.stopped)
        self._drop(self._prepared)
        self._authorised.clear()
        self._noted.clear()
        self._prepared.clear()

    def _drop(self, chunk: Iterable[_Prepared]) -> None:
        self._folders.drop(*(prepared.part for _, prepared in chunk))

    # --- the errands, in their order

    def _authorise(self) -> None:
        """One consent for everything that is prepared; the factors are checked again by the signer each time."""
        if self._activations and self._factors.totp is not None:
            self._leader.stop(CodeSpent())
            return
        self._activations += 1
        chunk, self._prepared = tuple(self._prepared), []
        signer, credential = self._ports.signer, self._order.credential
        activation = Activation(
            credential=credential,
            application=self._order.application,
            digests=tuple(prepared.digest for _, prepared in chunk),
            factors=self._factors,
        )
        self._errands.send(
            lambda: (signer.authorise(activation), signer.certificate_chain(credential)),
            partial(self._take_consent, chunk),
        )

    def _take_consent(self, chunk: _Chunk, brought: tuple[SignerConsent, CredentialView] | AbsahError) -> None:
        if isinstance(brought, AbsahError):
            self._drop(chunk)
            self._leader.stop(brought)
            return
        if self._leader.stopped is not None:
            self._drop(chunk)
            return
        consent, view = brought
        activation = BatchActivation(consent=consent, signer=self.view)
        self._journal.append([activation])
        self._authorised.extend(
            (activation, chunk[first : first + PER_SIGNING]) for first in range(0, len(chunk), PER_SIGNING)
        )
        if view != self.view:
            # Suspended, renewed or expired meanwhile: what comes next is prepared for what is true now.
            self.view = view
            outdated, self._prepared = self._prepared, []
            for item, prepared in outdated:
                self._leader.prepare_again(item, prepared)

    def _note(self, activation: BatchActivation, chunk: _Chunk) -> None:
        """The intention, in the journal and in the ledger. From here on nothing is tried again so."""
        consent = activation.consent
        authorised = tuple(
            (item.key, ItemAuthorised(prepared=prepared, consent_id=consent.consent_id)) for item, prepared in chunk
        )
        moves = [ItemMoved(key=item.key, state=prepared) for item, prepared in chunk]
        moves += [ItemMoved(key=key, state=state) for key, state in authorised]
        self._journal.append(moves)
        try:
            self._ports.ledger.intend(chunk)
        except AbsahError as error:
            self._take_values(chunk, authorised, error)
            return
        self._noting.send(self._journal.settle, partial(self._take_noted, (consent, chunk, authorised)))

    def _take_noted(self, noted: _Noted, brought: AbsahError | None) -> None:
        """The intention is on the disk."""
        _, chunk, authorised = noted
        if brought is not None:
            self._take_values(chunk, authorised, brought)
        elif self._leader.stopped is not None:
            self._give_up(chunk, self._leader.stopped)
        else:
            self._noted.append(noted)

    def _use_key(self) -> None:
        """For everything that is noted under one consent."""
        consent = self._noted[0][0]
        chosen = [noted for noted in self._noted if noted[0] is consent]
        self._noted = deque(noted for noted in self._noted if noted[0] is not consent)
        chunk = tuple(chain.from_iterable(chunk for _, chunk, _ in chosen))
        authorised = tuple(chain.from_iterable(authorised for _, _, authorised in chosen))
        attributes = tuple(prepared.signed_attributes for _, prepared in chunk)
        self._errands.send(
            partial(self._ports.signer.sign, consent, attributes), partial(self._take_values, chunk, authorised)
        )

    def _take_values(self, chunk: _Chunk, authorised: _Authorised, brought: tuple[bytes, ...] | AbsahError) -> None:
        if not isinstance(brought, AbsahError) and len(brought) != len(chunk):
            brought = SignatureCountWrong(asked=len(chunk), given=len(brought))
        if isinstance(brought, AbsahError):
            self._give_up(chunk, brought)
            self._leader.stop(brought)
            return
        valued = tuple(
            (key, ItemValued(authorised=state, signature=signature))
            for (key, state), signature in zip(authorised, brought, strict=True)
        )
        self._journal.append([ItemMoved(key=key, state=state) for key, state in valued])
        self._unstamped.append(valued)

    def _give_up(self, chunk: _Chunk, error: AbsahError | None) -> None:
        """There will be no values for these; they wait for another consent."""
        self._ports.ledger.give_up(tuple(prepared.record for _, prepared in chunk), error)
        self._journal.append([ItemMoved(key=item.key, state=Waiting()) for item, _ in chunk])
        self._drop(chunk)

    def _stamp(self) -> None:
        """The time-stamps over the next values, if they can be had in one errand; else the workers see to them."""
        stamps = self._ports.timestamps
        while self._unstamped and not self._stamping.out:
            valued = tuple(chain.from_iterable(self._unstamped))
            self._unstamped.clear()
            if stamps is None or not self._order.level.has_timestamp:
                self._take_stamps(valued, (None,) * len(valued))
                continue
            digest = valued[0][1].authorised.prepared.algorithm
            imprints = tuple(digest.digest(state.signature) for _, state in valued)
            self._stamping.send(partial(stamps.timestamps, imprints, digest), partial(self._take_stamps, valued))

    def _take_stamps(self, valued: _Valued, tokens: tuple[bytes | None, ...] | AbsahError) -> None:
        if isinstance(tokens, Unavailable):
            self._leader.stop(tokens)  # the values are kept: the next run asks again
            return
        if isinstance(tokens, AbsahError):
            tokens = (None,) * len(valued)  # a worker asks for each by itself, and tells what is wrong
        for (key, state), token in zip(valued, tokens, strict=True):
            self._leader.complete(key, state, token)

    def __enter__(self) -> Self:
        for errands in (self._noting, self._errands, self._stamping):
            errands.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for errands in (self._stamping, self._errands, self._noting):
            errands.__exit__(kind, value, trace)
