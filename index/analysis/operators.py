"""Operators, arrows, mathematical signs and emoji: words of their own."""

import re

from .tokens import Tokens

# What has a meaning of its own between words, and is searched for; other runs of these signs only draw lines.
CODE_OPERATORS = frozenset(
    "-> => <- <-> ->> ~> := == != === !== <= >= <=> <> << >> <<< >>> && || ?? ?. ?: !! .. ... ..= ..< ::= :: ++ +="
    " -= *= /= |= &= ^= **= <<= >>= >>>= &&= ||= ??= &^ ** // |> <| >=> =~ !~ ~= =/= <$> <*> <|>".split()
)
LONGEST_OPERATOR = max(map(len, CODE_OPERATORS))

# Signs before an operand, which follow an operator without a space: `:=&x`, `==-1`, `&&!done`, `collect::<T>`.
_BEFORE_OPERANDS = re.compile(r"[-+*&!~^$<.]{0,2}")

# Signs that ASCII has not: arrows and mathematics; pictures and emoji, of which some are made of several.
_SYMBOL = "[\u00ac\u00b1\u00d7\u00f7\u2190-\u22ff\u27c0-\u27ff\u2900-\u2aff]"
_PICTURE = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_LOOKS = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
_EMOJI = rf"{_PICTURE}{_LOOKS}*(?:\u200d{_PICTURE}{_LOOKS}*)*"

_LOOK = re.compile(_LOOKS)

# The sign before a name is the name's: `HOME=$PWD`, `C#/.NET`.
OPERATOR_PATTERN = rf"(?![=/|][-.$][^\W_]) [-=<>:.+*/&|!?~^$]{{2,}} | {_SYMBOL} | {_EMOJI}"


def operator(run: str) -> str | Tokens:
    """Return the operator that a run of signs is or begins with, an arrow or an emoji; nothing for other signs."""
    if not run.isascii():
        return _LOOK.sub("", run) or run
    for end in range(min(len(run), LONGEST_OPERATOR), 1, -1):
        found, rest = run[:end], run[end:]
        if found in CODE_OPERATORS and _BEFORE_OPERANDS.fullmatch(rest) and rest[:1] != found[-1]:
            return found if not rest else Tokens([found], [0], [end], [])
    return Tokens([], [], [], [])
