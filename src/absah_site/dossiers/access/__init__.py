"""The readers of dossiers: what waits for whom, who may see which document, and what everybody learns by its QR."""
