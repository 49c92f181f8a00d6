"""Opens an instance for a command: its settings, Django, and the signer process."""

import os
from pathlib import Path

import django

from absah.adapters.signer_client import SignerClient, ensure_signer
from absah_site.config import Config, load_config


def default_data() -> Path:
    """`$ABSAH_DATA`, else `var/`."""
    return Path(os.environ.get("ABSAH_DATA") or "var")


def open_instance(data: Path, /) -> Config:
    """Set Django up for the instance in `data`. Raises `site.no-instance`."""
    data = data.resolve()
    config = load_config(data)
    os.environ["ABSAH_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "absah_site.settings.instance"
    django.setup()
    return config


def open_signer(config: Config, /) -> SignerClient:
    """The instance's signer; a process is started for it when none runs."""
    return ensure_signer(config.data)
