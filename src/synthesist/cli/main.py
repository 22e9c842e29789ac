"""The command `synthesist`."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="synthesist")
def main() -> None:
    """Synthesise evidence, from the search export to the published answer."""
