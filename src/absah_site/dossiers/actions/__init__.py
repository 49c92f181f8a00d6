"""The only writers of dossiers: prepare and send, sign and answer, follow and end."""
