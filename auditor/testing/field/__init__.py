"""Measured on published filings: what is read and checked of them, and which changed figures are found and named.

Published tables are printed by systems and nearly always right, so what is reported on them is nearly always a fault
of the program; what is changed in one figure at a time, in the document as read, should be found.
"""
