from tests.fixtures_pki import pki

__all__ = ["pki"]
