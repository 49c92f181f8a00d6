"""The other end of the signer's socket: `SignerClient` is the `Signer` of `signing.ports`, and asks for the rest too.

Each method is a question and what its answer means. How one is asked is in `signer.questions`; how a process is started
and stopped, in `signer_life`. A client can be shared by threads and survives a restart of the signer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final, Literal, final

import absah.adapters.pkcs11.errors  # noqa: F401 - so that what a token refuses is raised again as its own class
from absah.adapters.key_vault import ByPassphrase, ByService, KeyProtection, TokenState
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.errors import SignerBusy, SignerUnreachable
from absah.adapters.signer.passkey_answers import NewPasskey
from absah.adapters.signer.preparation import Preparation
from absah.adapters.signer.questions import Questions
from absah.adapters.signer.records import KeyKind
from absah.adapters.signer.rendezvous import connect
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

__all__ = ["ByPassphrase", "ByService", "SignerClient", "SignerInfo"]

_CONNECT_SECONDS: Final = 5.0
_STOP_SECONDS: Final = 30.0
_PAUSE: Final = 0.05


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
        self._questions = Questions(socket_path, SystemClock())

    def __repr__(self) -> str:
        return f"SignerClient({str(self._path)!r})"

    def ping(self) -> SignerInfo:
        """Whether somebody is there."""
        info = self._questions.ask(wire.Ping(), replies.InfoReply)
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
        return self._questions.ask(request, replies.OctetsReply).octets

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
        return self._questions.ask(request, replies.OctetsReply).octets

    def import_key(
        self, credential: CredentialId, plain: bytearray, /, *, kind: KeyKind | Literal["authority", "tsa", "ocsp"]
    ) -> bytes:
        """Take a key into custody that was made elsewhere (PKCS #8 DER); its public half. Raises ImportRefused."""
        return self._questions.ask(
            wire.ImportKey(credential=credential, kind=KeyKind(kind), key=plain), replies.OctetsReply
        ).octets

    def list_keys(self, *credentials: CredentialId) -> tuple[replies.KeyEntry, ...]:
        """Where the keys of these credentials live, of those that are there; of every credential when none is named."""
        return self._questions.ask(wire.ListKeys(credentials=credentials), replies.KeysReply).keys

    def tokens(self) -> tuple[TokenState, ...]:
        """The tokens of this instance as they are now."""
        found = self._questions.ask(wire.ViewTokens(), replies.TokensReply).tokens
        return tuple(TokenState(**one.model_dump()) for one in found)

    def attach_certificate(
        self, credential: CredentialId, certificate_der: bytes, chain: tuple[bytes, ...] = (), /
    ) -> None:
        """Give a key its certificate and those above it, nearest first. A pending credential becomes active."""
        request = wire.AttachCertificate(credential=credential, certificate=certificate_der, chain=chain)
        self._questions.ask(request, replies.Done)

    def bind_totp(
        self, credential: CredentialId, /, *, required: bool = False, passphrase: Secret | None = None
    ) -> str:
        """Bind an authenticator app: its secret in base32, to be shown once. `required`: a passphrase is not enough.

        With `passphrase` one that never showed a code is replaced. Raises TotpAlreadyBound.
        """
        request = wire.BindTotp(credential=credential, required=required, passphrase=passphrase)
        return self._questions.ask(request, replies.TextReply).text.reveal()

    def confirm_totp(self, credential: CredentialId, code: Secret, /) -> None:
        """The app that was bound shows its first code. Raises FactorNotBound, WrongTotp, MustWait."""
        self._questions.ask(wire.ConfirmTotp(credential=credential, code=code), replies.Done)

    def bind_passkey(self, credential: CredentialId, new: NewPasskey, factors: Factors, /) -> None:
        """Let a passkey agree for a key from now on. Raises PasskeyUnfit, PasskeyAlreadyBound, …."""
        request = wire.BindPasskey(
            credential=credential,
            passphrase=factors.passphrase,
            totp=None if factors.totp is None else Secret(factors.totp),
            passkey=NewPasskeyOnWire(site=new.site, public_key=new.public_key, answer=AnswerOnWire.write(new.answer)),
        )
        self._questions.ask(request, replies.Done)

    def release_passkey(self, credential: CredentialId, credential_id: bytes, /) -> None:
        """Let a passkey agree for a key no longer. Raises FactorNotBound."""
        self._questions.ask(wire.ReleasePasskey(credential=credential, credential_id=credential_id), replies.Done)

    def passkeys(self, credential: CredentialId, /) -> tuple[bytes, ...]:
        """The ids of the passkeys that agree for a key, the oldest first."""
        found = self._questions.ask(wire.ListPasskeys(credential=credential), replies.PasskeysReply).passkeys
        return tuple(one.credential_id for one in found)

    def change_state(
        self, credential: CredentialId, state: CredentialState | Literal["active", "suspended", "revoked"], /
    ) -> None:
        """Suspend, lift a suspension, or revoke for ever. When this returns nothing more is signed."""
        self._questions.ask(wire.ChangeState(credential=credential, state=CredentialState(state)), replies.Done)

    def change_passphrase(self, credential: CredentialId, old: Secret, new: Secret, /) -> None:
        """Seal the key under another passphrase. Raises WrongPassphrase, MustWait."""
        self._questions.ask(wire.ChangePassphrase(credential=credential, old=old, new=new), replies.Done)

    def drop_pending(self, credential: CredentialId, /) -> None:
        """Forget a key that never got a certificate."""
        self._questions.ask(wire.DropPending(credential=credential), replies.Done)

    def certificate_chain(self, credential: CredentialId, /) -> CredentialView:
        """What everybody may know. Raises CredentialUnknown, CredentialPending."""
        view = self._questions.ask(wire.ViewCredential(credential=credential), replies.ViewReply)
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
        return self._questions.ask(request, replies.ConsentReply).read(activation.credential)

    def activate_seal(self, credential: CredentialId, /) -> SealCode:
        """A new code of the day for a seal, in place of the one before. Raises KindRefused and the states' errors."""
        return self._code(wire.ActivateSeal(credential=credential))

    def prolong_seal(self, credential: CredentialId, application: str, code: Secret, /) -> Instant:
        """Let a code of the day live a day from now. Raises SealNotActivated, WrongTotp, MustWait."""
        return self._code(wire.ProlongSeal(credential=credential, application=application, code=code)).until

    def deactivate_seal(self, credential: CredentialId, application: str, code: Secret, /) -> None:
        """End a code of the day and what was made with it. Raises as `prolong_seal`."""
        request = wire.DeactivateSeal(credential=credential, application=application, code=code)
        self._questions.ask(request, replies.Done)

    def draw_seal_code(self, credential: CredentialId, application: str, code: Secret, /, *, files: int) -> SealCode:
        """A one-time code that seals so many files. Raises as `prolong_seal`."""
        return self._code(wire.DrawSealCode(credential=credential, application=application, code=code, files=files))

    def confirm_seal(self, credential: CredentialId, application: str, /, *, files: int) -> SealCode:
        """A one-time code for what two people agreed to on our own pages. Raises KindRefused and the states' errors."""
        return self._code(wire.ConfirmSeal(credential=credential, application=application, files=files))

    def _code(self, request: wire.Request) -> SealCode:
        reply = self._questions.ask(request, replies.CodeReply)
        return SealCode(code=reply.code, until=instant(reply.until))

    def sign(self, consent: SignerConsent, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """A signature for each, or none. Raises ConsentUnknown, DigestNotConsented, AttributesRefused."""
        request = wire.Sign(consent_id=consent.consent_id, signed_attributes=signed_attributes)
        return self._questions.ask(request, replies.SignaturesReply).signatures

    def sign_at_once(
        self, activation: Activation, signed_attributes: tuple[bytes, ...], /, *, tsa: CredentialId | None
    ) -> SignedValues:
        """Both in one exchange, and a TimeStampToken over each signature value where `tsa` is named: all, or nothing.

        Raises what `authorise`, `sign` and `timestamp` raise.
        """
        fields = activation_fields(activation)
        request = wire.SignAtOnce(**fields, signed_attributes=signed_attributes, tsa=tsa)
        made = self._questions.ask(request, replies.SignedAtOnceReply)
        consent = made.consent.read(activation.credential)
        return SignedValues(consent=consent, signatures=made.signatures, tokens=made.tokens)

    def certificate_request(self, credential: CredentialId, subject: AuthorityName, /) -> bytes:
        """A request (PKCS #10, DER) for a service's key, for an authority elsewhere to answer."""
        request = wire.RequestCertificate(credential=credential, subject=NameOnWire.write(subject))
        return self._questions.ask(request, replies.OctetsReply).octets

    def issue_certificate(self, issuer: CredentialId, order: CertificateOrder, /) -> bytes:
        """The certificate (DER): prepared, linted and issued inside the signer."""
        request = wire.IssueCertificate(issuer=issuer, order=OrderOnWire.write(order))
        return self._questions.ask(request, replies.OctetsReply).octets

    def prepare_certificates(self, issuer: CredentialId, orders: tuple[CertificateOrder, ...], /) -> Preparation:
        """The same for up to 256 orders, all or none, in two exchanges: the signer does all but sign meanwhile.

        Raises SignerUnreachable; what is refused is raised by the `Preparation`.
        """
        written = tuple(OrderOnWire.write(order) for order in orders)
        return Preparation(self._questions, wire.BeginIssuance(issuer=issuer, orders=written))

    def issue_list(self, issuer: CredentialId, header: CrlHeader, entries: Iterable[bytes], /) -> bytes:
        """A revocation list (DER) of any length: `entries` are packed, in chunks, by ascending serial.

        The signer sees every entry and signs the list that it encodes itself; ours is the same, or it does not hold.
        Raises CrlPlanRefused, CrlDraftUnknown, SignatureInvalid.
        """
        assembler = CrlAssembler(header)
        begin = wire.BeginCrl(issuer=issuer, header=CrlHeaderOnWire.write(header))
        draft = self._questions.ask(begin, replies.OctetsReply).octets
        for chunk in entries:
            assembler.add(chunk)
            self._questions.ask(wire.AppendToCrl(draft=draft, entries=chunk), replies.Done)
        return assembler.finish(self._questions.ask(wire.FinishCrl(draft=draft), replies.OctetsReply).octets)

    def issue_crl(self, issuer: CredentialId, plan: CrlPlan, /) -> bytes:
        """A short revocation list (DER), in one message."""
        return self._questions.ask(wire.IssueCrl(issuer=issuer, plan=CrlOnWire.write(plan)), replies.OctetsReply).octets

    def ocsp_response(self, responder: CredentialId, plan: OcspPlan, /) -> bytes:
        """The OCSPResponse (DER)."""
        request = wire.RespondOcsp(responder=responder, plan=OcspOnWire.write(plan))
        return self._questions.ask(request, replies.OctetsReply).octets

    def timestamp(self, tsa: CredentialId, request_der: bytes, /) -> bytes:
        """The TimeStampResp (DER) for a TimeStampReq: it grants or rejects."""
        return self._questions.ask(wire.Timestamp(tsa=tsa, request=request_der), replies.OctetsReply).octets

    def timestamps(self, tsa: CredentialId, requests: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """A response for each of many requests, at most `wire.MOST_TIMESTAMPS` of them."""
        return self._questions.ask(wire.Timestamps(tsa=tsa, requests=requests), replies.OctetsListReply).items

    def stop(self) -> None:
        """Ask the process to end; returns when it has let go of its socket."""
        self._questions.ask(wire.Stop(), replies.Done)
        for _ in range(int(_STOP_SECONDS / _PAUSE)):
            try:
                connect(self._path, timeout=_CONNECT_SECONDS).close()
            except SignerUnreachable:
                return
            sleep(_PAUSE)
        raise SignerBusy
