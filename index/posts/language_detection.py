"""The language that a text is written in, by its script and, where that is Latin, by the languages' commonest words.

Libraries for this are slow or large (langid, Lingua) or need a compiler (CLD2, fastText). A post has hundreds of words
of one language, so that counting is enough; what stays unclear is left to the site's setting.
"""

import re
from collections import Counter

from ..model import Code

# Characters that are looked at: about 150 words.
SAMPLE = 1_000
# Fewer words, and fewer different common ones, say too little: a title, a list of commands.
MIN_WORDS = 10
MIN_COMMON = 4
# The share of its commonest words that a text has at least. English prose has a third, a list of names next to none.
MIN_WORD_SHARE = 0.12
# How far the best language has to be above the next.
MARGIN = 1.25
# The share of the characters in another script. A page in Japanese about software is a third Latin, and more.
MIN_SCRIPT = 0.12
# Fewer letters of it are a name, or a heading that could be Japanese as well as Chinese.
MIN_LETTERS = 10
# The share of kana among Japanese characters is a half; a Chinese text has none.
MIN_KANA = 0.05

# Each script with the language that it stands for where no letter says otherwise.
SCRIPTS = {
    "ja": r"[\u3040-\u30ff]+",
    "zh": r"[\u3400-\u4dbf\u4e00-\u9fff]+",
    "ko": r"[\u1100-\u11ff\uac00-\ud7af]+",
    "ru": r"[\u0400-\u04ff]+",
    "el": r"[\u0370-\u03ff\u1f00-\u1fff]+",
    "ar": r"[\u0600-\u06ff\u0750-\u077f]+",
    "he": r"[\u0590-\u05ff]+",
    "hi": r"[\u0900-\u097f]+",
    "bn": r"[\u0980-\u09ff]+",
    "ta": r"[\u0b80-\u0bff]+",
    "te": r"[\u0c00-\u0c7f]+",
    "th": r"[\u0e00-\u0e7f]+",
    "ka": r"[\u10a0-\u10ff]+",
    "hy": r"[\u0530-\u058f]+",
}
# By the language that stands for a script: letters that only another one has, or has often.
PECULIAR = {
    "ru": {"uk": "іїєґ", "sr": "јђљњћџ", "bg": "ъ"},
    "ar": {"ur": "ےہٹڈڑ", "fa": "یکپچژگ"},
}
MIN_PECULIAR = 0.005

# Common words of the languages in Latin letters; a word that English has as well (German "in") stands there alone.
COMMON_WORDS = {
    "en": "the of and to in is that for it you with are this be as on not can or from will have an by if which",
    "de": "der und ist nicht das mit ein eine zu den sie auf für im sich des dem von auch werden oder wird wie als ich",
    "fr": "le les et des est une la un dans pour que qui vous pas du sur par avec ce sont ou au nous cette il",
    "es": "el la los las que y en un una para con por es del se su como más esto al este ser pero si lo",
    "pt": "o os que e em um uma para com não é do da dos das se por mais como ao você ser na no sua isso",
    "it": "il di che e la un una non è gli della le con sono del questo nel alla come più anche dei si lo",
    "nl": "de het een van en niet dat voor met zijn je op te aan deze ook als er naar wordt bij kan om worden uit",
    "sv": "och att det som en är på för av med inte den till ett om har kan du från jag eller så vi ska",
    "da": "og at det som er på til af med ikke den en et du kan der har fra jeg eller om vi skal være hvis",
    "no": "og at det som er på til av med ikke den en et du kan har fra jeg eller om vi skal være hvis blir etter",
    "fi": "ja ei että se joka ovat kun tai voi sen mutta jos niin myös tämä ole kuin ja sitä jotka voit sekä tämän",
    "et": "ja ei et mis kui või ka oma kes seda ning saab siis selle aga nii oli kuid peab välja pole",
    "hu": "az és hogy nem egy ez meg ha vagy mint csak de már lehet kell azt majd ezt még volt",
    "ro": "și de la în nu este o un care cu pe din pentru mai că sunt ce se sau prin acest dacă această fi al",
    "ca": "el els les i que en un una per amb és del al no es ho són com aquest aquesta més si però seva",
    "eu": "eta da ez bat du dira ere dute edo hau baina bere izan behar hori zen beste den duen egin dago ditu",
    "ga": "na agus ar tá le ag ní sé sí nach leis atá bhí gur mar seo chun nó ach iad siad",
    "id": "yang dan di untuk dengan ini dari tidak pada ke dalam adalah akan itu anda atau dapat oleh juga saya",
    "lt": "ir yra kad į su iš kaip tai ar bet jei taip ne nuo per apie jis buvo gali po kai tik",
    "tr": "ve bir bu için ile da de olarak değil gibi çok daha olan ne kadar veya ama sonra her var en ki",
    "pl": "na się nie jest że od jak dla po przez lub są oraz ale który tego może jeśli można",
    "cs": "na je se že pro jako nebo ale které jsou tak který při jeho může být také pokud které lze pomocí",
    "vi": "và của là có không được cho trong một các với này để những khi bạn người từ về tôi như thể đã",
}

_LATIN = re.compile("[\x00-\u036f]+")
"""Letters and signs that no script is told by."""
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPT = re.compile("|".join(f"(?P<{language}>{letters})" for language, letters in SCRIPTS.items()))
_SPEAKERS: dict[str, list[str]] = {}
for _language, _words in COMMON_WORDS.items():
    for _word in set(_words.split()):
        _SPEAKERS.setdefault(_word, []).append(_language)


def detect(head: str, text: str, code: tuple[Code, ...]) -> str:
    """Detect the language of a text from its head (title, summary) and its beginning, without code.

    Returns:
        An ISO 639-1 code; "" where the text is too short or too mixed to tell.
    """
    sample = head + _sample(text, code)
    script = "" if sample.isascii() else _script(sample)
    if not script:
        return _by_words(sample)
    enough = MIN_PECULIAR * len(sample)
    others = PECULIAR.get(script, {}).items()
    return next((other for other, letters in others if sum(map(sample.count, letters)) > enough), script)


def can_detect(language: str) -> bool:
    """Check whether a text in a language would be detected to be in it."""
    first = language.partition("-")[0]
    return first in COMMON_WORDS or first in SCRIPTS or any(first in others for others in PECULIAR.values())


def _sample(text: str, code: tuple[Code, ...]) -> str:
    pieces, at, room = [], 0, SAMPLE
    for block in (*code, Code(len(text), len(text), "")):
        piece = text[at : min(block.start, at + room)]
        pieces.append(piece)
        at, room = block.end, room - len(piece)
        if not room:
            break
    return " ".join(pieces)


def _script(sample: str) -> str:
    """Return the language that a text's script implies; "" for Latin."""
    counts: Counter[str] = Counter()
    for run in _SCRIPT.finditer(_LATIN.sub("", sample)):
        counts[run.lastgroup or ""] += len(run[0])
    japanese = counts["ja"] + counts["zh"]
    if counts["ja"] > MIN_KANA * japanese:
        counts["ja"], counts["zh"] = japanese, 0
    [(language, count)] = counts.most_common(1) or [("", 0)]
    return language if count >= max(MIN_LETTERS, MIN_SCRIPT * len(sample)) else ""


def _by_words(sample: str) -> str:
    """Return the language whose common words are the most frequent in a text."""
    words = _PLAIN_WORD.findall(sample.lower())
    common = [word for word in words if word in _SPEAKERS]
    counts = Counter([language for word in common for language in _SPEAKERS[word]])
    (first, most), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    varied = sum(first in _SPEAKERS[word] for word in set(common)) >= MIN_COMMON
    clear = len(words) >= MIN_WORDS and most >= MIN_WORD_SHARE * len(words) and most >= MARGIN * second
    return first if varied and clear else ""
