"""What the parts of the signer share: the store, the vault, the opened keys, the consents, the clock.

Every use of a key goes through `using`, or through its two halves: the intention is in the journal, on disk, before the
key moves, and how it ended is written after (Boulder's rule, house-style §8). The writing after does not wait for the
disk; see `store`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NewType, assert_never, final

from absah.adapters.key_vault import ByService, KeyVault, SoftwareVault
from absah.adapters.sealing import DerivationCost
from absah.adapters.service_secret import ServiceSecret, load_service_secret
from absah.adapters.signer.consents import Consents
from absah.adapters.signer.derivation import DerivationPool
from absah.adapters.signer.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CredentialPending,
    CredentialRevoked,
    CredentialSuspended,
    KindRefused,
)
from absah.adapters.signer.opened_keys import OpenedKey, OpenedKeys
from absah.adapters.signer.records import CertifiedChain, Credential, KeyKind, KeyUse, Standing
from absah.adapters.signer.store import Store, Transaction
from absah.adapters.signer.throttle import Throttle
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Rng
from absah.pki.certificates import load_certificate, validity_of
from absah.signing.ports import CredentialId, CredentialState

STORE: Final = Path("keys", "credentials.sqlite3")
#: A kept key with less time (seconds) is opened afresh, so that a consent always lives long enough to be used.
SHORTEST_CONSENT: Final = 60

#: The lines of the journal that say what is about to be done.
IntendedUses = NewType("IntendedUses", tuple[int, ...])


@final
class Custody:
    """Everything that the signer holds. One per process and data folder."""

    def __init__(
        self,
        data: Path,
        /,
        *,
        clock: Clock,
        rng: Rng,
        vault_for: Callable[[ServiceSecret], KeyVault] | None = None,
        cost: DerivationCost | None = None,
    ) -> None:
        self.clock = clock
        self.rng = rng
        self.service: ServiceSecret = load_service_secret(data)
        self.vault: KeyVault = (
            SoftwareVault(self.service, rng, cost=cost) if vault_for is None else vault_for(self.service)
        )
        self.store = Store(data / STORE)
        self.opened = OpenedKeys(clock, rng)
        self.consents = Consents(clock, rng)
        self.throttle = Throttle(self.store, clock)
        self.pool = DerivationPool(clock)
        with self.store.transaction() as transaction:
            self.interrupted = transaction.end_interrupted_uses(clock.now())

    def credential(self, name: CredentialId, /) -> Credential:
        """Raises CredentialUnknown."""
        with self.store.reading() as transaction:
            return transaction.credential(name)

    def check_in_force(self, name: CredentialId, /) -> None:
        """Raises when a key may not be used at this moment."""
        with self.store.reading() as transaction:
            check_in_force(transaction.standing(name), self.clock)

    def service_key(self, credential: Credential, /) -> OpenedKey:
        """The key of a credential that the service opens itself; kept for a while, as opening is not free."""
        name = credential.credential
        found = self.opened.find(name)
        if found is not None and found.seconds_left > SHORTEST_CONSENT:
            return found
        handle = self.vault.open(credential.stored_key, credential.belonging, ByService())
        opened = self.opened.opened(name, handle, None)
        self.opened.keep(name, opened)
        return opened

    @contextmanager
    def using(self, *uses: KeyUse) -> Iterator[None]:
        """Do something with keys inside the journal. Raises when one of them may not be used at this moment."""
        with self.concluding(self.intend(*uses)):
            yield

    def intend(self, *uses: KeyUse) -> IntendedUses:
        """Write into the journal, and wait for the disk, what keys are about to do. `concluding` says how it ends.

        The state is read in the transaction of the intention: after a suspension has been answered no use begins.
        Raises when one of the keys may not be used at this moment.
        """

        def check(transaction: Transaction) -> None:
            for name in dict.fromkeys(use.credential for use in uses):
                check_in_force(transaction.standing(name), self.clock)

        return self._intend(uses, check)

    @contextmanager
    def concluding(self, intended: IntendedUses, /) -> Iterator[None]:
        """Do what was intended; how it ended is written after, without waiting for the disk."""
        result = "failed"
        try:
            yield
            result = "done"
        except AbsahError as problem:
            result = problem.code
            raise
        finally:
            self.conclude(intended, result)

    def conclude(self, intended: IntendedUses, result: str, /) -> None:
        """Write how it ended."""
        with self.store.unhurried() as transaction:
            for number in intended:
                transaction.end_use(number, result, self.clock.now())

    @contextmanager
    def proving(self, use: KeyUse, /) -> Iterator[None]:
        """Let a key prove that it is here, certified or not yet. Raises CredentialRevoked."""

        def check(transaction: Transaction) -> None:
            if transaction.standing(use.credential).state is CredentialState.REVOKED:
                raise CredentialRevoked

        with self.concluding(self._intend((use,), check)):
            yield

    def _intend(self, uses: tuple[KeyUse, ...], check: Callable[[Transaction], object]) -> IntendedUses:
        def begin(transaction: Transaction) -> IntendedUses:
            check(transaction)
            return IntendedUses(tuple(transaction.begin_use(use, self.clock.now()) for use in uses))

        return self.store.together(begin)

    def drop_expired(self) -> None:
        """Close what is older than 120 seconds."""
        self.consents.drop_expired()
        self.opened.drop_expired()

    def drop_keys(self) -> None:
        """Close every opened key."""
        self.consents.drop_all()
        self.opened.drop_all()

    def close(self) -> None:
        """Drop the keys and close the store: the process ends."""
        self.drop_keys()
        self.pool.close()
        self.vault.close()
        self.service.wipe()
        self.store.close()


def check_usable_now(credential: Credential, clock: Clock, /) -> CertifiedChain:
    """Its certificate, if the credential is active and the certificate valid at this moment; else raises."""
    check_in_force(credential.standing, clock)
    if credential.certified is None:
        raise CredentialPending
    return credential.certified


def check_in_force(standing: Standing, clock: Clock, /) -> None:
    """The credential is active, and its certificate valid at this moment; else raises."""
    match standing.state:
        case CredentialState.PENDING:
            raise CredentialPending
        case CredentialState.SUSPENDED:
            raise CredentialSuspended
        case CredentialState.REVOKED:
            raise CredentialRevoked
        case CredentialState.ACTIVE:
            pass
        case _:
            assert_never(standing.state)
    if standing.certificate is None:
        raise CredentialPending
    begins, ends = validity_of(load_certificate(standing.certificate))
    now = clock.now()
    # RFC 5280 §4.1.2.5: both ends belong to the validity.
    if now < begins:
        raise CertificateNotYetValid
    if now > ends:
        raise CertificateExpired


def check_kind(credential: Credential, wanted: frozenset[KeyKind], operation: str, /) -> None:
    """A key does the work of its kind and no other. Raises KindRefused."""
    if credential.kind not in wanted:
        raise KindRefused(kind=credential.kind.value, operation=operation)
