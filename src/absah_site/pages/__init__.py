"""Home, health, static repository."""
