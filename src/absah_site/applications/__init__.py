"""Applications of agencies that use certificates: who runs them, what they may ask, what they asked."""
