"""Word processor files: DOCX, DOC, and others by way of LibreOffice."""
