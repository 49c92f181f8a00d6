"""The cooperation agreement (PKS) as a value, and our own model wording of it. Pure."""
