"""Forms made from the kinds of case."""
