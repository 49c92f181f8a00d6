"""A key ceremony as it is written: one reviewed YAML file that says who, which keys, and every step in order.

People review and compare a file, not a transcript of commands (the SHA-256 of the file is what they read aloud).
Nothing is taken for granted: an unknown word, a word twice, an alias, a name that no earlier step made, all refuse.
"""

import re
from collections.abc import Hashable, Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm
from absah.pki.orders import Endpoints

_LONGEST: Final = 64 * 1024
_GROUP: Final = 4
_NAME: Final = r"^[a-z0-9][a-z0-9.-]{0,62}$"
_SHA256: Final = r"^[0-9a-f]{64}$"

Name: TypeAlias = Annotated[str, Field(pattern=_NAME)]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Url: TypeAlias = Annotated[str, Field(pattern=r"^http://", max_length=512)]


class CeremonyMalformed(BadInput):
    """The file is no ceremony: not YAML, or with a part that is missing, unknown or of the wrong kind.

    Parameters: place, problem.
    """

    code = "pki.ceremony-malformed"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Part):
    """Somebody who takes part. A custodian gets a share of the passphrase of the keys that are made."""

    name: Text
    role: Literal["administrator", "custodian", "witness", "auditor"]


class Input(_Part):
    """A file that is brought along, and its SHA-256 as it was reviewed."""

    file: Annotated[str, Field(pattern=r"^[^/\\]{1,200}$")]
    sha256: Annotated[str, Field(pattern=_SHA256)]


class MakeKey(_Part):
    """Make a key that stays offline, sealed under the passphrase whose shares the custodians hold."""

    step: Literal["make-key"]
    key: Name
    algorithm: KeyAlgorithm


class _Certifies(_Part):
    output: Name
    days: Annotated[int, Field(ge=1, le=20 * 366)] | None = None
    crl_url: Url | None = None
    ocsp_url: Url | None = None
    ca_issuers_url: Url | None = None

    @property
    def endpoints(self) -> Endpoints:
        return Endpoints(crl_url=self.crl_url, ocsp_url=self.ocsp_url, ca_issuers_url=self.ca_issuers_url)


class CertifyRoot(_Certifies):
    """Have a key sign its own certificate."""

    step: Literal["certify-root"]
    key: Name
    common_name: Text
    organisation: Text
    profile: Name = "root-ca"


class CertifyAuthority(_Certifies):
    """Certify an authority whose key is elsewhere: it sends a request (PKCS #10), which proves that it has the key."""

    step: Literal["certify-authority"]
    key: Name
    issuer: Name
    request: Name
    common_name: Text
    organisation: Text
    profile: Name = "issuing-ca"


class LinkRoots(_Certifies):
    """Have a root vouch for the root before or after it, for as long as both are trusted somewhere."""

    step: Literal["link-roots"]
    key: Name
    issuer: Name
    to: Name


class RequestCertificate(_Part):
    """Ask an outside root for a certificate for a key of ours (a PKCS #10 request goes out)."""

    step: Literal["request-certificate"]
    key: Name
    common_name: Text
    organisation: Text
    output: Name


class AcceptCertificate(_Part):
    """Accept what an outside root, or an earlier life, gave to a key: check it and those above it, nearest first."""

    step: Literal["accept-certificate"]
    key: Name
    certificate: Name
    chain: tuple[Name, ...] = ()


class Revoked(_Part):
    """A certificate on a list."""

    certificate: Name
    at: date
    reason: Literal["keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation"]


class SignCrl(_Part):
    """Sign the list of what an offline authority has revoked."""

    step: Literal["sign-crl"]
    key: Name
    issuer: Name
    number: Annotated[int, Field(ge=1)]
    days: Annotated[int, Field(ge=1, le=400)]
    revoked: tuple[Revoked, ...] = ()
    output: Name


class ImportKey(_Part):
    """Take over a key of an existing authority: an encrypted PKCS #8 file, sealed anew under the custodians' shares."""

    step: Literal["import-key"]
    key: Name
    source: Name


class TokenKey(_Part):
    """A key in a token: made there now, or, with `key_id`, one that is there. It never leaves, and has no shares."""

    step: Literal["token-key"]
    key: Name
    token: Name
    algorithm: KeyAlgorithm = KeyAlgorithm.P384
    key_id: Annotated[str, Field(pattern=r"^(?:[0-9a-f]{2}){1,32}$")] | None = None


class AcceptProfile(_Part):
    """Accept a certificate profile for use: a sample of it passes our lint and pkilint."""

    step: Literal["accept-profile"]
    profile: Name


Step: TypeAlias = Annotated[
    MakeKey
    | ImportKey
    | CertifyRoot
    | CertifyAuthority
    | LinkRoots
    | RequestCertificate
    | AcceptCertificate
    | SignCrl
    | TokenKey
    | AcceptProfile,
    Field(discriminator="step"),
]


class Ceremony(_Part):
    """The whole file. `keys` are sealed keys of earlier ceremonies; `previous` is the SHA-256 of the last record."""

    format: Literal[1]
    ceremony: Name
    title: Text
    place: Text
    people: Annotated[tuple[Person, ...], Field(min_length=1, max_length=40)]
    quorum: Annotated[int, Field(ge=1, le=16)] = 1
    inputs: dict[Name, Input] = {}
    keys: dict[Name, Input] = {}
    previous: Annotated[str, Field(pattern=_SHA256)] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]

    @property
    def custodians(self) -> tuple[str, ...]:
        """Those who get a share of the passphrase of new keys."""
        return tuple(person.name for person in self.people if person.role == "custodian")

    @property
    def makes_keys(self) -> bool:
        return any(isinstance(step, MakeKey | ImportKey) for step in self.steps)


class _PlainLoader(yaml.SafeLoader):
    """YAML without its surprises: no aliases (they multiply), no word twice (the last would win unseen)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        words = [str(key.value) for key, _ in node.value]
        if len(set(words)) < len(words):
            raise yaml.MarkedYAMLError(problem="a word twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def parse_ceremony(text: bytes, /) -> Ceremony:
    """Read a ceremony and check that it hangs together. Raises CeremonyMalformed."""
    if len(text) > _LONGEST:
        raise CeremonyMalformed(place="file", problem=f"> {_LONGEST} bytes")
    try:
        written = yaml.load(text.decode("utf-8"), _PlainLoader)  # noqa: S506 - a SafeLoader, made stricter
    except UnicodeDecodeError:
        raise CeremonyMalformed(place="file", problem="UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        place = "file" if mark is None else f"line {mark.line + 1}"
        raise CeremonyMalformed(place=place, problem=str(getattr(problem, "problem", None) or "YAML")) from None
    try:
        ceremony = Ceremony.model_validate(written)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "file"
        raise CeremonyMalformed(place=place, problem=first["msg"]) from None
    for place, loose in _loose_ends(ceremony):
        raise CeremonyMalformed(place=place, problem=loose)
    return ceremony


def _loose_ends(ceremony: Ceremony) -> Iterator[tuple[str, str]]:
    """What is used before it is there, or made twice; and a quorum that nobody can fill."""
    if ceremony.makes_keys and len(ceremony.custodians) < ceremony.quorum:
        yield "quorum", f"{ceremony.quorum} of {len(ceremony.custodians)} custodians"
    if len(set(ceremony.custodians)) < len(ceremony.custodians):
        yield "people", "custodian twice"
    keys, files = set(ceremony.keys), set(ceremony.inputs)
    for number, step in enumerate(ceremony.steps):
        place = f"steps.{number}"
        for word in sorted(_keys_of(step) - keys):
            yield place, f"key {word}"
        for word in sorted(files_of(step) - files):
            yield place, f"file {word}"
        if isinstance(step, MakeKey | ImportKey | TokenKey):
            if step.key in keys:
                yield place, f"key {step.key} twice"
            keys.add(step.key)
        output = getattr(step, "output", None)
        if output is not None:
            if output in files or output in RESERVED or output.endswith(".key"):
                yield place, f"file {output} twice"
            files.add(output)


#: Files that every ceremony writes itself.
RESERVED: Final = frozenset({"record.json", "record.p7s", "record.cer", "record.pdf", "ceremony.yaml"})


def _keys_of(step: Any) -> set[str]:
    return set() if isinstance(step, MakeKey | ImportKey | TokenKey | AcceptProfile) else {step.key}


def files_of(step: Any, /) -> set[str]:
    """The files that a step reads: inputs, or what an earlier step made."""
    match step:
        case CertifyAuthority():
            return {step.issuer, step.request}
        case LinkRoots():
            return {step.issuer, step.to}
        case AcceptCertificate():
            return {step.certificate, *step.chain}
        case SignCrl():
            return {step.issuer, *(one.certificate for one in step.revoked)}
        case ImportKey():
            return {step.source}
        case _:
            return set()


def read_aloud(content: bytes, /) -> str:
    """The SHA-256 of something in groups of four hexadecimal digits, as people read it to one another."""
    digits = DigestAlgorithm.SHA256.digest(content).hex()
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def heard_rightly(heard: str, content: bytes, /) -> bool:
    """Whether what was heard is the hash of it: all of it, or its first four groups at least."""
    digits = re.sub(r"[\s:-]", "", heard).lower()
    return len(digits) >= 4 * _GROUP and DigestAlgorithm.SHA256.digest(content).hex().startswith(digits)


def day_begins(day: date, /) -> Instant:
    """The first second of a day, UTC."""
    return Instant(datetime.combine(day, time(), tzinfo=UTC))
