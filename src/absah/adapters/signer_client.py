"""The other end of the signer's socket: `SignerClient` is the `Signer` of `signing.ports`, and asks for the rest too.

A connection carries one call at a time and is kept for the next, so that a client can be shared by threads and survives
a restart of the signer. Nothing is sent twice: when the connection breaks after a request was sent, the caller learns
`signer.unreachable` and decides.
"""

import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from socket import socket
from time import sleep
from typing import IO, Final, Literal, TypeVar, final

import absah.adapters.pkcs11.errors  # noqa: F401 - so that what a token refuses is raised again as its own class
from absah.adapters.key_vault import ByPassphrase, ByService, KeyProtection, TokenState
from absah.adapters.sealing import wiped_after
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import MessageRefused, SignerBusy, SignerNotStarted, SignerUnreachable
from absah.adapters.signer.frames import receive_frame, send_frame
from absah.adapters.signer.lines import Lines
from absah.adapters.signer.passkey_answers import NewPasskey
from absah.adapters.signer.preparation import Preparation, Question
from absah.adapters.signer.records import KeyKind
from absah.adapters.signer.rendezvous import LOG, SOCKET, connect, starting
from absah.adapters.signer.wire_activation import activation_fields
from absah.adapters.signer.wire_passkeys import AnswerOnWire, NewPasskeyOnWire
from absah.adapters.signer.wire_plans import CrlHeaderOnWire, CrlOnWire, NameOnWire, OcspOnWire, OrderOnWire
from absah.kernel.clock import Instant, SystemClock, instant
from absah.pki.algorithms import KeyAlgorithm, SignatureScheme
from absah.pki.crl import CrlHeader, CrlPlan
from absah.pki.crl_building import CrlAssembler
from absah.pki.issuance import CertificateOrder
from absah.pki.names import AuthorityName
from absah.pki.ocsp import OcspPlan
from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, CredentialId, CredentialState, CredentialView, SignedValues, SignerConsent

__all__ = ["ByPassphrase", "ByService", "SignerClient", "SignerInfo", "ensure_signer", "stop_signer"]

_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 60.0
_START_SECONDS: Final = 30.0
_PAUSE: Final = 0.05
_READY: Final = b"ready"
#: Longer than a consent lives, so that a signer started for one command does not end between its two calls.
_IDLE: Final = timedelta(seconds=150)
_Expected = TypeVar("_Expected", bound=replies.Reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """What a signer says about itself. `interrupted` uses of keys were cut off when the one before it died."""

    process: int
    release: str
    interrupted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCode:
    """A code that opens a seal, and the end of its life."""

    code: Secret
    until: Instant


@final
class SignerClient:
    """Asks the signer process that listens at a socket. Every call may raise SignerUnreachable and SignerBusy."""

    def __init__(self, socket_path: Path, /) -> None:
        self._path = socket_path
        self._lines = Lines(socket_path, SystemClock())

    def __repr__(self) -> str:
        return f"SignerClient({str(self._path)!r})"

    def ping(self) -> SignerInfo:
        """Whether somebody is there."""
        info = self._ask(wire.Ping(), replies.InfoReply)
        return SignerInfo(process=info.process, release=info.release, interrupted=info.interrupted)

    def create_key(
        self,
        credential: CredentialId,
        /,
        *,
        kind: KeyKind | Literal["subscriber", "seal", "authority", "tsa", "ocsp"],
        algorithm: KeyAlgorithm,
        protection: KeyProtection,
        scheme: SignatureScheme | None = None,
    ) -> bytes:
        """Make a key; its public half (SPKI DER). Raises CredentialExists, ProtectionRefused, SignatureKeyMismatch."""
        passphrase = protection.passphrase if isinstance(protection, ByPassphrase) else None
        request = wire.CreateKey(
            credential=credential, kind=KeyKind(kind), algorithm=algorithm, passphrase=passphrase, scheme=scheme
        )
        return self._ask(request, replies.OctetsReply).octets

    def adopt_key(
        self,
        credential: CredentialId,
        /,
        *,
        kind: KeyKind | Literal["authority", "tsa", "ocsp"],
        token: str,
        key_id: bytes,
    ) -> bytes:
        """Take a key into custody that others made in a token; its public half. Raises TokenKeyExtractable."""
        request = wire.AdoptKey(credential=credential, kind=KeyKind(kind), token=token, key_id=key_id)
        return self._ask(request, replies.OctetsReply).octets

    def import_key(
        self, credential: CredentialId, plain: bytearray, /, *, kind: KeyKind | Literal["authority", "tsa", "ocsp"]
    ) -> bytes:
        """Take a key into custody that was made elsewhere (PKCS #8 DER); its public half. Raises ImportRefused."""
        return self._ask(
            wire.ImportKey(credential=credential, kind=KeyKind(kind), key=plain), replies.OctetsReply
        ).octets

    def list_keys(self, *credentials: CredentialId) -> tuple[replies.KeyEntry, ...]:
        """Where the keys of these credentials live, of those that are there; of every credential when none is named."""
        return self._ask(wire.ListKeys(credentials=credentials), replies.KeysReply).keys

    def tokens(self) -> tuple[TokenState, ...]:
        """The tokens of this instance as they are now."""
        found = self._ask(wire.ViewTokens(), replies.TokensReply).tokens
        return tuple(TokenState(**one.model_dump()) for one in found)

    def attach_certificate(
        self, credential: CredentialId, certificate_der: bytes, chain: tuple[bytes, ...] = (), /
    ) -> None:
        """Give a key its certificate and those above it, nearest first. A pending credential becomes active."""
        request = wire.AttachCertificate(credential=credential, certificate=certificate_der, chain=chain)
        self._ask(request, replies.Done)

    def bind_totp(
        self, credential: CredentialId, /, *, required: bool = False, passphrase: Secret | None = None
    ) -> str:
        """Bind an authenticator app: its secret in base32, to be shown once. `required`: a passphrase is not enough.

        With `passphrase` one that never showed a code is replaced. Raises TotpAlreadyBound.
        """
        request = wire.BindTotp(credential=credential, required=required, passphrase=passphrase)
        return self._ask(request, replies.TextReply).text.reveal()

    def confirm_totp(self, credential: CredentialId, code: Secret, /) -> None:
        """The app that was bound shows its first code. Raises FactorNotBound, WrongTotp, MustWait."""
        self._ask(wire.ConfirmTotp(credential=credential, code=code), replies.Done)

    def bind_passkey(self, credential: CredentialId, new: NewPasskey, factors: Factors, /) -> None:
        """Let a passkey agree for a key from now on. Raises PasskeyUnfit, PasskeyAlreadyBound, …."""
        request = wire.BindPasskey(
            credential=credential,
            passphrase=factors.passphrase,
            totp=None if factors.totp is None else Secret(factors.totp),
            passkey=NewPasskeyOnWire(site=new.site, public_key=new.public_key, answer=AnswerOnWire.write(new.answer)),
        )
        self._ask(request, replies.Done)

    def release_passkey(self, credential: CredentialId, credential_id: bytes, /) -> None:
        """Let a passkey agree for a key no longer. Raises FactorNotBound."""
        self._ask(wire.ReleasePasskey(credential=credential, credential_id=credential_id), replies.Done)

    def passkeys(self, credential: CredentialId, /) -> tuple[bytes, ...]:
        """The ids of the passkeys that agree for a key, the oldest first."""
        found = self._ask(wire.ListPasskeys(credential=credential), replies.PasskeysReply).passkeys
        return tuple(one.credential_id for one in found)

    def change_state(
        self, credential: CredentialId, state: CredentialState | Literal["active", "suspended", "revoked"], /
    ) -> None:
        """Suspend, lift a suspension, or revoke for ever. When this returns nothing more is signed."""
        self._ask(wire.ChangeState(credential=credential, state=CredentialState(state)), replies.Done)

    def change_passphrase(self, credential: CredentialId, old: Secret, new: Secret, /) -> None:
        """Seal the key under another passphrase. Raises WrongPassphrase, MustWait."""
        self._ask(wire.ChangePassphrase(credential=credential, old=old, new=new), replies.Done)

    def drop_pending(self, credential: CredentialId, /) -> None:
        """Forget a key that never got a certificate."""
        self._ask(wire.DropPending(credential=credential), replies.Done)

    def certificate_chain(self, credential: CredentialId, /) -> CredentialView:
        """What everybody may know. Raises CredentialUnknown, CredentialPending."""
        view = self._ask(wire.ViewCredential(credential=credential), replies.ViewReply)
        return CredentialView(
            certificate=view.certificate,
            chain=view.chain,
            key_algorithm=view.algorithm,
            state=view.state,
            scheme=view.scheme,
        )

    def authorise(self, activation: Activation, /) -> SignerConsent:
        """Check the factors. Raises WrongPassphrase, WrongTotp, MustWait, FactorMissing and the states' errors."""
        request = wire.Authorise(**activation_fields(activation))
        return self._ask(request, replies.ConsentReply).read(activation.credential)

    def activate_seal(self, credential: CredentialId, /) -> SealCode:
        """A new code of the day for a seal, in place of the one before. Raises KindRefused and the states' errors."""
        return self._code(wire.ActivateSeal(credential=credential))

    def prolong_seal(self, credential: CredentialId, application: str, code: Secret, /) -> Instant:
        """Let a code of the day live a day from now. Raises SealNotActivated, WrongTotp, MustWait."""
        return self._code(wire.ProlongSeal(credential=credential, application=application, code=code)).until

    def deactivate_seal(self, credential: CredentialId, application: str, code: Secret, /) -> None:
        """End a code of the day and what was made with it. Raises as `prolong_seal`."""
        self._ask(wire.DeactivateSeal(credential=credential, application=application, code=code), replies.Done)

    def draw_seal_code(self, credential: CredentialId, application: str, code: Secret, /, *, files: int) -> SealCode:
        """A one-time code that seals so many files. Raises as `prolong_seal`."""
        return self._code(wire.DrawSealCode(credential=credential, application=application, code=code, files=files))

    def confirm_seal(self, credential: CredentialId, application: str, /, *, files: int) -> SealCode:
        """A one-time code for what two people agreed to on our own pages. Raises KindRefused and the states' errors."""
        return self._code(wire.ConfirmSeal(credential=credential, application=application, files=files))

    def _code(self, request: wire.Request) -> SealCode:
        reply = self._ask(request, replies.CodeReply)
        return SealCode(code=reply.code, until=instant(reply.until))

    def sign(self, consent: SignerConsent, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """A signature for each, or none. Raises ConsentUnknown, DigestNotConsented, AttributesRefused."""
        request = wire.Sign(consent_id=consent.consent_id, signed_attributes=signed_attributes)
        return self._ask(request, replies.SignaturesReply).signatures

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, tsa: CredentialId | None
    ) -> SignedValues:
        """Both in one exchange, and a TimeStampToken over each signature value where `tsa` is named: all, or nothing.

        Raises what `authorise`, `sign` and `timestamp` raise.
        """
        fields = activation_fields(activation)
        request = wire.SignAtOnce(**fields, signed_attributes=signed_attributes, tsa=tsa)
        made = self._ask(request, replies.SignedAtOnceReply)
        consent = made.consent.read(activation.credential)
        return SignedValues(consent=consent, signatures=made.signatures, tokens=made.tokens)

    def certificate_request(self, credential: CredentialId, subject: AuthorityName, /) -> bytes:
        """A request (PKCS #10, DER) for a service's key, for an authority elsewhere to answer."""
        request = wire.RequestCertificate(credential=credential, subject=NameOnWire.write(subject))
        return self._ask(request, replies.OctetsReply).octets

    def issue_certificate(self, issuer: CredentialId, order: CertificateOrder, /) -> bytes:
        """The certificate (DER): prepared, linted and issued inside the signer."""
        request = wire.IssueCertificate(issuer=issuer, order=OrderOnWire.write(order))
        return self._ask(request, replies.OctetsReply).octets

    def prepare_certificates(self, issuer: CredentialId, orders: tuple[CertificateOrder, ...], /) -> Preparation:
        """The same for up to 256 orders, all or none, in two exchanges: the signer does all but sign meanwhile.

        Raises SignerUnreachable; what is refused is raised by the `Preparation`.
        """
        written = tuple(OrderOnWire.write(order) for order in orders)
        return Preparation(self._begin(wire.BeginIssuance(issuer=issuer, orders=written)), self._ask)

    def issue_list(self, issuer: CredentialId, header: CrlHeader, entries: Iterable[bytes], /) -> bytes:
        """A revocation list (DER) of any length: `entries` are packed, in chunks, by ascending serial.

        The signer sees every entry and signs the list that it encodes itself; ours is the same, or it does not hold.
        Raises CrlPlanRefused, CrlDraftUnknown, SignatureInvalid.
        """
        assembler = CrlAssembler(header)
        begin = wire.BeginCrl(issuer=issuer, header=CrlHeaderOnWire.write(header))
        draft = self._ask(begin, replies.OctetsReply).octets
        for chunk in entries:
            assembler.add(chunk)
            self._ask(wire.AppendToCrl(draft=draft, entries=chunk), replies.Done)
        return assembler.finish(self._ask(wire.FinishCrl(draft=draft), replies.OctetsReply).octets)

    def issue_crl(self, issuer: CredentialId, plan: CrlPlan, /) -> bytes:
        """A short revocation list (DER), in one message."""
        return self._ask(wire.IssueCrl(issuer=issuer, plan=CrlOnWire.write(plan)), replies.OctetsReply).octets

    def ocsp_response(self, responder: CredentialId, plan: OcspPlan, /) -> bytes:
        """The OCSPResponse (DER)."""
        request = wire.RespondOcsp(responder=responder, plan=OcspOnWire.write(plan))
        return self._ask(request, replies.OctetsReply).octets

    def timestamp(self, tsa: CredentialId, request_der: bytes, /) -> bytes:
        """The TimeStampResp (DER) for a TimeStampReq: it grants or rejects."""
        return self._ask(wire.Timestamp(tsa=tsa, request=request_der), replies.OctetsReply).octets

    def timestamps(self, tsa: CredentialId, requests: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """A response for each of many requests, at most `wire.MOST_TIMESTAMPS` of them."""
        return self._ask(wire.Timestamps(tsa=tsa, requests=requests), replies.OctetsListReply).items

    def stop(self) -> None:
        """Ask the process to end; returns when it has let go of its socket."""
        self._ask(wire.Stop(), replies.Done)
        for _ in range(int(_START_SECONDS / _PAUSE)):
            try:
                connect(self._path, timeout=_CONNECT_SECONDS).close()
            except SignerUnreachable:
                return
            sleep(_PAUSE)
        raise SignerBusy

    def _ask(self, request: wire.Request, expected: type[_Expected]) -> _Expected:
        with self._lines.line() as connection:
            _send(connection, request)
            answer = _received(connection)
        return _read(answer, expected)

    def _begin(self, request: wire.Request) -> Question:
        """Ask, and leave the answer for later."""
        with ExitStack() as held:
            connection = held.enter_context(self._lines.line())
            _send(connection, request)
            return _Asked(connection, held.pop_all())


@final
class _Asked:
    """A question whose line is kept for its answer."""

    def __init__(self, connection: socket, held: ExitStack, /) -> None:
        self._connection = connection
        self._held = held

    def answer(self, expected: type[_Expected], /) -> _Expected:
        with self._held:
            answer = _received(self._connection)
        return _read(answer, expected)


def _send(connection: socket, request: wire.Request, /) -> None:
    try:
        connection.settimeout(_ANSWER_SECONDS)
        with wiped_after(wire.write_message(request)) as message:
            send_frame(connection, message)
    except OSError as problem:
        raise SignerUnreachable from problem


def _received(connection: socket, /) -> bytearray:
    """The answer; one that is cut short is that of a process that died in the middle of it."""
    try:
        answer = receive_frame(connection)
    except (OSError, MessageRefused) as problem:
        raise SignerUnreachable from problem
    if answer is None:
        raise SignerUnreachable
    return answer


def _read(answer: bytearray, expected: type[_Expected], /) -> _Expected:
    with wiped_after(answer):
        return wire.parse_reply(answer, expected)


def ensure_signer(data: Path, /, *, idle: timedelta | None = _IDLE, end_with: int | None = None) -> SignerClient:
    """A client of the signer of a data folder; a process is started when none answers. Raises SignerNotStarted.

    A process started here ends by itself after `idle` without a request, or once the process `end_with` has ended;
    without either it lives until it is stopped.
    """
    client = SignerClient(data.resolve() / SOCKET)
    if _answers(client):
        return client
    with starting(data.resolve()):
        if not _answers(client):
            _start(data.resolve(), idle, end_with)
    client.ping()
    return client


def stop_signer(data: Path, /) -> bool:
    """Stop the signer of a data folder, if one runs; whether one did."""
    try:
        SignerClient(data.resolve() / SOCKET).stop()
    except SignerUnreachable:
        return False
    return True


def _answers(client: SignerClient) -> bool:
    try:
        client.ping()
    except SignerUnreachable:
        return False
    return True


def _start(data: Path, idle: timedelta | None, end_with: int | None) -> None:
    """Start a process that detaches, and wait for its word. What it has to complain of is in its log."""
    command = [sys.executable, "-m", "absah.adapters.signer_process", "--data", str(data), "--detach"]
    if idle is not None:
        command += ["--idle-exit", str(idle.total_seconds())]
    if end_with is not None:
        command += ["--end-with", str(end_with)]
    log = data / LOG
    with (
        log.open("ab") as complaints,
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
        ) as started,
    ):
        if started.stdout is None:
            raise AssertionError("a pipe was asked for")
        if not _first_words(started.stdout).startswith(_READY):
            started.kill()
            raise SignerNotStarted(log=str(log))


def _first_words(output: IO[bytes]) -> bytes:
    """What the process says first; nothing when it ends or is silent for too long."""
    with DefaultSelector() as selector:
        selector.register(output, EVENT_READ)
        return output.readline() if selector.select(_START_SECONDS) else b""
