"""Django's settings: `base` is common, `instance` reads a data folder, `test` is for the suite and for tools."""
