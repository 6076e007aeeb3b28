"""The command line: `auditor check`, `auditor read`, `auditor rules …`."""
