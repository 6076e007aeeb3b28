"""Rules: YAML entries whose statements are data, parsed by a small grammar, checked before any filing is seen."""
