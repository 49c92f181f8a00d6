"""What each address of the wire answers."""

from typing import Final

from absah.esign import registration, seals, v1, v2
from absah.esign.errors import refusal_of
from absah.esign.parameters import person_of, person_with_nik
from absah.esign.refusals import ParameterMissing
from absah.esign.status import StatusAnswer
from absah.esign.verification import v1_answer, v2_answer
from absah.kernel.errors import AbsahError
from absah.validation.report import Report
from absah_site import composition
from absah_site.applications.access import Scope, require_scope
from absah_site.applications.actions import register_person
from absah_site.esign import people
from absah_site.esign.bodies import form_body, json_body
from absah_site.esign.exchange import Call, Reply, json_reply, milliseconds_since
from absah_site.esign.outbox import collect, hold
from absah_site.esign.records import note_done, note_refused, noting_refusals
from absah_site.esign.signing import seal_for, sign_for
from absah_site.relay.access import holder_elsewhere
from absah_site.relay.actions import send_code_to
from absah_site.seals.access import Seal
from absah_site.seals.actions import ask_activation
from absah_site.validation.access import report_on

_PDF: Final = "application/pdf"


def status_v1(call: Call) -> Reply:
    """V1-1: the word for somebody, by NIK in the address."""
    require_scope(call.application, Scope.STATUS)
    word = people.remembered_status_of(person_with_nik(call.rest), call.application, now=call.at)
    return json_reply(StatusAnswer(word).v1)


def status_v2(call: Call) -> Reply:
    """V2-4: the same, by NIK or address in the body."""
    require_scope(call.application, Scope.STATUS)
    fields = json_body(call)
    person = person_of(fields) if fields.get("nik") or fields.get("email") else person_with_nik("")
    return json_reply(StatusAnswer(people.remembered_status_of(person, call.application, now=call.at)).v2)


def profile(call: Call) -> Reply:
    """V1-2: what the agency entered of somebody."""
    require_scope(call.application, Scope.STATUS)
    data = people.profile_of(person_with_nik(call.rest), call.application, now=call.at)
    return json_reply({"success": True, "data": data})


def expired(call: Call) -> Reply:
    """V1-3: certificates of the agency that end soon, or ended lately."""
    require_scope(call.application, Scope.STATUS)
    return json_reply({"success": True, "data": people.expiring(call.application, now=call.at)})


def chain(call: Call) -> Reply:
    """V2-5: somebody's certificate and those above it."""
    require_scope(call.application, Scope.STATUS)
    person = person_of({"email": call.rest}) if "@" in call.rest else person_with_nik(call.rest)
    return json_reply({"success": True, "data": people.chain_of(person, call.application)})


def sign_v1(call: Call) -> Reply:
    """V1-5: one document; the signed bytes, or base64 in JSON, and a number under which it can be fetched once."""
    with noting_refusals(call):
        form, _ = form_body(call)
        ask, kind = v1.parse_signing(form, call.application.reading)
    document = sign_for(call, ask)[0]
    number = hold(document)
    headers = (("id_dokumen", number), ("signing_time", str(milliseconds_since(call.began))))
    if kind is v1.ResponseKind.BASE64:
        reply = json_reply({"base64_signed_file": v2.encoded(document), "id_dokumen": number})
        return Reply(body=reply.body, headers=headers)
    return Reply(body=document, media_type=_PDF, headers=headers)


def download(call: Call) -> Reply:
    """V1-6: the signed document, once."""
    require_scope(call.application, Scope.SIGN)
    return Reply(body=collect(call.rest), media_type=_PDF, headers=(("id_dokumen", call.rest),))


def sign_v2(call: Call) -> Reply:
    """V2-1: some documents, all or none."""
    with noting_refusals(call):
        ask = v2.parse_signing(json_body(call), call.application.reading)
    documents = sign_for(call, ask)
    return Reply(body=v2.written_files(documents, milliseconds_since(call.began)))


def totp(call: Call) -> Reply:
    """V2-2: where somebody's one-time code comes from.

    The authenticator app makes it, and nothing is sent; for a certificate held elsewhere the service there is asked.
    """
    require_scope(call.application, Scope.SIGN)
    fields = json_body(call)
    person, files = people.find_person(person_of(fields), call.application), v2.count_of(fields)
    message = seals.CODE_IS_IN_THE_APP
    if holder_elsewhere(person) is not None:
        message = send_code_to(person, files, actor=call.application.reference)
    return json_reply({"success": True, "message": message, "data": None})


def registration_v1(call: Call) -> Reply:
    """V1-4: somebody of the agency with all that is known of them, and the letter that recommends them."""
    require_scope(call.application, Scope.REGISTER)
    form, _ = form_body(call)
    ask = registration.parse_v1(form.fields, form.files, people.registration_defaults(call.application))
    return json_reply(registration.v1_answer(_registered(call, ask)))


def registration_v2(call: Call) -> Reply:
    """V2-3: the same in JSON, or a name and an address only."""
    require_scope(call.application, Scope.REGISTER)
    ask = registration.parse_v2(json_body(call), people.registration_defaults(call.application))
    return json_reply(registration.v2_answer(_registered(call, ask)))


def _registered(call: Call, ask: registration.RegistrationAsk) -> str:
    entered = register_person(call.application, ask)
    return registration.ASKED if entered is None else registration.ENTERED


def seal_activation(call: Call) -> Reply:
    """V2-6 a, b: without a code its people are told that one is wanted; with the code of the day it lives on."""
    seal, ask = _seal(call)
    if ask.code is None:
        ask_activation(seal, call.application.name, actor=call.application.reference)
        return json_reply(seals.activation_sent())
    until = composition.signer().prolong_seal(seal.credential, call.application.reference, ask.code)
    return json_reply(seals.activation_renewed(ask.code.reveal(), until))


def seal_deactivation(call: Call) -> Reply:
    """V2-6 c: nothing is sealed any more with that code."""
    seal, ask = _seal(call)
    code = seals.required_code(ask)
    composition.signer().deactivate_seal(seal.credential, call.application.reference, code)
    return json_reply(seals.activation_revoked())


def seal_code(call: Call) -> Reply:
    """V2-6 d: a one-time code for some files. What is refused by the signer is told with 200, as clients expect."""
    seal, ask = _seal(call)
    code = seals.required_code(ask)
    try:
        drawn = composition.signer().draw_seal_code(seal.credential, call.application.reference, code, files=ask.files)
    except AbsahError as error:
        note_refused(call, error)
        return json_reply(seals.code_refused(refusal_of(error).sentence))
    note_done(call)
    return json_reply(seals.code_made(drawn.code.reveal(), drawn.until))


def seal_pdf(call: Call) -> Reply:
    """V2-6 e: some documents, all or none."""
    with noting_refusals(call):
        ask, documents = seals.parse_sealing(json_body(call), call.application.reading)
        seal = people.find_seal(ask.seal, call.application)
    sealed = seal_for(call, seal, seals.required_code(ask), documents)
    return Reply(body=v2.written_files(sealed, milliseconds_since(call.began)))


def _seal(call: Call) -> tuple[Seal, seals.SealAsk]:
    require_scope(call.application, Scope.SEAL)
    ask = seals.parse_seal(json_body(call))
    return people.find_seal(ask.seal, call.application), ask


def verify_v1(call: Call) -> Reply:
    """V1-7: what is to be thought of a document."""
    require_scope(call.application, Scope.VERIFY)
    form, names = form_body(call)
    content = form.files.get("signed_file")
    if content is None:
        raise ParameterMissing(parameter="signed_file")
    return json_reply(v1_answer(_report(content, None), names["signed_file"]))


def verify_v2(call: Call) -> Reply:
    """V2-7: the same, in more words."""
    require_scope(call.application, Scope.VERIFY)
    content, password = v2.parse_verification(json_body(call))
    return json_reply(v2_answer(_report(content, password)))


def _report(content: bytes, password: str | None) -> Report:
    return report_on(content, password=password, now=composition.clock().now())
