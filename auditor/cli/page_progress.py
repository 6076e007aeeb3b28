"""How far the recognition of pages that are pictures is, on the terminal: it takes seconds a page."""

from __future__ import annotations

import sys

import click

from auditor.messages import say


def show_pages() -> None:
    """Have the terminal told of every page that is recognised; where there is no terminal nothing is."""
    if sys.stderr.isatty():
        from auditor.sandbox import on_pages

        on_pages(tell_pages)


def tell_pages(done: int, total: int) -> None:
    """Write one line over the one before, and leave the cursor at its beginning for what comes next."""
    click.echo(f"\r\x1b[K{say('cli.recognising', done=done, total=total)}\r", err=True, nl=False)
