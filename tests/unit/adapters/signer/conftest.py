"""The signer's house for all tests of this folder."""

from tests.fixtures_signer import bare_house, house, open_house, signer_root

__all__ = ["bare_house", "house", "open_house", "signer_root"]
