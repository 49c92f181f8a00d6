"""Commands that need no database: lint, inspect. `absah_site.cli` calls them."""
