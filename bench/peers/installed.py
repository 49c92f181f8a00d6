"""Installing the peers into var/bench: from Debian, and from npm in the versions of package.json.

Whatever goes wrong becomes `PeerMissing` with the last words of the installer; then the peer's rows say so.
"""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from bench.inputs import FOLDER
from bench.rows import PeerMissing, tell

HERE: Final = Path(__file__).parent
_ROOT: Final = HERE.parents[1]
_JARS: Final = tuple(
    Path("/usr/share/java") / name
    for name in ("pdfbox2.jar", "fontbox2.jar", "bcpkix.jar", "bcprov.jar", "bcutil.jar", "commons-logging.jar")
)
_LONGEST_INSTALL: Final = 150.0


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603  (installers and compilers, named here)
            command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST_INSTALL, check=False
        )
    except FileNotFoundError:
        raise PeerMissing(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise PeerMissing(f"{command[0]} took longer than {_LONGEST_INSTALL:.0f} s") from None
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise PeerMissing(f"{command[0]}: {words[-1][:200] if words else done.returncode}")


@cache
def system_packages() -> None:
    """What comes from Debian. Raises PeerMissing."""
    _run(["tools/system_packages.sh", "peers"], _ROOT)


@cache
def java() -> list[str]:
    """The command that starts the PDFBox loop. Raises PeerMissing."""
    system_packages()
    missing = [jar.name for jar in _JARS if not jar.exists()]
    if missing:
        raise PeerMissing(f"not in /usr/share/java: {', '.join(missing)}")
    classes = (FOLDER / "java").resolve()
    classes.mkdir(parents=True, exist_ok=True)
    path = ":".join(map(str, _JARS))
    tell("compiling bench/peers/SignLoop.java")
    _run(["javac", "-nowarn", "-cp", path, "-d", str(classes), str(HERE / "SignLoop.java")], _ROOT)
    return ["java", "-cp", f"{classes}:{path}", "SignLoop"]


@cache
def node() -> tuple[list[str], Path]:
    """The command that starts the Node loop, and where. Raises PeerMissing."""
    system_packages()
    folder = (FOLDER / "node").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_bytes()
    installed = folder / "package.json"
    if not (folder / ".done").exists() or not installed.exists() or installed.read_bytes() != wanted:
        (folder / ".npmrc").write_text("omit-lockfile-registry-resolved=true\nfund=false\naudit=false\n")
        installed.write_bytes(wanted)
        tell("installing @signpdf and libpdf with npm")
        _run(["npm", "install", "--no-progress"], folder)
        (folder / ".done").touch()
    shutil.copy(HERE / "sign_loop.mjs", folder)
    return ["node", "sign_loop.mjs"], folder
