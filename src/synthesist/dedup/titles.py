"""Titles in one form, what kind of report they announce, and how far two agree."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from rapidfuzz.distance import Indel

from synthesist.dedup.words import fold, plain
from synthesist.language import HAN, is_chinese

#: What a title says of the kind of report; the first that fits counts. A report of
#: one kind is never a duplicate of a report of another.
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "erratum",
        re.compile(
            r"^\W*(?:author |publisher |publishers |editorial )?(?:erratum|errata|corrigend(?:um|a)|correction)s?\b(?=\s*(?:$|[:.;,\[(-]|to\b|for\b|in\b|of\b|note\b))"
            r"|[\[(:.-]\s*(?:erratum|corrigendum|correction)\s*[\])]?\.?$"
            r"|\(vol\.? \w+,? (?:pgs?|pp?|art(?:icle)?(?: no)?)\.? [\w+ -]+,? (?:19|20)\d\d\)\.?$"
            r"|\([^()]{3,}\([^()]*(?:19|20)\d\d\)[^()]*\d[^()]*\(?[^()]*\d-\w*\d[^()]*\)?[^()]*\)\.?$"
            r"|\([^()]{3,}[;,] (?:19|20)\d\d[;,: ][^()]*\d-\w*\d[^()]*\)\.?$",
        ),
    ),
    (
        "retraction",
        re.compile(
            r"^\W*(?:notice of )?(?:partial )?retraction(?: note| notice)?\s*(?:$|[:.-]|to\b|of\b)"
            r"|[\[(:-]\s*retraction(?: of vol .*)?\s*[\])]?$"
            r"|^\W*expression of concern\b|^\W*withdrawal\s*[:.]"
        ),
    ),
    (
        "reply",
        re.compile(
            r"^\W*(?:(?:the )?authors?'?s?'? )?(?:in reply|reply|response)\b(?=\s*(?:$|[:.,;(\[-]|to\b|from\b|by\b))"
            r"|(?:[:.;?(\[]|\s-|\bauthors?'?s?'?)\s*(?:an? |in )?(?:reply|response)(?: (?:to|by|of) .{1,80})?\W*$"
            r"|^\W*(?:authors?|reviewers?)'?s? (?:reply|response)\b"
            r"|\breply to \w[^:]{0,60}$"
        ),
    ),
    (
        "comment",
        re.compile(
            r"^\W*(?:invited |editorial |expert |a )?(?:comment(?:ary|aries)?|comments)\s*(?:$|[:.\]-]|on\b|to\b|about\b)"
            r"|(?:[:.;?!(\[]|\s-|\beditorial|\binvited|\ba)\s*(?:comment|commentary|comments)(?: on .{1,100})?\W*$"
            r"|^\W*(?:re|regarding|letter|letter to the editors?|letter by .{1,80})\s*[:-]"
            r"|(?:[:.;?(\[]|\s-)\s*letters?(?: to the editors?)?\W*$"
            r"|^\W*letters? (?:to the editor|re|regarding|by)\b"
        ),
    ),
    (
        "summary",
        re.compile(
            r"^\W*(?:summar(?:y|ies) for patients|patient summary|plain language summary|(?:\w+ )?journal club|executive summary)\s*[:.-]"
            r"|[:.(\[-]\s*(?:an? |the )?(?:executive|plain language|patient) summary\W*$"
        ),
    ),
    (
        "protocol",
        re.compile(
            r"\b(?:study|trial|review|research|analysis) protocol\b|\bprotocol (?:for|of) (?:a|an|the)\b"
            r"|[:(\[-]\s*(?:a )?(?:\w+ ){0,3}protocol\W*$|\bprotocol\W*$"
            r"|\brationale and (?:study )?design\b|\bdesign and rationale\b|\bstatistical analysis plan\b"
        ),
    ),
)

#: Letters without one of which a title announces no kind, so that most are not searched.
_HINTS = (
    "errat",
    "corrig",
    "correct",
    "retract",
    "withdraw",
    "concern",
    "reply",
    "response",
    "comment",
    "letter",
    "regarding",
    "re:",
    "re-",
    "protocol",
    "rationale",
    "analysis plan",
    "summar",
    "journal club",
)

#: Brackets that databases add to a title, and that say nothing of its identity.
_NOTE = re.compile(
    r"[\[(]\s*(?:in |article in |abstract in |text in )?(?:\d+ refs?\.?|reviews?|letters?|abstracts?(?: only)?|see comments?|comments?|editorial"
    r"|errat(?:um|a)[^\])]{0,2}(?:appears?|published|in)\b.{0,400}|corrected(?: and republished)?.{0,200}|published errat.{0,300}"
    r"|retracted(?: article| paper)?.{0,120}|(?:electronic|online) (?:resource|first|only)|author'?s? transl\w*|transl\.?"
    r"|provisional abstract|structured abstract|conference abstract|meeting abstract|proceedings?|see editorial.{0,60}|comment (?:in|on).{0,200}"
    r"|with (?:discussion|comments?)|discussion.{0,40}|clinical trial.{0,60}|record supplied by publisher|case reports?|abstract (?:no\.?|number)? ?\w{1,8}"
    r"|(?:english|chinese|german|french|japanese|polish|spanish|italian|portuguese|russian|turkish|korean|dutch|swedish|danish|norwegian|finnish|czech"
    r"|hungarian|romanian|serbian|croatian|hebrew|arabic|persian|ukrainian|greek|bulgarian|slovak|slovenian|lithuanian|catalan|undetermined(?: language)?)"
    r"(?:\s*[,;/]?\s*(?:and )?(?:english|french|german|spanish|chinese|japanese))*)\s*[\])]+(?:\s*[\])])*\s*\.?(?=\s*$|\s*[\[(])",
    re.IGNORECASE,
)
#: Notes that hold brackets of their own; nothing of the title follows them.
_LONG_NOTE = re.compile(
    r"\s*[\[(]\s*(?:published )?(?:errat(?:um|a)|corrections?|corrigendum|comments?|retraction|update)\s+(?:appears?|published|in)\b.*$",
    re.IGNORECASE,
)
#: What an erratum adds to the title of the paper.
_ERRATUM = re.compile(
    r"^\W*(?:author |publisher |publisher's |editorial )?(?:erratum|errata|corrigend(?:um|a)|corrections?)\b(?: note)?(?: to| for| in| of)?\W+"
    r"|\W+(?:erratum|corrigendum|correction)\W*$|\s*\((?:vol|[^()]{3,}\([^()]*(?:19|20)\d\d\)|[^()]{3,}[;,] (?:19|20)\d\d).*$",
    re.IGNORECASE,
)
_FOREWORD = re.compile(
    r"^\W*(?:retracted(?: article| paper)?|withdrawn|article in press)\s*[:.\]]\s*",
    re.IGNORECASE,
)
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.:;'()/\u2010-\u2015-]{24,}")

#: Words that name a part of a journal and not a paper.
_COLUMN = re.compile(
    r"^(?:(?:guest |invited |from |the |an? )*(?:editor(?:s|ial|ials)?|introduction|preface|foreword|comments?|commentary|letters?|correspondence"
    r"|repl(?:y|ies)|response|authors?|errat(?:um|a)|corrigend(?:um|a)|correction|news|announcements?|abstracts?|contents|index|miscellaneous|obituary|discussion"
    r"|books?|reviews?|reviewers?|acknowledge?ments?|conclusions?|summary|overview|title|untitled|no|not|available|notes?|in|this|issue|special|to|of|and|on|for|journal"
    r"|club|highlights|perspectives?|viewpoint|opinion|messages?|president|presidents|welcome|poster|session|oral|presentations?|section|part|chapter|volume|number"
    r"|editors|chairs?|minitrack|workshop|proceedings|conference|symposium|case|report|research|article|\d+))(?:\s|$)"
)

#: How the titles begin that come back with every issue or every meeting.
_RECURRING = re.compile(
    r"(?:guest |the |an? )*(?:editors? |editorial|introduction to (?:the |this )?(?:special|minitrack|issue|section|volume|workshop|symposium|proceedings|mini)"
    r"|preface|foreword|message from|welcome|letters? from|minutes of|abstracts? (?:of|from)|proceedings of|index of|list of|in this issue)"
)

#: Parts of words that turn their meaning into another one of the same spelling.
OPPOSITES = (
    ("hyper", "hypo"),
    ("intra", "inter"),
    ("intra", "extra"),
    ("pre", "post"),
    ("micro", "macro"),
    ("over", "under"),
    ("anti", "pro"),
    ("male", "female"),
    ("men", "women"),
    ("man", "woman"),
    ("mono", "poly"),
    ("endo", "exo"),
    ("afferent", "efferent"),
    ("absorption", "adsorption"),
    ("prenatal", "perinatal"),
    ("in", "ex"),
    ("maternal", "paternal"),
    ("acute", "chronic"),
    ("homo", "hetero"),
    ("ad", "ab"),
)

#: What turns a word's meaning when it is put before it: `stable` and `unstable`.
_BEFORE = frozenset(
    [
        "a",
        "anti",
        "co",
        "de",
        "dis",
        "im",
        "in",
        "non",
        "post",
        "pre",
        "re",
        "sub",
        "super",
        "un",
    ]
)

#: Titles that differ in more words than these are not alike, whatever the words are.
FEW = 8

#: Words of which one more turns the meaning.
_TURNING = frozenset(("no", "non", "not", "without", "never", "anti", "pre", "post"))

_ROMAN = {
    name: str(place)
    for place, name in enumerate(
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"],
        start=1,
    )
}
_PART = re.compile(
    r"\b(part|phase|type|stage|grade|class|study|trial|experiment|section|series|volume|group|chapter|paper) ([ivx]{1,4}|[a-h])\b"
)
_DIGITS = re.compile(r"\d+")

#: Numbers that are written out, and their ordinals.
_SPELLED = {
    name: str(place)
    for names in (
        "one two three four five six seven eight nine ten eleven twelve",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th",
    )
    for place, name in enumerate(names.split(), start=1)
}

#: Words that a title may lose or gain without becoming another.
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "and",
        "or",
        "for",
        "to",
        "with",
        "by",
        "from",
        "as",
        "is",
        "are",
        "versus",
        "vs",
        "its",
        "their",
        "this",
        "that",
        "s",
        "using",
        "use",
        "und",
        "der",
        "die",
        "das",
        "la",
        "le",
        "el",
        "de",
        "du",
        "des",
        "les",
        "et",
        "y",
        "e",
        "o",
        "os",
        "as",
        "en",
    ]
)


class Title(NamedTuple):
    """A title as words, its other forms, and the kind of report it announces."""

    words: str
    others: tuple[str, ...]
    kind: str


def read_title(text: str, *others: str) -> Title:
    """Return a title in one form, without what databases add to it.

    Parameters
    ----------
    text : str
        The title as exported.
    *others : str
        The original or translated title where the export tells them apart.
    """
    bare = plain(text).strip()
    if bare[:12].lower().startswith(_STARTS):
        bare = _FOREWORD.sub("", bare)
    bare = _without_notes(bare)
    lowered = bare.lower()
    kind = ""
    if lowered.endswith((")", ").")) or any(hint in lowered for hint in _HINTS):
        for name, pattern in KINDS:
            if pattern.search(lowered):
                kind = name
                break
    if kind == "erratum":
        bare = _ERRATUM.sub("", bare) or bare
    forms = [fold(plain(other)) for other in others if other]
    if is_chinese(bare) and (found := _LATIN_RUN.search(bare)):
        forms.append(fold(found[0]))
        rest = bare.replace(found[0], " ")
        if len(HAN.findall(rest)) >= 8:
            # One title in two languages: each is a title of its own.
            bare = rest
    words = fold(bare)
    return Title(words, tuple(form for form in forms if form and form != words), kind)


def _without_notes(text: str) -> str:
    """Return a title without the brackets that databases add at its end."""
    if "[" in text or "(" in text:
        text = _LONG_NOTE.sub("", text) or text
    for _ in range(4):
        if not text.endswith(("]", ")", "].", ").")):
            break
        shorter = _NOTE.sub("", text).rstrip()
        if shorter == text or not shorter.strip(" .[]()"):
            break
        text = shorter
    return text


_STARTS = ("retracted", "withdrawn", "article in", "[retracted", "(retracted")


def is_weak(words: str) -> bool:
    """Tell whether many papers may have this title: it is short, or names a column."""
    if len(words) < 22 or words.count(" ") < 2:
        return not (is_chinese(words) and len(words) >= 10)
    if _RECURRING.match(words):
        return True
    rest = words
    for _ in range(12):
        found = _COLUMN.match(rest)
        if found is None:
            break
        rest = rest[found.end() :].lstrip()
    return len(rest) < 16


def in_digits(words: str) -> str:
    """Return a title with the numbers in it that are written out as digits."""
    return " ".join([_SPELLED.get(word, word) for word in words.split()])


def numbers_of(words: str) -> list[str]:
    """Return the numbers in a title; a Roman one or a letter counts after `part` and the like."""
    found = _DIGITS.findall(words)
    found += [_ROMAN.get(number, number) for _, number in _PART.findall(words)]
    return found


def is_number(word: str) -> bool:
    """Tell whether a word is a number in digits or a Roman one, or holds digits."""
    return word in _ROMAN or not word.isalpha()


class Difference(NamedTuple):
    """How two titles differ.

    `left` and `right` count words of one that have no counterpart in the other, and
    `slight` says that these are short or hold a digit; `numbers` is "same", "more"
    (one has all of the other's) or "differ".
    """

    left: int
    right: int
    numbers: str
    opposite: bool
    slight: bool


def title_difference(first: str, second: str) -> Difference:
    """Compare two titles word by word, spelling aside, Chinese ones sign by sign."""
    first, second = in_digits(first), in_digits(second)
    a, b = Counter(_units(first)), Counter(_units(second))
    left, right = list((a - b).elements()), list((b - a).elements())
    numbers = _compare_numbers(first, second)
    if any(map(_is_label, left)) and any(map(_is_label, right)):
        # Hepatitis A and hepatitis B, factor V and factor VIII.
        numbers = "differ"
    left = [word for word in left if word not in _SMALL]
    right = [word for word in right if word not in _SMALL]
    if "".join(left) == "".join(right):
        return Difference(0, 0, numbers, False, True)
    left, right = _without_joined(left, right, first, second)
    opposite = len(left) + len(right) <= FEW and any(
        _opposed(one, two) for one in left for two in right
    )
    for word in list(left):
        if word.isdigit():
            continue
        partner = _partner(word, right)
        if partner is not None:
            left.remove(word)
            right.remove(partner)
    if len(left) + len(right) <= 2 and not _TURNING.isdisjoint((*left, *right)):
        opposite = True
    left = [word for word in left if not word.isdigit() and not _is_label(word)]
    right = [word for word in right if not word.isdigit() and not _is_label(word)]
    slight = all(
        len(word) < 4 or not word.isalpha() for word in (*left, *right)
    ) and not is_chinese("".join((*left, *right)))
    return Difference(len(left), len(right), numbers, opposite, slight)


def _is_label(word: str) -> bool:
    """Tell whether a word is a letter or a Roman number."""
    return (len(word) == 1 and word.isascii() and word.isalpha()) or word in _ROMAN


def _units(words: str) -> list[str]:
    """Return the words of a title, and each Chinese sign as one."""
    return HAN.sub(r" \g<0> ", words).split() if is_chinese(words) else words.split()


def _without_joined(
    left: list[str], right: list[str], first: str, second: str
) -> tuple[list[str], list[str]]:
    """Drop the words that one title writes together and the other apart."""
    if not left or not right:
        return left, right
    joined = [word for word in left if _is_joined(word, second)]
    joined += [word for word in right if _is_joined(word, first)]
    if not joined:
        return left, right
    return (
        [word for word in left if not any(word in whole for whole in joined)],
        [word for word in right if not any(word in whole for whole in joined)],
    )


def _is_joined(word: str, words: str) -> bool:
    """Tell whether a word stands in a title as several."""
    return (
        len(word) > 3
        and word in words.replace(" ", "")
        and not any(word in other for other in words.split())
    )


def _partner(word: str, words: list[str]) -> str | None:
    """Return the word that is the same in another spelling."""
    best, found = 0.0, None
    for other in words:
        if other.isdigit():
            continue
        alike = Indel.normalized_similarity(word, other)
        shorter = min(len(word), len(other))
        if shorter >= 3 and (word.startswith(other) or other.startswith(word)):
            alike = max(alike, 0.8)
        if alike > best:
            best, found = alike, other
    return found if best >= 0.72 else None


def _opposed(first: str, second: str) -> bool:
    """Tell whether two words differ in a part that turns the meaning."""
    if first[-2:] != second[-2:]:
        return False
    short, long = sorted((first, second), key=len)
    if len(short) > 3 and long.endswith(short) and not long.startswith("ae"):
        before = long[: -len(short)]
        if before in _BEFORE and before != short[0]:
            return True
    for one, two in OPPOSITES:
        for a, b in ((one, two), (two, one)):
            if (
                first.startswith(a)
                and second.startswith(b)
                and first[len(a) :] == second[len(b) :]
            ):
                return True
    return False


def _compare_numbers(first: str, second: str) -> str:
    """Compare the numbers in two titles."""
    a, b = numbers_of(first), numbers_of(second)
    if a == b or "".join(sorted("".join(a))) == "".join(sorted("".join(b))):
        return "same"
    one, two = Counter(a), Counter(b)
    if not one - two or not two - one:
        return "more"
    return "differ"
