"""The client's side of issuing in two exchanges: what the signer prepares while its caller commits."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, final

from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import PreparationUnknown
from absah.kernel.errors import AbsahError

_Expected = TypeVar("_Expected", bound=replies.Reply)


class Question(Protocol):
    """A request that is on its way."""

    def answer(self, expected: type[_Expected], /) -> _Expected:
        """Wait for the answer. Raises what was refused, and SignerUnreachable."""
        ...


@final
class Preparation:
    """Certificates that are linted and intended, and are signed when `issue` is called, or never.

    Whoever lets go of it without `issue` calls `withdraw`, so that the signer need not wait for a minute.
    """

    def __init__(self, begun: Question, ask: Callable[[wire.Request, type[Any]], Any], /) -> None:
        self._begun: Question | None = begun
        self._ask = ask
        self._token: bytes | None = None

    def wait(self) -> None:
        """Until all is ready. Raises what the signer refuses, and Unavailable; nothing was signed then."""
        if self._begun is not None:
            begun, self._begun = self._begun, None
            self._token = begun.answer(replies.OctetsReply).octets

    def issue(self) -> tuple[bytes, ...]:
        """The certificates (DER), in the order in which they were ordered: all, or none.

        Raises what `wait` raises. Unavailable after `wait` went well: nobody knows whether they were signed.
        """
        self.wait()
        token, self._token = self._token, None
        if token is None:
            raise PreparationUnknown
        items: tuple[bytes, ...] = self._ask(wire.FinishIssuance(preparation=token), replies.OctetsListReply).items
        return items

    def withdraw(self) -> None:
        """Sign nothing any more. A signer that has gone, has forgotten it or has refused it will not sign it either."""
        try:
            self.wait()
            if self._token is not None:
                token, self._token = self._token, None
                self._ask(wire.WithdrawIssuance(preparation=token), replies.Done)
        except AbsahError:
            return  # whoever withdraws has an error of his own to tell
