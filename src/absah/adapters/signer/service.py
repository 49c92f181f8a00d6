"""The signer as a whole: a request in, a reply out. Knows nothing of sockets."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from os import getpid
from typing import Any, TypeAlias, final

from absah.adapters.key_vault import ByPassphrase, ByService
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.credentials import CredentialKeeper
from absah.adapters.signer.crl_desk import CrlDesk
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.documents import DocumentDesk
from absah.adapters.signer.factors import FactorCheck
from absah.adapters.signer.issuing_desk import IssuingDesk
from absah.adapters.signer.passkey_answers import NewPasskey
from absah.adapters.signer.passkeys import PasskeyDesk
from absah.adapters.signer.records import CertifiedChain
from absah.adapters.signer.seal_codes import OneTimeCodes, SealDesk
from absah.adapters.signer.services import ServiceDesk
from absah.adapters.signer.wire_passkeys import PasskeyEntry
from absah.signing.factors import Factors, Secret

_Handlers: TypeAlias = Mapping[type[Any], Callable[[Any], replies.Reply]]


@cache
def release() -> str:
    """The release of Absah that runs."""
    try:
        return version("absah")
    except PackageNotFoundError:
        return "unreleased"


@final
class SignerService:
    """Answers requests with what the desks do."""

    def __init__(self, custody: Custody, /) -> None:
        codes = OneTimeCodes(custody.clock)
        factors = FactorCheck(custody, codes)
        self._custody = custody
        self.seals = SealDesk(custody, codes)
        self.credentials = CredentialKeeper(custody, factors)
        self.passkeys = PasskeyDesk(custody, factors)
        self.services = ServiceDesk(custody)
        self.documents = DocumentDesk(custody, factors, self.services)
        self.issuing = IssuingDesk(custody, self.services)
        self.lists = CrlDesk(custody)
        self._handlers: _Handlers = {
            wire.Ping: self._ping,
            wire.CreateKey: self._create_key,
            wire.AdoptKey: self._adopt_key,
            wire.ImportKey: self._import_key,
            wire.ListKeys: self._list_keys,
            wire.ViewTokens: self._view_tokens,
            wire.AttachCertificate: self._attach_certificate,
            wire.BindTotp: self._bind_totp,
            wire.BindPasskey: self._bind_passkey,
            wire.ReleasePasskey: self._release_passkey,
            wire.ListPasskeys: self._list_passkeys,
            wire.ConfirmTotp: self._confirm_totp,
            wire.ChangeState: self._change_state,
            wire.ChangePassphrase: self._change_passphrase,
            wire.DropPending: self._drop_pending,
            wire.ViewCredential: self._view_credential,
            wire.Authorise: self._authorise,
            wire.ActivateSeal: self._activate_seal,
            wire.ProlongSeal: self._prolong_seal,
            wire.DeactivateSeal: self._deactivate_seal,
            wire.DrawSealCode: self._draw_seal_code,
            wire.ConfirmSeal: self._confirm_seal,
            wire.Sign: self._sign,
            wire.SignAtOnce: self._sign_at_once,
            wire.RequestCertificate: self._request_certificate,
            wire.IssueCertificate: self._issue_certificate,
            wire.BeginIssuance: self._begin_issuance,
            wire.FinishIssuance: self._finish_issuance,
            wire.WithdrawIssuance: self._withdraw_issuance,
            wire.IssueCrl: self._issue_crl,
            wire.BeginCrl: self._begin_crl,
            wire.AppendToCrl: self._append_to_crl,
            wire.FinishCrl: self._finish_crl,
            wire.RespondOcsp: self._respond_ocsp,
            wire.Timestamp: self._timestamp,
            wire.Timestamps: self._timestamps,
            wire.Stop: self._stop,
        }

    def answer(self, request: wire.Request, /) -> replies.Reply:
        """Do what is asked. Raises AbsahError for what is refused."""
        return self._handlers[type(request)](request)

    def drop_expired(self) -> None:
        """Let go of what nobody came back for. Called every second or so."""
        self._custody.drop_expired()
        self.issuing.drop_expired()

    def _ping(self, _request: wire.Ping) -> replies.Reply:
        return replies.InfoReply(process=getpid(), release=release(), interrupted=self._custody.interrupted)

    def _stop(self, _request: wire.Stop) -> replies.Reply:
        return replies.Done()

    def _create_key(self, request: wire.CreateKey) -> replies.Reply:
        protection = ByService() if request.passphrase is None else ByPassphrase(request.passphrase)
        public_key = self.credentials.create_key(
            request.credential,
            kind=request.kind,
            algorithm=request.algorithm,
            protection=protection,
            scheme=request.scheme,
        )
        return replies.OctetsReply(octets=public_key)

    def _adopt_key(self, request: wire.AdoptKey) -> replies.Reply:
        public_key = self.credentials.adopt_key(
            request.credential, kind=request.kind, token=request.token, key_id=request.key_id
        )
        return replies.OctetsReply(octets=public_key)

    def _import_key(self, request: wire.ImportKey) -> replies.Reply:
        return replies.OctetsReply(
            octets=self.credentials.import_key(request.credential, kind=request.kind, plain=request.key)
        )

    def _list_keys(self, request: wire.ListKeys) -> replies.Reply:
        return replies.KeysReply(
            keys=tuple(
                replies.KeyEntry(
                    credential=one.credential,
                    kind=one.kind,
                    algorithm=one.algorithm,
                    state=one.state,
                    place=one.place,
                    public_key=one.public_key,
                )
                for one in (self.credentials.of(request.credentials) if request.credentials else self.credentials.all())
            )
        )

    def _view_tokens(self, _request: wire.ViewTokens) -> replies.Reply:
        return replies.TokensReply(
            tokens=tuple(replies.TokenEntry(**asdict(one)) for one in self._custody.vault.tokens())
        )

    def _attach_certificate(self, request: wire.AttachCertificate) -> replies.Reply:
        certified = CertifiedChain(certificate=request.certificate, chain=request.chain)
        self.credentials.attach_certificate(request.credential, certified)
        return replies.Done()

    def _bind_totp(self, request: wire.BindTotp) -> replies.Reply:
        spelled = self.credentials.bind_totp(
            request.credential, required=request.required, passphrase=request.passphrase
        )
        return replies.TextReply(text=Secret(spelled))

    def _bind_passkey(self, request: wire.BindPasskey) -> replies.Reply:
        asked = request.passkey
        new = NewPasskey(site=asked.site, public_key=asked.public_key, answer=asked.answer.read())
        self.passkeys.bind(request.credential, new, _factors(request))
        return replies.Done()

    def _release_passkey(self, request: wire.ReleasePasskey) -> replies.Reply:
        self.passkeys.release(request.credential, request.credential_id)
        return replies.Done()

    def _list_passkeys(self, request: wire.ListPasskeys) -> replies.Reply:
        found = self.passkeys.all(request.credential)
        return replies.PasskeysReply(
            passkeys=tuple(PasskeyEntry(credential_id=one.credential_id, site=one.site) for one in found)
        )

    def _confirm_totp(self, request: wire.ConfirmTotp) -> replies.Reply:
        self.credentials.confirm_totp(request.credential, request.code)
        return replies.Done()

    def _change_state(self, request: wire.ChangeState) -> replies.Reply:
        self.credentials.change_state(request.credential, request.state)
        return replies.Done()

    def _change_passphrase(self, request: wire.ChangePassphrase) -> replies.Reply:
        self.credentials.change_passphrase(request.credential, request.old, request.new)
        return replies.Done()

    def _drop_pending(self, request: wire.DropPending) -> replies.Reply:
        self.credentials.drop_pending(request.credential)
        return replies.Done()

    def _view_credential(self, request: wire.ViewCredential) -> replies.Reply:
        view = self.credentials.view(request.credential)
        return replies.ViewReply(
            certificate=view.certificate,
            chain=view.chain,
            algorithm=view.key_algorithm,
            state=view.state,
            scheme=view.scheme,
        )

    def _authorise(self, request: wire.Authorise) -> replies.Reply:
        return replies.ConsentReply.write(self.documents.authorise(request.read()))

    def _activate_seal(self, request: wire.ActivateSeal) -> replies.Reply:
        drawn = self.seals.activate(request.credential)
        return replies.CodeReply(code=Secret(drawn.code), until=drawn.until)

    def _prolong_seal(self, request: wire.ProlongSeal) -> replies.Reply:
        until = self.seals.prolong(request.application, request.credential, request.code.reveal())
        return replies.CodeReply(code=Secret(""), until=until)

    def _deactivate_seal(self, request: wire.DeactivateSeal) -> replies.Reply:
        self.seals.revoke(request.application, request.credential, request.code.reveal())
        return replies.Done()

    def _draw_seal_code(self, request: wire.DrawSealCode) -> replies.Reply:
        drawn = self.seals.code(request.application, request.credential, request.code.reveal(), request.files)
        return replies.CodeReply(code=Secret(drawn.code), until=drawn.until)

    def _confirm_seal(self, request: wire.ConfirmSeal) -> replies.Reply:
        drawn = self.seals.confirmed(request.application, request.credential, request.files)
        return replies.CodeReply(code=Secret(drawn.code), until=drawn.until)

    def _sign(self, request: wire.Sign) -> replies.Reply:
        return replies.SignaturesReply(signatures=self.documents.sign(request.consent_id, request.signed_attributes))

    def _sign_at_once(self, request: wire.SignAtOnce) -> replies.Reply:
        made = self.documents.sign_at_once(request.read(), request.signed_attributes, tsa=request.tsa)
        consent = replies.ConsentReply.write(made.consent)
        return replies.SignedAtOnceReply(consent=consent, signatures=made.signatures, tokens=made.tokens)

    def _request_certificate(self, request: wire.RequestCertificate) -> replies.Reply:
        return replies.OctetsReply(octets=self.services.certificate_request(request.credential, request.subject.read()))

    def _issue_certificate(self, request: wire.IssueCertificate) -> replies.Reply:
        return replies.OctetsReply(octets=self.services.issue_certificate(request.issuer, request.order.read()))

    def _begin_issuance(self, request: wire.BeginIssuance) -> replies.Reply:
        orders = tuple(order.read() for order in request.orders)
        return replies.OctetsReply(octets=self.issuing.begin(request.issuer, orders))

    def _finish_issuance(self, request: wire.FinishIssuance) -> replies.Reply:
        return replies.OctetsListReply(items=self.issuing.finish(request.preparation))

    def _withdraw_issuance(self, request: wire.WithdrawIssuance) -> replies.Reply:
        self.issuing.withdraw(request.preparation)
        return replies.Done()

    def _issue_crl(self, request: wire.IssueCrl) -> replies.Reply:
        return replies.OctetsReply(octets=self.services.issue_crl(request.issuer, request.plan.read()))

    def _begin_crl(self, request: wire.BeginCrl) -> replies.Reply:
        return replies.OctetsReply(octets=self.lists.begin(request.issuer, request.header.read()))

    def _append_to_crl(self, request: wire.AppendToCrl) -> replies.Reply:
        self.lists.append(request.draft, request.entries)
        return replies.Done()

    def _finish_crl(self, request: wire.FinishCrl) -> replies.Reply:
        return replies.OctetsReply(octets=self.lists.finish(request.draft))

    def _respond_ocsp(self, request: wire.RespondOcsp) -> replies.Reply:
        return replies.OctetsReply(octets=self.services.ocsp_response(request.responder, request.plan.read()))

    def _timestamp(self, request: wire.Timestamp) -> replies.Reply:
        return replies.OctetsReply(octets=self.services.timestamp(request.tsa, request.request))

    def _timestamps(self, request: wire.Timestamps) -> replies.Reply:
        return replies.OctetsListReply(items=self.services.timestamps(request.tsa, request.requests))


def _factors(request: wire.BindPasskey) -> Factors:
    """What was shown: a passkey that is only to be bound is not a factor yet."""
    return Factors(passphrase=request.passphrase, totp=None if request.totp is None else request.totp.reveal())
