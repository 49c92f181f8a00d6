"""What the documents promise about the command line happens: the tutorial, and the settings that change a command."""

from datetime import timedelta
from pathlib import Path

from absah.adapters.totp import STEP_SECONDS, code_at, read_base32
from absah.kernel.clock import SystemClock, instant
from tests.endtoend.conftest import Absah


def test_the_tutorial_ends_as_it_says(absah: Absah, sign, tmp_path: Path) -> None:
    """docs/tutorials/first-signature.md: sign in a box, verify with and without the instance, spoil."""
    mine, signed, spoilt = (tmp_path / name for name in ("mine.pdf", "mine-signed.pdf", "spoilt.pdf"))
    mine.write_bytes((absah.data / "agreement-unsigned.pdf").read_bytes())

    assert sign(0, mine, signed, "--box", "1,60,60,190,70").status == 0
    assert absah("verify", signed).status == 0
    assert Absah(tmp_path / "nowhere")("verify", signed).status == 2

    octets = bytearray(signed.read_bytes())
    octets[len(octets) // 3] ^= 1
    spoilt.write_bytes(octets)

    assert absah("verify", spoilt).status == 1


def test_an_instance_can_demand_a_one_time_code_of_the_command_line(
    absah: Absah, credentials: dict, sign, tmp_path: Path
) -> None:
    """docs/reference/settings.md: `cli_second_factor`."""
    source, target = absah.data / "agreement-unsigned.pdf", tmp_path / "out.pdf"
    settings = absah.data / "absah.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"{before}cli_second_factor = true\n", encoding="utf-8")
    try:
        refused = sign(1, source, target)
        assert (refused.status, refused.facts["error"]) == (1, "signer.factor-missing")
        assert not target.exists()

        # The code of the next step: the present one may have been used by the demo, and each serves once.
        soon = instant(SystemClock().now() + timedelta(seconds=STEP_SECONDS))
        code = code_at(read_base32(credentials["signers"][1]["totp_secret"]), soon)
        assert sign(1, source, target, "--totp", code).status == 0
    finally:
        settings.write_text(before, encoding="utf-8")
