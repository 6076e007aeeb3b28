"""PDF: characters, rulings, tables and lines of pages, also of scanned ones."""
