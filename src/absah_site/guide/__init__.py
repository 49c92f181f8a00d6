"""The first steps in a demonstration: sign, check, forge, read the verdict. No other instance shows them."""
