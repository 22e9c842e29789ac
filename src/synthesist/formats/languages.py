"""Languages by their two-letter codes."""

from __future__ import annotations

import re
from functools import lru_cache

#: ISO 639-1 code: MEDLINE's three letters, and the names exports use.
_LANGUAGES = {
    "af": "afr afrikaans",
    "ar": "ara arabic",
    "az": "aze azerbaijani",
    "bg": "bul bulgarian",
    "bs": "bos bosnian",
    "ca": "cat catalan",
    "cs": "cze ces czech",
    "cy": "wel cym welsh",
    "da": "dan danish",
    "de": "ger deu german deutsch",
    "el": "gre ell greek",
    "en": "eng english en-us en-gb 英文 英语",
    "eo": "epo esperanto",
    "es": "spa spanish castilian español",
    "et": "est estonian",
    "eu": "baq eus basque",
    "fa": "per fas persian farsi",
    "fi": "fin finnish",
    "fr": "fre fra french français",
    "gl": "glg galician",
    "he": "heb hebrew",
    "hi": "hin hindi",
    "hr": "hrv scr croatian",
    "hu": "hun hungarian",
    "hy": "arm hye armenian",
    "id": "ind indonesian",
    "is": "ice isl icelandic",
    "it": "ita italian",
    "ja": "jpn japanese",
    "ka": "geo kat georgian",
    "ko": "kor korean",
    "la": "lat latin",
    "lt": "lit lithuanian",
    "lv": "lav latvian",
    "mk": "mac mkd macedonian",
    "ms": "may msa malay",
    "nl": "dut nld dutch flemish",
    "no": "nor norwegian",
    "pl": "pol polish",
    "pt": "por portuguese",
    "ro": "rum ron romanian moldavian",
    "ru": "rus russian",
    "sk": "slo slk slovak slovakian",
    "sl": "slv slovenian slovene",
    "sq": "alb sqi albanian",
    "sr": "srp scc serbian",
    "sv": "swe swedish",
    "th": "tha thai",
    "tr": "tur turkish",
    "uk": "ukr ukrainian",
    "ur": "urd urdu",
    "uz": "uzb uzbek",
    "vi": "vie vietnamese",
    "zh": "chi zho chinese cn zh-cn mandarin 中文 汉语 中文(简体)",
}

_CODES = {
    name: code for code, names in _LANGUAGES.items() for name in (code, *names.split())
}

_SEPARATORS = re.compile(r"\s*[;,/|；、]\s*|\s+and\s+")


@lru_cache(maxsize=1 << 10)
def normalise_languages(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return two-letter codes; a language without one keeps its name."""
    found: dict[str, None] = {}
    for value in values:
        for part in _SEPARATORS.split(value):
            word = part.strip(" .()[]").lower()
            if word and word not in {"undefined", "und", "n/a"}:
                found[
                    _CODES.get(word)
                    or _CODES.get(word[:2] if "-" in word else "", part.strip())
                ] = None
    return tuple(found)


def medline_code(code: str) -> str:
    """Return MEDLINE's three letters for a two-letter code, or what was given."""
    names = _LANGUAGES.get(code)
    return names.split()[0] if names else code
