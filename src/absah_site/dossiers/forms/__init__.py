"""The shape of what people type about a dossier."""
