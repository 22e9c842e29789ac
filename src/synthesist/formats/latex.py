r"""Decode LaTeX as bibliographies use it: accents, symbols, protecting braces.

What is not known is left as it stands: a per cent sign in an abstract is no
comment, and an unknown command is better seen than dropped.
"""

from __future__ import annotations

import re
import unicodedata

#: Accent commands and the character that combines.
_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}

_SYMBOLS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "dj": "đ",
    "DJ": "Đ",
    "ng": "ŋ",
    "NG": "Ŋ",
    "S": "§",
    "P": "¶",
    "pm": "±",
    "times": "×",
    "cdot": "·",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "neq": "≠",
    "approx": "≈",
    "sim": "∼",
    "infty": "∞",
    "degree": "°",
    "textdegree": "°",
    "circ": "°",
    "copyright": "©",
    "textregistered": "®",
    "texttrademark": "™",
    "textmu": "µ",
    "mu": "μ",
    **{name: name for name in ("TeX", "LaTeX", "BibTeX")},
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "textendash": "–",
    "textemdash": "—",
    "textquoteleft": "‘",
    "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "ldots": "…",
    "dots": "…",
    "textasciitilde": "~",
    "textbackslash": "\ue002",
    "textless": "<",
    "textgreater": ">",
    "rightarrow": "→",
    "to": "→",
    "leftarrow": "←",
    "euro": "€",
    "pounds": "£",
    "textunderscore": "_",
    "textbar": "|",
    "textasciicircum": "^",
    "backslash": "\\",
    "textbraceleft": "\ue000",
    "textbraceright": "\ue001",
    "textalpha": "α",
    "textbeta": "β",
    "textgamma": "γ",
    "textdelta": "δ",
}

#: Commands that only change how their text looks.
_STYLES = re.compile(
    r"\\(?:text(?:it|bf|rm|sf|tt|sc|sl|up|normal|superscript|subscript)|emph|mbox|mathrm|mathit"
    r"|mathbf|uppercase|hbox|enquote|ensuremath|url|href)\s*(?=\{)"
)
_ACCENT = re.compile(
    r"\\(?:([`'^~=.\"])\s*|([uvHcdbkr])(?:\s+|(?=\{)|(?=\\[ij]\b)))"
    r"(?:\{\s*(\\[ij]|[^\W\d_])\s*\}|(\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)(?:\{\}|[ ]?)")
_ESCAPED = re.compile(r"\\([&%$#_{}, ;!/@-])")
_MATH = re.compile(
    r"(?<!\\)\$([^$\\]{0,200}(?:\\[A-Za-z]++[^$\\]{0,200}+){0,20}+)(?<!\\)\$"
)


def decode_latex(text: str) -> str:
    """Return text as it would be printed."""
    if "~" in text and "://" not in text:
        text = _TIE.sub(" ", text)
    if "``" in text or "''" in text:
        text = text.replace("``", "“").replace("''", "”")
    if "---" in text:
        text = text.replace("---", "—")
    if "\\" in text or "$" in text:
        text = text.replace("\\(", "$").replace("\\)", "$")
        text = _ACCENT.sub(_accented, text)
        text = _STYLES.sub("", text)
        text = _MATH.sub(_formula, text)
        text = _COMMAND.sub(_symbol, text)
        text = _ESCAPED.sub(_plain, text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    return text.translate(_KEPT) if _KEPT_ASIDE.search(text) else text


#: What is meant is kept aside while what protects and commands is removed.
_KEPT = {0xE000: "{", 0xE001: "}", 0xE002: "\\"}

_BLANKS = re.compile(" {2,}")
_KEPT_ASIDE = re.compile("[\ue000-\ue002]")
_TIE = re.compile(r"(?<![\\\s/:])~(?![\s/])")


def _accented(found: re.Match[str]) -> str:
    """Put an accent on a letter."""
    letter = (found[3] or found[4]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[found[1] or found[2]])


def _symbol(found: re.Match[str]) -> str:
    """Return what a command stands for; an unknown one stays."""
    return _SYMBOLS.get(found[1], found[0])


def _plain(found: re.Match[str]) -> str:
    """Return an escaped character; braces are kept from being taken for protection."""
    character = found[1]
    return {
        "{": "\ue000",
        "}": "\ue001",
        ",": " ",
        ";": " ",
        "!": "",
        "/": "",
        "-": "",
    }.get(character, character)


def _formula(found: re.Match[str]) -> str:
    """Take the dollars from a formula when it is one: letters, commands, scripts."""
    inside = found[1]
    if re.search(r"[\\^_={}<>]", inside) or len(inside) < 12:
        # A command ends with the formula; the blank behind it is a blank.
        return _COMMAND.sub(_symbol, re.sub(r"[\^_]", "", inside))
    return found[0]


def encode_latex(text: str) -> str:
    """Escape what LaTeX would take for a command; letters stay as they are."""
    return _SPECIAL.sub(
        lambda found: _ESCAPES.get(found[0]) or "{}".join(found[0]), text
    )


_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "@": r"\@",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile(r"[\\{}%&$#_~^@]|`{2,}|'{2,}|-{3,}")
