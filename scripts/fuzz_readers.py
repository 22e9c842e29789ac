"""Mutate exports until a reader fails: `fuzz_readers.py FAMILY... [--minutes 15]`.

Needs atheris, which is not installed with the project: `pip install atheris==3.0.0`
for Python 3.11. What must hold is what tests/formats/laws.py says. An input that
breaks it is left in the working folder, and belongs, made small, into
tests/formats/test_found_by_fuzzing.py.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[1] / "tests"


def main() -> None:
    """Fuzz the families named, in turn within one process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="+")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--corpus", help="folder that keeps what was found interesting")
    given = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(include=["synthesist.formats", "bibtexparser"]):
        from formats.laws import DICTIONARY, check
        from formats.seeds import SEEDS

    families: list[str] = given.families

    def run(data: bytes) -> None:
        """Choose the reader by the first byte, and give it the rest."""
        if data:
            check(data[1:], families[data[0] % len(families)])

    corpus = Path(given.corpus or tempfile.mkdtemp())
    corpus.mkdir(exist_ok=True)
    for place, family in enumerate(families):
        for number, text in enumerate(SEEDS[family]):
            seed = corpus / f"{family}-{number}"
            seed.write_bytes(bytes([place]) + text.encode())
    words = corpus.with_suffix(".words")
    words.write_text("".join(map(quoted, DICTIONARY)), encoding="ascii")
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={given.minutes * 60:.0f}",
            "-timeout=10",
            "-rss_limit_mb=1500",
            "-max_len=8192",
            f"-dict={words}",
            str(corpus),
        ],
        run,
    )
    atheris.Fuzz()


def quoted(word: str) -> str:
    """Return a word as a line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n'


main()
