"""Keys in PKCS #11 tokens (HSM, smart card, SoftHSM): used only from worker processes of one thread each (D4a)."""
