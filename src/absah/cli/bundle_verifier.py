"""Checks an evidence bundle of Absah without Absah. One file; needs Python 3.9 and nothing else.

    python bundle_verifier.py BUNDLE.zip

Every file of the bundle is the one that its index names, by SHA-256, and none is there besides; every piece of evidence
that names a file has it, or the index says that it is withheld or lies elsewhere (a list of a register, say). Answers
one JSON object with the SHA-256 of the index, which the ledger keeps. Exit 0: everything agrees; 1: something does not;
65: no bundle.

The proofs of the ledger lie in `rekam-jejak/`; the program beside them checks those.
"""

import hashlib
import json
import sys
import zipfile
from typing import Any

INDEX = "indeks.json"
PROOFS = "rekam-jejak/bukti.json"
FORMAT = "absah-bundle/1"
#: More than any bundle has. What claims more is not read.
MOST_FILES, MOST_BYTES, MOST_INDEX = 20_000, 4 * 1024**3, 64 * 1024**2


class Unreadable(Exception):
    """No bundle, or one that claims more than a bundle may have."""


class Disagreement(Exception):
    """Something is not what the index says."""


def check_bundle(path: Any) -> "dict[str, Any]":
    """Check a bundle. Raises Unreadable, Disagreement."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _checked(archive)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as problem:
        raise Unreadable(type(problem).__name__) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Unreadable(f"{INDEX}: {type(problem).__name__}") from None


def _checked(archive: zipfile.ZipFile) -> "dict[str, Any]":
    members = archive.infolist()
    if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
        raise Unreadable("too large")
    names = [one.filename for one in members]
    if INDEX not in names or archive.getinfo(INDEX).file_size > MOST_INDEX:
        raise Unreadable(INDEX)
    written = archive.read(INDEX)
    index = json.loads(written)
    if index["format"] != FORMAT:
        raise Unreadable("format")
    listed = {one["path"]: one for one in index["files"]}
    for name in sorted(set(names) ^ (set(listed) | {INDEX})):
        raise Disagreement(f"{name}: {'not in the index' if name in names else 'missing'}")
    if len(names) != len(listed) + 1 or len(listed) != len(index["files"]):
        raise Disagreement("a name twice")
    for name, one in listed.items():
        if _sha256(archive, name) != one["sha256"]:
            raise Disagreement(f"{name}: another SHA-256 than in the index")
    there: set[str] = {one["sha256"] for one in index["files"]} | set(index["withheld"]) | set(index["elsewhere"])
    evidence = [piece for item in index["duties"] for piece in item["evidence"]]
    for piece in evidence:
        if piece["digest"] and piece["digest"] not in there:
            raise Disagreement(f"{piece['reference']}: its file is neither there, withheld, nor elsewhere")
    return {
        "index": hashlib.sha256(written).hexdigest(),
        "files": len(listed),
        "duties": len(index["duties"]),
        "evidence": len(evidence),
        "withheld": len(index["withheld"]),
        "elsewhere": len(index["elsewhere"]),
        "in_ledger": _in_ledger(archive, listed),
    }


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with archive.open(name) as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def _in_ledger(archive: zipfile.ZipFile, listed: "dict[str, Any]") -> int:
    """How many of the files the proven rows of the ledger name."""
    if PROOFS not in listed:
        return 0
    rows: list[str] = [one["entry"] for one in json.loads(archive.read(PROOFS))["proofs"]]
    told = "\n".join(rows)
    return sum(one["sha256"] in told for one in listed.values())


def main(arguments: "list[str]") -> int:
    if len(arguments) != 1:
        print((__doc__ or "").partition("\n\n")[0])
        return 64
    try:
        print(json.dumps({"agrees": True, **check_bundle(arguments[0])}))
    except Disagreement as why:
        print(json.dumps({"agrees": False, "why": str(why)}))
        return 1
    except Unreadable as problem:
        print(json.dumps({"agrees": None, "why": str(problem)}))
        return 65
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
