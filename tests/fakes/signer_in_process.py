"""The real signer without its process: the client's own calls, answered in memory. It can be made to die on the way."""

from pathlib import Path

from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer import wire
from absah.adapters.signer import wire_replies as replies
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.errors import SignerUnreachable
from absah.adapters.signer.service import SignerService
from absah.adapters.signer_client import SignerClient
from absah.kernel.clock import Clock
from absah.kernel.errors import AbsahError
from absah.kernel.rng import Rng
from tests.fakes.quick_stretch import quick_vaults


class ProcessDied(BaseException):
    """What a kill -9 is to a test: nothing may catch it."""


class Answered:
    """A question that was answered, or refused, before anybody waited."""

    def __init__(self, outcome: replies.Reply | AbsahError) -> None:
        self.outcome = outcome

    def answer(self, _expected: type) -> replies.Reply:
        if isinstance(self.outcome, AbsahError):
            raise self.outcome
        return self.outcome


class InProcessSigner:
    """`SignerClient`, asking otherwise. `die_before`, `die_after` and `away` are wire requests by class."""

    ping = SignerClient.ping
    create_key = SignerClient.create_key
    attach_certificate = SignerClient.attach_certificate
    bind_totp = SignerClient.bind_totp
    bind_passkey = SignerClient.bind_passkey
    release_passkey = SignerClient.release_passkey
    passkeys = SignerClient.passkeys
    confirm_totp = SignerClient.confirm_totp
    change_state = SignerClient.change_state
    change_passphrase = SignerClient.change_passphrase
    drop_pending = SignerClient.drop_pending
    certificate_chain = SignerClient.certificate_chain
    authorise = SignerClient.authorise
    activate_seal = SignerClient.activate_seal
    prolong_seal = SignerClient.prolong_seal
    deactivate_seal = SignerClient.deactivate_seal
    draw_seal_code = SignerClient.draw_seal_code
    confirm_seal = SignerClient.confirm_seal
    _code = SignerClient._code
    sign = SignerClient.sign
    sign_at_once = SignerClient.sign_at_once
    adopt_key = SignerClient.adopt_key
    import_key = SignerClient.import_key
    list_keys = SignerClient.list_keys
    tokens = SignerClient.tokens
    certificate_request = SignerClient.certificate_request
    issue_certificate = SignerClient.issue_certificate
    prepare_certificates = SignerClient.prepare_certificates
    issue_crl = SignerClient.issue_crl
    issue_list = SignerClient.issue_list
    ocsp_response = SignerClient.ocsp_response
    timestamp = SignerClient.timestamp

    def __init__(self, data: Path, clock: Clock, rng: Rng) -> None:
        if not (data / "secrets" / "service.key").exists():
            create_service_secret(data, rng)
        self.custody = Custody(data, clock=clock, rng=rng, vault_for=quick_vaults(rng))
        self.service = SignerService(self.custody)
        self.die_before: type | None = None
        self.die_after: type | None = None
        self.away: type | None = None
        self.asked: list[type] = []
        self._questions = self

    def ask(self, request: wire.Request, _expected: type) -> replies.Reply:
        kind = type(request)
        self.asked.append(kind)
        if kind is self.away:
            raise SignerUnreachable
        if kind is self.die_before:
            raise ProcessDied
        reply = self.service.answer(request)
        if kind is self.die_after:
            raise ProcessDied
        return reply

    def begin(self, request: wire.Request) -> "Answered":
        try:
            return Answered(self.ask(request, replies.AnyReply))
        except SignerUnreachable:
            raise
        except AbsahError as refusal:
            return Answered(refusal)

    def close(self) -> None:
        self.custody.close()
