"""Reading a PDF without reading all of it: only what a question needs is fetched, and nothing odd is repaired."""
