"""What every door of the program shares: settings, inputs, originals, output files."""
