"""Which figures explain the failing checks, what they should be, and what happened to them."""
