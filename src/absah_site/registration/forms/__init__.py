"""What people type, by who types it. Values of the library check themselves; their words stand at the field."""
