"""The command `check`."""

from __future__ import annotations

from pathlib import Path

import click

from synthesist.cli.output import echo_json

#: The parts of a review that are counted when nothing is wrong with it.
PARTS = ("records", "decisions", "studies", "arms", "results", "reported")


@click.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(folder: Path, as_json: bool) -> None:
    """Report every problem of the review in FOLDER at once.

    What its printed numbers say of each other follows: a contradiction is a
    question to the authors and no problem of the folder.
    """
    from synthesist.actions.check_numbers import check_numbers_of_review
    from synthesist.actions.check_review import check_review

    review = check_review(folder)
    numbers = check_numbers_of_review(review)
    counts = {part: len(getattr(review, part)) for part in PARTS}
    counts["analyses"] = len(review.protocol.analyses)
    if as_json:
        echo_json(
            {
                "folder": str(folder),
                "problems": [],
                "counts": counts,
                "numbers": numbers.to_dict(),
            }
        )
        return
    held = ", ".join(f"{count} {part}" for part, count in counts.items())
    click.echo(f"Nothing is wrong with {folder}: {held}.")
    for line in numbers.lines():
        click.echo(line)
