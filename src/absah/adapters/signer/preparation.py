"""The client's side of issuing in two exchanges: what the signer prepares while its caller commits."""

from typing import final

from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import PreparationUnknown
from absah.adapters.signer.questions import Question, Questions
from absah.kernel.errors import AbsahError


@final
class Preparation:
    """Certificates that are linted and intended, and are signed when `issue` is called, or never.

    Whoever lets go of it without `issue` calls `withdraw`, so that the signer need not wait for a minute.
    """

    def __init__(self, questions: Questions, request: wire.BeginIssuance, /) -> None:
        """Ask, and wait for nothing. Raises SignerUnreachable."""
        self._questions = questions
        self._begun: Question | None = questions.begin(request)
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
        return self._questions.ask(wire.FinishIssuance(preparation=token), replies.OctetsListReply).items

    def withdraw(self) -> None:
        """Sign nothing any more. A signer that has gone, has forgotten it or has refused it will not sign it either."""
        try:
            self.wait()
            if self._token is not None:
                token, self._token = self._token, None
                self._questions.ask(wire.WithdrawIssuance(preparation=token), replies.Done)
        except AbsahError:
            return  # whoever withdraws has an error of his own to tell
