"""From a document to a filing: which table is which official form, and which fact each cell is."""
