"""Pictures for signatures."""

import io

from PIL import Image


def png(width: int, height: int) -> bytes:
    """A plain picture of this size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (20, 60, 120)).save(file, "PNG")
    return file.getvalue()
