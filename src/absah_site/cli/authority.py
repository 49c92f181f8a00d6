"""`absah authority`: the instance's side of a hierarchy that stands above it.

    absah authority request NAME -o FILE       a key in the signer, and the request for a root to answer
    absah authority accept NAME CERTIFICATE    what the root answered: from now on this CA issues
    absah authority take-over NAME CERTIFICATE an existing CA, with its key in a file or in a token
    absah authority publish NAME --root-crl F  the newest list of a root, from its ceremony
    absah authority list

The root's own key is used in a ceremony (`absah ceremony`), on another machine.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from absah.adapters.files import replace_file
from absah.adapters.key_vault import ByService, plain_form_of, read_encrypted_key
from absah.adapters.signer.errors import CredentialExists, CredentialUnknown
from absah.cli.offline import unwrap_pem
from absah.cli.terminal import Exit, Terminal, UsageWrong, read_file, write_file
from absah.kernel.clock import legal_date
from absah.kernel.dates import day_word
from absah.kernel.errors import BadInput
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.names import AuthorityName
from absah.signing.ports import CredentialId
from absah_site.actors import Operator
from absah_site.cli.instance import open_instance, open_signer
from absah_site.config import Config

_LARGEST: Final = 1024 * 1024
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class PrivateKeyUnreadable(BadInput):
    """The file is no encrypted PKCS #8 key, or its passphrase is wrong. Parameter: path."""

    code = "cli.private-key-unreadable"


def arguments(parser: argparse.ArgumentParser, /) -> None:
    parser.add_argument(
        "action",
        choices=["request", "accept", "take-over", "publish", "list"],
        help="request: a certificate from a root; accept: what it signed; take-over: a CA with its key; "
        "publish: the root's newest list; list: every authority here",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="short name of the authority: letters, digits, hyphens")
    parser.add_argument("certificate", nargs="?", type=Path, metavar="CERTIFICATE", help="what the root signed")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="request: where it is written (PKCS #10)")
    parser.add_argument("--common-name", metavar="N", help="request: the CA's name, as the root is asked to write it")
    parser.add_argument("--organisation", metavar="O", help="request: whose CA it is")
    kinds = [kind.value for kind in (KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.RSA3072, KeyAlgorithm.RSA4096)]
    parser.add_argument("--algorithm", choices=kinds, default="ec-p256", help="request: kind of key (ec-p256)")
    parser.add_argument("--root", type=Path, metavar="F", help="accept, take-over: certificate of the root")
    parser.add_argument("--root-crl", type=Path, metavar="F", help="accept, take-over, publish: the root's newest list")
    parser.add_argument("--trust", action="store_true", help="accept, take-over: make the root an anchor here")
    parser.add_argument("--key", type=Path, metavar="F", help="take-over: its private key, encrypted PKCS #8")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="take-over: what the key is encrypted with")
    parser.add_argument("--token", metavar="T", help="take-over: the token that holds its key")
    parser.add_argument("--key-id", metavar="HEX", help="take-over: the key's CKA_ID in the token")


def run(options: argparse.Namespace, terminal: Terminal, /) -> Exit:
    steps: dict[str, Callable[[argparse.Namespace, Terminal, Config], None]] = {
        "request": _request,
        "accept": _accept,
        "take-over": _take_over,
        "publish": _publish,
        "list": _list,
    }
    if options.action != "list" and not _NAME.fullmatch(options.name or ""):
        raise UsageWrong(problem=f"{options.action} NAME (small letters, digits, hyphens)")
    steps[options.action](options, terminal, open_instance(options.data))
    return Exit.DONE


def _request(options: argparse.Namespace, terminal: Terminal, config: Config) -> None:
    _demand(options, "output", "common_name", "organisation")
    name = AuthorityName(common_name=options.common_name, organisation=options.organisation)
    signer, credential = open_signer(config), CredentialId(options.name)
    try:
        algorithm = KeyAlgorithm(options.algorithm)
        signer.create_key(credential, kind="authority", algorithm=algorithm, protection=ByService())
    except CredentialExists:
        pass  # asked before: the same key asks again
    request = signer.certificate_request(credential, name)
    write_file(options.output, request)
    terminal.say("authority.requested", name=options.name, file=str(options.output), aloud=_aloud(request))
    terminal.result(name=options.name, file=str(options.output), sha256=_aloud(request))


def _accept(options: argparse.Namespace, terminal: Terminal, config: Config) -> None:
    _demand(options, "certificate", "root")
    _found(options, terminal, config)


def _take_over(options: argparse.Namespace, terminal: Terminal, config: Config) -> None:
    _demand(options, "certificate", "root")
    signer, credential = open_signer(config), CredentialId(options.name)
    try:
        if options.token:
            _demand(options, "key_id")
            try:
                key_id = bytes.fromhex(options.key_id)
            except ValueError:
                raise UsageWrong(problem="--key-id HEX") from None
            signer.adopt_key(credential, kind="authority", token=options.token, key_id=key_id)
        else:
            _demand(options, "key", "passphrase_file")
            signer.import_key(credential, _private_key(options.key, options.passphrase_file), kind="authority")
    except CredentialExists:
        pass  # taken before: only what came after it is still to do
    _found(options, terminal, config)


def _found(options: argparse.Namespace, terminal: Terminal, config: Config) -> None:
    """Let the key of this name in the signer be an issuing CA, by what a root signed for it."""
    from absah_site import composition
    from absah_site.pki.actions import found_by_certificate, publish_offline_crl

    root, by = _read(options.root), Operator()
    waiting = [one.public_key for one in open_signer(config).list_keys() if one.credential == options.name]
    if not waiting:
        raise CredentialUnknown
    entered, above = found_by_certificate(options.name, _read(options.certificate), root, waiting[0], by=by)
    if options.root_crl:
        publish_offline_crl(_read(options.root_crl), issuer=above.slug, now=composition.clock().now(), by=by)
    if options.trust:
        replace_file(config.trust / f"{above.slug}.cer", root)
    terminal.say("authority.founded", name=options.name, day=day_word(legal_date(entered.not_after)))
    terminal.result(name=options.name, not_after=entered.not_after.isoformat(), root=above.slug)


def _publish(options: argparse.Namespace, terminal: Terminal, _config: Config) -> None:
    from absah_site import composition
    from absah_site.pki.actions import publish_offline_crl

    _demand(options, "root_crl")
    published = publish_offline_crl(_read(options.root_crl), issuer=options.name, now=composition.clock().now())
    terminal.say("authority.published", name=options.name, number=published.number)
    terminal.result(name=options.name, number=published.number)


def _list(_options: argparse.Namespace, terminal: Terminal, config: Config) -> None:
    from absah_site.pki.access import every_authority

    places = {str(one.credential): one.place for one in open_signer(config).list_keys()}
    found = [
        {
            "name": one.slug,
            "kind": one.kind.value,
            "not_after": one.not_after.isoformat(),
            "key": places.get(str(one.credential), "offline" if one.credential is None else "missing"),
        }
        for one in every_authority()
    ]
    for one in found:
        terminal.line(f"{one['name']:<40} {one['kind']:<8} {one['not_after'][:10]}  {one['key']}")
    terminal.result(authorities=found)


def _demand(options: argparse.Namespace, *names: str) -> None:
    """Raises UsageWrong for an option that this action needs."""
    for name in names:
        if getattr(options, name) is None:
            shown = "CERTIFICATE" if name == "certificate" else f"--{name.replace('_', '-')}"
            raise UsageWrong(problem=f"{options.action} {shown}")


def _read(path: Path) -> bytes:
    return unwrap_pem(read_file(path, limit=_LARGEST), path=path)


def _private_key(path: Path, passphrase_file: Path) -> bytearray:
    """PKCS #8 in DER, plain: the signer seals it anew. Raises PrivateKeyUnreadable."""
    passphrase = read_file(passphrase_file, limit=4096).split(b"\n", 1)[0]
    key = read_encrypted_key(read_file(path, limit=_LARGEST), passphrase)
    if key is None:
        raise PrivateKeyUnreadable(path=str(path))
    return plain_form_of(key)


def _aloud(content: bytes) -> str:
    from absah.pki.ceremony import read_aloud  # the help needs no YAML

    return read_aloud(content)
