"""The examples of a page: what they run, and what they say they print.

A ```python block runs in the names of the blocks before it on the page. A ```text
block right after it is what it prints. In a ```console block a line that begins
with ``$`` is a command, and the lines below it are what that prints. A line of
three dots stands for any number of lines.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs" / "data"
ANY = "..."

FENCE = re.compile(
    r"^```(?P<kind>python|text|console)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block: its kind, its text, and where that lies in the page."""

    kind: str
    body: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Example:
    """Something that runs; `shown` is None where the page says nothing of its output."""

    code: Block
    shown: str | None = None
    output: Block | None = None


@dataclass
class Session:
    """The names and the folder in which the examples of a page run."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for file in DATA.iterdir():
            shutil.copy(file, self.folder)

    def run(self, example: Example) -> str:
        """Return what a block prints; that of a console holds its commands too."""
        if example.code.kind == "console":
            return console(example.code.body)
        text = io.StringIO()
        code = "\n" * (example.code.line - 1) + example.code.body
        with redirect_stdout(text):
            exec(compile(code, "<page>", "exec"), self.names)  # noqa: S102
        return text.getvalue()


def pages() -> list[Path]:
    """Return every page that may hold examples."""
    docs = sorted((ROOT / "docs").rglob("*.md"))
    return [ROOT / "README.md", *(page for page in docs if "_build" not in page.parts)]


def pictures(text: str) -> list[str]:
    """Return the names of the drawings that a page shows, by its own examples."""
    return re.findall(r"!\[[^\]]*\]\((?:\.\./)*images/([\w-]+\.svg)\)", text)


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [
        Block(
            kind=found["kind"],
            body=found["body"],
            start=found.start("body"),
            end=found.end("body"),
            line=text.count("\n", 0, found.start("body")) + 1,
        )
        for found in FENCE.finditer(text)
    ]


def examples(text: str) -> list[Example]:
    """Return what runs on a page, with what it is said to print."""
    found: list[Example] = []
    before: Block | None = None
    for block in blocks(text):
        if block.kind == "python":
            found.append(Example(block))
        elif block.kind == "console":
            found.append(Example(block, shown=block.body, output=block))
        elif before and before.kind == "python" and _adjoin(text, before, block):
            found[-1] = Example(before, shown=block.body, output=block)
        before = block
    return found


def console(body: str) -> str:
    """Run the commands of a console block and return it with what they print."""
    text = io.StringIO()
    for command in commands(body):
        text.write(f"$ {command}\n")
        with redirect_stdout(text), redirect_stderr(text):
            _run(shlex.split(command))
    return text.getvalue()


def commands(body: str) -> Iterator[str]:
    """Yield the commands of a console block."""
    for line in body.splitlines():
        if line.startswith("$ "):
            yield line.removeprefix("$ ")


def agrees(shown: str, printed: str) -> bool:
    """Say whether the page shows what is printed, but for dots and ends of lines."""
    wanted, given = _lines(shown), _lines(printed)
    if ANY not in wanted:
        return wanted == given
    pattern = "\n".join(
        r"[\s\S]*?" if line == ANY else re.escape(line) for line in wanted
    )
    return re.fullmatch(pattern, "\n".join(given)) is not None


def refreshed(text: str, printed: Mapping[Block, str]) -> str:
    """Return a page with the outputs that do not agree replaced."""
    for block in sorted(printed, key=lambda block: -block.start):
        if not agrees(block.body, printed[block]):
            lines = "\n".join(_lines(printed[block]))
            text = f"{text[: block.start]}{lines}\n{text[block.end :]}"
    return text


def _run(words: Sequence[str]) -> None:
    """Run one command of a console block."""
    from synthesist.cli.main import main

    name, *arguments = words
    if name == "cat":
        print(Path(arguments[0]).read_text(encoding="utf-8"), end="")
        return
    if name != "synthesist":
        raise ValueError(f"an example runs synthesist or cat, not {name}")
    try:
        main(arguments)
    except SystemExit as end:
        # A page that shows an error shows the status with it; others fail by it.
        if end.code:
            print(f"(exit status {end.code})")


def _adjoin(text: str, before: Block, after: Block) -> bool:
    """Say whether nothing but the two fences lies between two blocks."""
    return re.fullmatch(r"```\s*```text\n", text[before.end : after.start]) is not None


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
