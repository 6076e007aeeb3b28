"""YAML files as checked trees that know their lines, and the keys that their entries may have."""
