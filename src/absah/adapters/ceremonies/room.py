"""The ceremony from the reviewed file to a folder that is whole or not there.

Everything is done in memory and then in a folder beside the target, which is renamed at the end. Whoever is interrupted
has the sealed keys of before and nothing of this ceremony: no half record, no key without its certificate.
"""

import os
import platform
import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from absah.adapters.ceremonies.keys import KeyTable, Opener
from absah.adapters.ceremonies.record import RecordAltered, SignedRecord, check_record, sign_record
from absah.adapters.ceremonies.samples import sample_of
from absah.adapters.ceremonies.steps import Done, Judge, Table, do
from absah.adapters.ceremonies.tokens import Tokens
from absah.adapters.files import wait_for_folder
from absah.adapters.sealing import DerivationCost
from absah.kernel.clock import Clock
from absah.kernel.errors import BadInput, WrongState
from absah.kernel.rng import Rng
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.ceremony import AcceptCertificate, Ceremony, Input, files_of, parse_ceremony, read_aloud
from absah.pki.profiles import load_profile
from absah.pki.secret_sharing import Share

_LARGEST_INPUT: Final = 16 * 1024 * 1024
_RECORD_FORMAT: Final = 1


class InputMissing(BadInput):
    """A file that the ceremony brings along is not beside it, or is larger than any such file. Parameter: file."""

    code = "ceremony.input-missing"


class InputDiffers(BadInput):
    """A file is not the one that was reviewed. Parameters: file, heard (its hash in groups)."""

    code = "ceremony.input-differs"


class CeremonyHeld(WrongState):
    """The folder of results is there already. Parameter: folder."""

    code = "ceremony.held-already"


class FolderNotWritten(BadInput):
    """The folder of results cannot be written. Parameters: folder, problem."""

    code = "ceremony.folder-not-written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A ceremony that was held, or rehearsed: its facts, its files, and what is not to stay together."""

    facts: dict[str, Any]
    outputs: dict[str, bytes]
    keys: dict[str, bytes]
    shares: dict[str, str]
    record: SignedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a ceremony is held: the reviewed file, the clock, chance, the judge, what the people brought."""

    path: Path
    clock: Clock
    rng: Rng
    judge: Judge | None
    opener: Opener = field(default_factory=Opener)
    cost: DerivationCost | None = None
    tokens: Tokens | None = None

    def read(self) -> bytes:
        """The reviewed file. Raises InputMissing."""
        return _read(self.path)

    def hold(self, *, rehearsal: bool, tell: Callable[[str, Done], None] = lambda *_: None) -> Held:
        """Do every step in order. Raises whatever a step refuses; then nothing has happened."""
        text = self.read()
        ceremony = parse_ceremony(text)
        keys = KeyTable(self.rng, rehearsal=rehearsal, opener=self.opener, cost=self.cost, tokens=self.tokens)
        keys.bring({name: self._input(one) for name, one in ceremony.keys.items()})
        table = Table(
            keys=keys,
            files={name: self._input(one) for name, one in ceremony.inputs.items()},
            now=self.clock.now(),
            rng=self.rng,
            judge=self.judge,
            samples=sample_of,
        )
        try:
            return self._hold(text, ceremony, table, rehearsal=rehearsal, tell=tell)
        finally:
            keys.close()

    def _hold(
        self, text: bytes, ceremony: Ceremony, table: Table, *, rehearsal: bool, tell: Callable[[str, Done], None]
    ) -> Held:
        outputs: dict[str, bytes] = {}
        unsigned: set[str] = set()
        steps = []
        for step in ceremony.steps:
            # Only in a rehearsal: what a closed key would have made is not there to go on with, or not signed.
            missing = files_of(step) - table.files.keys()
            if isinstance(step, AcceptCertificate):
                missing |= files_of(step) & unsigned
            done = Done(facts={"rehearsed": f"without {', '.join(sorted(missing))}"}) if missing else do(step, table)
            facts: dict[str, Any] = {"step": step.step, **done.facts}
            if done.output is not None:
                name, content = done.output
                outputs[name] = table.files[name] = content
                facts |= {"output": name, **_hashes(content)}
                unsigned |= set() if done.signed else {name}
            steps.append(facts)
            tell(step.step, done)
        sealed, shares = ({}, ()) if rehearsal else table.keys.put_away(ceremony.quorum, len(ceremony.custodians))
        key_files = {f"{name}.key": content for name, content in sealed.items()}
        facts = {
            "format": _RECORD_FORMAT,
            "ceremony": ceremony.ceremony,
            "title": ceremony.title,
            "place": ceremony.place,
            "rehearsal": rehearsal,
            "trial": any(load_profile(one["profile"]).is_test for one in steps if "profile" in one),
            "people": [person.model_dump() for person in ceremony.people],
            "quorum": [ceremony.quorum, len(ceremony.custodians)] if ceremony.makes_keys else [],
            "share_set": shares[0].set_id.hex() if shares else "",
            "reviewed": {"file": "ceremony.yaml", **_hashes(text)},
            "inputs": [
                {"name": name, "file": one.file, "sha256": one.sha256}
                for name, one in sorted({**ceremony.inputs, **ceremony.keys}.items())
            ],
            "keys": [{"file": name, **_hashes(content)} for name, content in key_files.items()],
            "previous": ceremony.previous or "",
            "steps": steps,
            "began_at": table.now.isoformat(),
            "ended_at": self.clock.now().isoformat(),
            "made_with": _tools(judged=self.judge is not None),
        }
        return Held(
            facts=facts,
            outputs=outputs | {"ceremony.yaml": text},
            keys=key_files,
            shares={
                _share_file(share, holder): _share_text(share, holder, ceremony)
                for share, holder in zip(shares, ceremony.custodians, strict=True)
            }
            if shares
            else {},
            record=sign_record(facts, self.clock.now(), self.rng),
        )

    def _input(self, one: Input) -> bytes:
        content = _read(self.path.parent / one.file)
        if DigestAlgorithm.SHA256.digest(content).hex() != one.sha256:
            raise InputDiffers(file=one.file, heard=read_aloud(content))
        return content


def keep(held: Held, target: Path, /) -> None:
    """Write the results into a folder that is not there yet: whole, durable, or not at all.

    Raises CeremonyHeld, FolderNotWritten.
    """
    if target.exists():
        raise CeremonyHeld(folder=str(target))
    _sweep(target)
    beside = target.with_name(f".{target.name}.ceremony-{os.getpid()}")
    try:
        beside.mkdir(mode=0o700, parents=True)
        for name, content in (held.outputs | held.record.files()).items():
            _write(beside / name, content, 0o644)
        for name, content in held.keys.items():
            _write(beside / name, content, 0o600)
        if held.shares:
            (beside / "shares").mkdir(mode=0o700)
        for name, text in held.shares.items():
            _write(beside / "shares" / name, text.encode(), 0o600)
        wait_for_folder(beside)
        beside.rename(target)
        wait_for_folder(target.parent)
    except OSError as problem:
        shutil.rmtree(beside, ignore_errors=True)
        raise FolderNotWritten(folder=str(target), problem=problem.strerror or "") from None


def check_folder(folder: Path, /) -> dict[str, Any]:
    """Whether the results of a ceremony are what its record says. The record's facts. Raises RecordAltered."""
    facts = check_record(*(_kept(folder, name) for name in ("record.json", "record.p7s", "record.cer")))
    files = [
        facts["reviewed"],
        *facts["keys"],
        *({"file": one["output"], **one} for one in facts["steps"] if "output" in one),
    ]
    for one in files:
        # A key's file may lie elsewhere, in a safe: what is here must be right, what is not is not asked for.
        if one in facts["keys"] and not (folder / one["file"]).exists():
            continue
        if DigestAlgorithm.SHA256.digest(_kept(folder, one["file"])).hex() != one["sha256"]:
            raise RecordAltered(what=one["file"])
    return facts


def _kept(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise RecordAltered(what=name) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_INPUT + 1)
    except OSError:
        raise InputMissing(file=path.name) from None
    if len(content) > _LARGEST_INPUT:
        raise InputMissing(file=path.name)
    return content


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sweep(target: Path) -> None:
    """Remove what a ceremony for the same folder left beside it when it was killed: sealed keys with no record."""
    for leftover in target.parent.glob(f".{target.name}.ceremony-*"):
        number = leftover.name.rpartition("-")[2]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(leftover, ignore_errors=True)


def _hashes(content: bytes) -> dict[str, str]:
    return {"sha256": DigestAlgorithm.SHA256.digest(content).hex(), "aloud": read_aloud(content)}


def _share_file(share: Share, holder: str) -> str:
    return f"{share.number}-{''.join(sign if sign.isalnum() else '-' for sign in holder.lower())}.share"


def _share_text(share: Share, holder: str, ceremony: Ceremony) -> str:
    return (
        f"# {ceremony.title} ({ceremony.ceremony})\n# {holder}: {share.number}/{share.total}, {share.needed} needed\n"
        f"{share.spelled()}\n"
    )


def _tools(*, judged: bool) -> dict[str, str]:
    def release(name: str) -> str:
        try:
            return version(name)
        except PackageNotFoundError:
            return "unreleased"

    found = {name: release(name) for name in ("absah", "cryptography")}
    found |= {"python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION}
    return found | ({"pkilint": release("pkilint")} if judged else {})
