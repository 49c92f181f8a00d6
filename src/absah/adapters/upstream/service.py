"""The national service behind its port: which question for what, who we are, and what is asked again.

Only what was certainly not sent is sent again by itself, whatever was asked.
"""

import base64
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock
from typing import Final, final

from absah.adapters.upstream.line import Line, LineBroken, Reached
from absah.enrolment.wire_status import WireStatus
from absah.esign.client import questions, replies
from absah.esign.client.ports import ProfileThere, SignatureAsk, SignedThere
from absah.esign.client.questions import Question
from absah.esign.client.refusals import (
    CredentialsRefused,
    OutcomeUnknown,
    PersonUnknown,
    RefusedThere,
    Silent,
    Unreachable,
)
from absah.esign.client.replies import Answer
from absah.kernel.clock import Clock
from absah.kernel.people import Nik
from absah.kernel.rng import Rng
from absah.signing.factors import Secret

_PAUSES: Final = (0.2, 1.0)
#: Seconds before its end at which a token is no longer shown.
_TOKEN_MARGIN: Final = 30


class Wire(StrEnum):
    """The version that signs. Whatever has one version only is asked in that."""

    V1 = "v1"
    V2 = "v2"


class SignIn(StrEnum):
    """How we say who we are."""

    BASIC = "basic"
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredential:
    """The name and password that the service gave this agency."""

    username: str
    password: Secret


@final
@dataclass(slots=True)
class HttpNationalService:
    """`absah.esign.client.ports.NationalService` over HTTP. Safe to share between threads."""

    line: Line
    credential: ServiceCredential
    clock: Clock
    rng: Rng
    wire: Wire = Wire.V2
    sign_in: SignIn = SignIn.BASIC
    _token: tuple[str, float] | None = field(default=None, repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False)

    def status(self, nik: Nik, /) -> WireStatus:
        """The word for a person, by the version that signs."""
        question = questions.status_question(nik) if self.wire is Wire.V2 else questions.status_question_v1(nik)
        try:
            return replies.status_in(replies.require_success(question, self._asked(question)))
        except PersonUnknown:
            return WireStatus.NOT_REGISTERED

    def profile(self, nik: Nik, /) -> ProfileThere | None:
        """What is known of a person. Services without this address are those that do not tell."""
        question = questions.profile_question(nik)
        answer = self._asked(question)
        if answer.status in {404, 405}:
            return None
        try:
            return replies.profile_in(replies.require_success(question, answer))
        except PersonUnknown:
            return None

    def chain(self, nik: Nik, /) -> tuple[bytes, ...]:
        """The certificates. What the service refuses to show is not there (its 400 is not even JSON)."""
        question = questions.chain_question(nik)
        answer = self._asked(question)
        if answer.status in {400, 404, 405}:
            return ()
        return replies.chain_in(replies.require_success(question, answer))

    def send_code(self, nik: Nik, files: int, /) -> str:
        """Have a one-time code sent or made."""
        question = questions.code_question(nik, files)
        return replies.message_in(replies.require_success(question, self._asked(question)))

    def sign(self, ask: SignatureAsk, /) -> SignedThere:
        """One signature. Raises OutcomeUnknown wherever one may have been made."""
        if self.wire is Wire.V1:
            question = questions.signing_question_v1(ask, f"absah{self.rng.token(16).hex()}")
            return replies.signed_in_v1(replies.require_success(question, self._asked(question)))
        question = questions.signing_question(ask)
        return replies.signed_in(replies.require_success(question, self._asked(question)))

    def fetch(self, number: str, /) -> bytes:
        """A signed document, once."""
        question = questions.download_question(number)
        answer = self._asked(question)
        if answer.status == 404:
            raise RefusedThere(number=404, says="-")
        return replies.document_in(replies.require_success(question, answer))

    def _asked(self, question: Question) -> Answer:
        """The answer. A token that the service no longer knows is renewed once: a 401 has done nothing."""
        answer = self._once(question)
        if answer.status == 401 and self.sign_in is SignIn.OAUTH:
            with self._turn:
                self._token = None
            answer = self._once(question)
        return answer

    def _once(self, question: Question) -> Answer:
        """Ask; where nothing was sent, again after a pause. Raises Unreachable, Silent, OutcomeUnknown."""
        headers = {"Authorization": self._authorization()}
        for pause in (*_PAUSES, None):
            try:
                return self.line.ask(question, headers)
            except LineBroken as broken:
                if broken.reached is not Reached.NOWHERE or pause is None:
                    raise _told(broken, question) from None
                Event().wait(pause)
        raise AssertionError("the last pause is None")

    def _authorization(self) -> str:
        name, password = self.credential.username, self.credential.password.reveal()
        if self.sign_in is SignIn.BASIC:
            return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode("ascii")
        with self._turn:
            if self._token is None or self.clock.monotonic() > self._token[1]:
                self._token = self._new_token(name, password)
            return f"Bearer {self._token[0]}"

    def _new_token(self, name: str, password: str) -> tuple[str, float]:
        question = questions.token_question(name, password)
        try:
            answer = self.line.ask(question, {})
        except LineBroken as broken:
            raise Unreachable(problem=broken.problem) from None  # nothing but a token was asked for
        if 400 <= answer.status < 500:
            raise CredentialsRefused
        token, seconds = replies.token_in(replies.require_success(question, answer))
        return token, self.clock.monotonic() + max(seconds - _TOKEN_MARGIN, 1)


def _told(broken: LineBroken, question: Question) -> Exception:
    """What a broken line means for what was asked."""
    if broken.reached is Reached.NOWHERE:
        return Unreachable(problem=broken.problem)
    if not question.changes:
        return Silent(problem=broken.reached.value)
    number = broken.headers.get("id_dokumen", "")
    return OutcomeUnknown(problem=broken.reached.value, number=number[:64])
