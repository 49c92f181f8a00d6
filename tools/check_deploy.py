"""Django's own check of a production-like instance: made on the spot, served over HTTPS, thrown away."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="absah-check-") as folder:
        data = Path(folder)
        (data / "secrets").mkdir()
        (data / "secrets" / "django.key").write_bytes(bytes(range(64)))
        (data / "absah.toml").write_text(
            'role = "agency"\nbase_url = "https://absah.example"\nname = "Check"\n', encoding="utf-8"
        )
        environment = os.environ | {
            "ABSAH_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "absah_site.settings.instance",
            "PYTHONPATH": str(ROOT / "src"),
        }
        return subprocess.run(
            [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
            env=environment,
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
