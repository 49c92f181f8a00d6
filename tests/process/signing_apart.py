"""The first half of a signature, in a process that has no key: `python -m tests.process.signing_apart FOLDER`.

It takes the document and the signer's certificates from the folder and leaves there what the second half needs.
"""

import json
import sys
from pathlib import Path

from tests.fakes.signing import CREDENTIAL, NOW

from absah.adapters.engines import ChosenEngine
from absah.adapters.file_source import FileSource
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.levels import Level
from absah.signing.ports import CredentialState, CredentialView
from absah.signing.preparation import prepare
from absah.signing.request import Drafted


def main(folder: Path) -> None:
    """Prepare `in.pdf`."""
    certificate, *chain = (path.read_bytes() for path in sorted(folder.glob("*.cer")))
    signer = CredentialView(
        certificate=certificate,
        chain=tuple(chain),
        key_algorithm=KeyAlgorithm.P256,
        state=CredentialState.ACTIVE,
    )
    with FileSource(folder / "in.pdf") as document:
        draft = Drafted(document=document, credential=CREDENTIAL, level=Level.B_T)
        prepared = prepare(draft, signer, ChosenEngine(), now=NOW)
    reserved = prepared.reserved
    (folder / "appended").write_bytes(reserved.appended)
    said = {
        "byte_range": reserved.byte_range,
        "digest": reserved.digest.hex(),
        "field": reserved.field_name,
        "attributes": prepared.signed_attributes.hex(),
    }
    (folder / "prepared.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
