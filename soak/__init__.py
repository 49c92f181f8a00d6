"""Long runs that CI has no time for: `make soak`, or `python -m soak`. They end with one JSON object."""
