"""Checks the log of an Absah ledger without Absah. One file; needs Python 3.9 and `cryptography`, nothing else.

    python offline_verifier.py archive FILE…    every entry, the tree over them, and the signature of its head; several
                                                files: the parts of a log in their order, none missing between them
    python offline_verifier.py proof FILE       that one entry, or each of a bundle, is in the log
    python offline_verifier.py checkpoint FILE… signatures, and that each goes on from the one before

    --log FINGERPRINT     the log it has to be: SHA-256 of its public key, as the other party told you. A later key is
                          followed where the older one announced it; again for each key that was lost, not handed over
    --against FILE        archive: a checkpoint that you kept, to be found in the archive's tree
    --timestamp FILE      write the RFC 3161 token of the head there, for `openssl ts -verify -token_in`

Answers one JSON object. Exit 0: everything agrees; 1: something does not; 65: a file cannot be read.

This is a second implementation on purpose: it shares no line with the library whose work it checks. Hashes are those of
RFC 9162 §2.1; heads are signed with ECDSA on P-256 over SHA-256.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

sha256 = hashlib.sha256


class Disagreement(Exception):
    """Something is not what it says."""


def check_keys(options: argparse.Namespace) -> None:
    """The heads of all files are of one log, the one asked for, and none is by a key after its handover."""
    heads = [head_of(json.loads(header_in(Path(name)))) for name in [*options.files, *options.against]]
    names = [{head["log"], *(one["before"] for one in head["handovers"])} for head in heads]
    known = {one.lower().replace(":", "").replace(" ", "") for one in options.log} or set(names[0])
    for _ in names:  # each round finds at least one more, or nothing more is to be found
        known = known.union(*(some for some in names if some & known))
    if not all(some & known for some in names):
        raise Disagreement("a head is of another log than the one you asked for, which announced no such key")
    ends: dict[str, int] = {}
    for one in (one for head in heads for one in head["handovers"]):
        ends[one["before"]] = min(one["size"], ends.get(one["before"], one["size"]))
    for head in heads:
        if head["size"] > ends.get(head["log"], head["size"]):
            raise Disagreement(f"the head of {head['at']} is by a key that had been handed over before")


def header_in(path: Path) -> bytes:
    """The first line of an archive; of other files, which are JSON with line breaks, all."""
    with path.open("rb") as file:
        line = file.readline()
        return line if line.strip() != b"{" else line + file.read()


def head_of(written: "dict[str, Any]") -> "dict[str, Any]":
    """The signed head in a file, and the handovers of keys that lead to it, once their signatures were checked."""
    head, spki = written["head"], base64.b64decode(written["key"])
    if sha256(spki).hexdigest() != head["log"]:
        raise Disagreement("the head names another log than that of its key")
    check_signature(spki, written["signature"], b"absah tree head\n", head, "the head is not signed by its log's key")
    chain = [handover_of(one) for one in written.get("handovers", [])]
    for one, other in zip(chain, [*chain[1:], {"before": head["log"], "size": head["size"]}]):  # noqa: B905 (Python 3.9)
        if one["after"] != other["before"] or one["size"] > other["size"]:
            raise Disagreement("the handovers do not lead from key to key, to that of the head")
    return {**head, "handovers": chain}


def handover_of(written: "dict[str, Any]") -> "dict[str, Any]":
    """From which key to which, at how many entries: once both signatures were checked."""
    said, keys = written["handover"], [base64.b64decode(written[name]) for name in ("old_key", "new_key")]
    if [said["before"], said["after"]] != [sha256(key).hexdigest() for key in keys]:
        raise Disagreement("a handover names other keys than those in it")
    for key, name in zip(keys, ("by_old", "by_new")):  # noqa: B905  (Python 3.9 has no `strict`; both are two)
        check_signature(key, written[name], b"absah log key\n", said, "a handover is not signed by both keys")
    return dict(said)


def check_signature(spki: bytes, signature: str, purpose: bytes, said: "dict[str, Any]", why: str) -> None:
    """ECDSA on P-256 over what is said, as JSON with sorted keys and no white space."""
    key = load_der_public_key(spki)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Disagreement("a key of the log is not on P-256")
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    try:
        key.verify(base64.b64decode(signature), purpose + canonical, ECDSA(SHA256()))
    except InvalidSignature:
        raise Disagreement(why) from None


class Tree:
    """The perfect subtrees of a tree that grows, the largest first."""

    def __init__(self) -> None:
        self.stack: list[bytes] = []
        self.size = 0

    def add(self, node: bytes, level: int = 0) -> None:
        """A subtree of 2^level entries at the end."""
        count, self.size = self.size >> level, self.size + (1 << level)
        while count & 1:
            node = sha256(b"\x01" + self.stack.pop() + node).digest()
            count >>= 1
        self.stack.append(node)

    def root(self) -> bytes:
        """The head."""
        if not self.stack:
            return sha256().digest()
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = sha256(b"\x01" + left + root).digest()
        return root


def levels(begin: int, end: int) -> "list[int]":
    """The levels of the fewest perfect subtrees that are the entries from `begin` to before `end`."""
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        while begin & ((1 << level) - 1):
            level -= 1
        found.append(level)
        begin += 1 << level
    return found


def add_known(tree: Tree, begin: int, end: int, hashes: "list[str]") -> None:
    """Subtrees whose entries are not in the file."""
    wanted = levels(begin, end)
    if len(wanted) != len(hashes):
        raise Disagreement("the archive does not name the tree around it")
    for level, node in zip(wanted, hashes):  # noqa: B905  (Python 3.9 has no `strict`; their numbers were compared)
        tree.add(bytes.fromhex(node), level)


def add_entries(tree: Tree, lines: BinaryIO, sizes: "dict[int, bytes]") -> None:
    """Each line is an entry. What `Tree.add` does, without a call for each of millions; roots at the wanted sizes."""
    stack, size = tree.stack, tree.size
    for line in lines:
        node, count = sha256(b"\x00" + line[:-1]).digest(), size
        while count & 1:
            node = sha256(b"\x01" + stack.pop() + node).digest()
            count >>= 1
        stack.append(node)
        size += 1
        if size in sizes:
            sizes[size] = tree.root()
    tree.size = size


def check_part(name: str, tree: Tree, sizes: "dict[int, bytes]", options: argparse.Namespace) -> "dict[str, Any]":
    """The entries of one file go on where `tree` ends, and lead to the head of the file. Its head."""
    with Path(name).open("rb") as file:
        header = json.loads(file.readline())
        head = head_of(header)
        begin, end = header.get("begin", 0), header.get("end", head["size"])
        around = Tree()
        add_known(around, 0, begin, header.get("before", []))
        if tree.size == 0:
            tree.stack, tree.size = list(around.stack), begin
        if (begin, around.root()) != (tree.size, tree.root()):
            raise Disagreement(f"{name} begins with entry {begin} of another tree than the {tree.size} entries before")
        add_entries(tree, file, sizes)
    if tree.size != end:
        raise Disagreement(f"{name} ends after {tree.size} entries, its head says {end}")
    whole = Tree()
    whole.stack, whole.size = list(tree.stack), tree.size
    add_known(whole, end, head["size"], header.get("after", []))
    if whole.root().hex() != head["root"]:
        raise Disagreement(f"{name}: the entries are not those under the head of {head['at']}")
    save_timestamp(header, options)
    return head


def check_archive(options: argparse.Namespace) -> "dict[str, Any]":
    """Every entry of the parts of an archive, their heads, and checkpoints kept elsewhere."""
    kept = [json.loads(Path(name).read_bytes()) for name in options.against]
    tree, sizes = Tree(), {one["head"]["size"]: b"" for one in kept}
    sizes[0] = sha256().digest()
    head = [check_part(name, tree, sizes, options) for name in options.files][-1]
    for one in (head_of(written) for written in kept):
        if not sizes[one["size"]]:
            raise Disagreement(f"the checkpoint of {one['at']} knows {one['size']} entries, the archive {tree.size}")
        if sizes[one["size"]].hex() != one["root"]:
            raise Disagreement(f"the entries are not those under the head of {one['at']} over {one['size']} entries")
    return {"entries": tree.size, "log": head["log"], "at": head["at"], "checkpoints": len(kept)}


def check_proof(options: argparse.Namespace) -> "dict[str, Any]":
    """That entries are in the log: walk from each leaf to the root as the size of the tree demands."""
    written = json.loads(Path(options.files[0]).read_bytes())
    head = head_of(written)
    save_timestamp(written, options)
    if "proofs" in written:
        entries = [proven(one, head) for one in written["proofs"]]
        return {"entries": entries, "waiting": len(written["waiting"]), "log": head["log"], "at": head["at"]}
    return {**proven(written, head), "log": head["log"], "at": head["at"]}


def proven(one: "dict[str, Any]", head: "dict[str, Any]") -> "dict[str, Any]":
    """The entry of a proof, which leads to the head."""
    leaf = sha256(b"\x00" + one["entry"].encode()).digest()
    root = climb(leaf, one["position"], head["size"], [bytes.fromhex(step) for step in one["proof"]])
    if root.hex() != head["root"]:
        raise Disagreement(f"the proof of entry {one['position']} does not lead to the head")
    return {"position": one["position"], "entry": json.loads(one["entry"])}


def climb(leaf: bytes, position: int, size: int, proof: "list[bytes]") -> bytes:
    """The root that a proof claims, from the top down (RFC 9162 §2.1.3.1 read backwards)."""
    if not 0 <= position < size:
        raise Disagreement("the entry lies beyond the head")
    if size == 1:
        if proof:
            raise Disagreement("the proof is too long")
        return leaf
    if not proof:
        raise Disagreement("the proof is too short")
    half = 1 << ((size - 1).bit_length() - 1)
    if position < half:
        return sha256(b"\x01" + climb(leaf, position, half, proof[:-1]) + proof[-1]).digest()
    return sha256(b"\x01" + proof[-1] + climb(leaf, position - half, size - half, proof[:-1])).digest()


def goes_on(older: int, newer: int, proof: "list[bytes]", root: bytes) -> "tuple[bytes, bytes]":
    """Both roots that a consistency proof claims, from the top down (RFC 9162 §2.1.4.1 read backwards)."""
    return _roots(older, newer, list(proof), whole=True, known=root)


def _roots(older: int, newer: int, proof: "list[bytes]", *, whole: bool, known: bytes) -> "tuple[bytes, bytes]":
    if older == newer:
        if len(proof) != (0 if whole else 1):
            raise Disagreement("the proof has the wrong length")
        return (known, known) if whole else (proof[0], proof[0])
    if not proof:
        raise Disagreement("the proof is too short")
    sibling, rest = proof[-1], proof[:-1]
    half = 1 << ((newer - 1).bit_length() - 1)
    if older <= half:
        before, after = _roots(older, half, rest, whole=whole, known=known)
        return before, sha256(b"\x01" + after + sibling).digest()
    before, after = _roots(older - half, newer - half, rest, whole=False, known=known)
    return sha256(b"\x01" + sibling + before).digest(), sha256(b"\x01" + sibling + after).digest()


def check_checkpoints(options: argparse.Namespace) -> "dict[str, Any]":
    """Each signature, each file's own proof, and that no two contradict each other."""
    roots: dict[int, str] = {}
    head: dict[str, Any] = {}
    for name in options.files:
        written = json.loads(Path(name).read_bytes())
        head = head_of(written)
        save_timestamp(written, options)
        since, size = written["since"], head["size"]
        if since["size"] and since["size"] != size:
            before = bytes.fromhex(since["root"])
            claimed = goes_on(since["size"], size, [bytes.fromhex(one) for one in written["consistency"]], before)
            if [one.hex() for one in claimed] != [since["root"], head["root"]]:
                raise Disagreement(f"{name}: the proof does not lead from {since['size']} to {size} entries")
        if written.get("acknowledges"):
            proven(written["acknowledges"], head)
        known = [(one["size"], one["root"]) for one in head["handovers"]]
        for count, root in ((since["size"], since["root"]), (size, head["root"]), *known):
            if roots.setdefault(count, root) != root:
                raise Disagreement(f"{name}: another history of {count} entries was signed before: a fork")
    return {"checkpoints": len(options.files), "log": head["log"], "entries": max(roots)}


def save_timestamp(written: "dict[str, Any]", options: argparse.Namespace) -> None:
    """For `openssl ts`: the token covers the SHA-256 of the head's signature."""
    if options.timestamp and written["timestamp"]:
        Path(options.timestamp).write_bytes(base64.b64decode(written["timestamp"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=["archive", "proof", "checkpoint"])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--log", action="append", default=[], metavar="FINGERPRINT")
    parser.add_argument("--against", action="append", default=[], metavar="FILE")
    parser.add_argument("--timestamp", metavar="FILE")
    options = parser.parse_args()
    checks = {"archive": check_archive, "proof": check_proof, "checkpoint": check_checkpoints}
    try:
        check_keys(options)
        found: dict[str, Any] = {"agrees": True, **checks[options.what](options)}
    except Disagreement as why:
        found = {"agrees": False, "why": str(why)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        print(json.dumps({"agrees": None, "why": f"cannot be read: {type(problem).__name__}"}))
        return 65
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["agrees"] else 1


if __name__ == "__main__":
    sys.exit(main())
