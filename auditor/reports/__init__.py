"""Reports: one module per output format. They show what the engine computed and compute nothing themselves."""
