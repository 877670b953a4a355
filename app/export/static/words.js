// Cuts texts into words as the index has them, and reads queries. See index/analysis/ and docs/query-language.md.

const LETTER = "\\p{L}\\p{N}\\p{M}";
const CJK =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const TOKEN = new RegExp(
  `[${CJK}]+` +
    `|(?<![^\\s"'\`(\\[{<|,=/])(?:--?|[$@.])(?=[\\p{L}_])[${LETTER}_-]+` +
    `|[vV]?\\d+(?:\\.\\d+)+` +
    `|(?:(?![${CJK}])[${LETTER}])+(?:['’](?=\\p{L})(?:(?![${CJK}])[${LETTER}])+|[-_]+(?:(?![${CJK}])[${LETTER}])+)*(?:\\+\\+|#)?` +
    `|[-+*/=<>!&|:?^~%]{2,}`,
  "gu",
);
const ONLY_CJK = new RegExp(`^[${CJK}]+$`, "u");
// The parts of identifiers; see index/analysis/identifiers.py.
const HUMP =
  /[A-Z]{2,}s(?![a-z])|[A-Z]{2,}(?=v\d)|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z][a-z\d]*|[A-Z\d]+(?![a-z])|[A-Z\d]+/g;
const HUMPED = /^(?!0[xX]).*(?:[a-z\d][A-Z]|[A-Z]{2}[a-z])/;
// The spellings of Devanagari; see index/analysis/folding.py.
const NASALS = /ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])|ँ/g;
const REPLACED = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ħ: "h", ı: "i" };

export function fold(word) {
  const plain = word
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u00ad\u200b-\u200d\u2060\u093c]/g, "")
    .replace(NASALS, "ं")
    .normalize("NFC")
    .toLowerCase();
  const folded = plain
    .replace(/[ßæœøłđðþħı]/g, (letter) => REPLACED[letter])
    .replace(/['’]s$/, "")
    .replace(/['’]/g, "");
  return [...folded].slice(0, 64).join("");
}

// The tokens of a text: each with the term of the whole, or its parts, each with its offsets.
export function* tokens(text) {
  for (const found of text.matchAll(TOKEN)) {
    const [word, start] = [found[0], found.index];
    if (ONLY_CJK.test(word)) yield { start, end: start + word.length, whole: [], parts: pairs(word, start) };
    else yield { start, end: start + word.length, ...pieces(word, start) };
  }
}

function pairs(word, start) {
  const signs = [...word];
  if (signs.length < 2) return [{ term: word, start, end: start + word.length }];
  let at = start;
  return signs.slice(1).map((sign, place) => {
    const [begin, pair] = [at, signs[place] + sign];
    at += signs[place].length;
    return { term: fold(pair), start: begin, end: begin + pair.length };
  });
}

function pieces(word, start) {
  const parts = [];
  for (const run of word.matchAll(/[^-_$@.+#]+/g)) {
    const cut =
      /^[\x00-\x7f]*$/.test(run[0]) && HUMPED.test(run[0]) ? [...run[0].matchAll(HUMP)] : [{ 0: run[0], index: 0 }];
    for (const piece of cut) {
      const begin = start + run.index + piece.index;
      parts.push({ term: fold(piece[0]), start: begin, end: begin + piece[0].length });
    }
  }
  const signed = /^[-$@.+*/=<>!&|:?^~%]/.test(word) ? [word.toLowerCase()] : [];
  const joined = /\d\.\d|[+#]$/.test(word)
    ? word.toLowerCase().replace(/^v/, "")
    : parts.map((part) => part.term).join("");
  return {
    whole: [...signed, ...(joined ? [joined] : [])],
    parts: parts.length ? parts : [{ term: word, start, end: start + word.length }],
  };
}

const FIELDS = ["tag", "author", "language", "year", "after", "before", "title", "in"];
const SQL = /^(NULL|IN|EXISTS|LIKE|BETWEEN|DISTINCT)$/;
const CLAUSE = /(-?)(?:(\p{L}+):(?=\S))?(?:"([^"]*)"?|(\S+))/gu;

// A query: clauses and filters that are all required, each with alternatives; and what cannot be done without a server.
export function parse(query) {
  const read = { clauses: [], filters: [], left: [] };
  let excluding = false, choosing = false, before = null; // prettier-ignore
  const found = [...query.slice(0, 1000).matchAll(CLAUSE)].slice(0, 32);
  found.forEach(([all, minus, name, quoted, plain], place) => {
    const isSql = all === "NOT" && SQL.test(found[place + 1]?.[0]);
    if (place && place + 1 < found.length && !isSql && /^(AND|OR|NOT)$/.test(all)) {
      if (all === "NOT") excluding = true;
      if (all === "OR") choosing = true;
      return;
    }
    const field = FIELDS.includes(name?.toLowerCase()) ? name.toLowerCase() : "";
    const negative = excluding || (minus === "-" && found.length > 1);
    excluding = false;
    const isFilter = Boolean(field && field !== "title");
    const others = choosing && !negative && !before?.negative ? before : null;
    choosing = false;
    // A word or a filter: for either, an article would have to be looked up in both.
    if (field === "in" || (others && isFilter !== Boolean(others.alternatives))) {
      read.left.push(all);
      return;
    }
    if (isFilter) {
      const filter = { name: field, value: (quoted ?? plain).toLowerCase() };
      if (others) others.alternatives.push(filter);
      else read.filters.push((before = { alternatives: [filter], negative }));
      return;
    }
    const text = quoted ?? (field || !name ? plain : `${name}:${plain}`);
    const written = field || negative || !minus ? text : minus + text;
    const unit = unitOf(written, quoted !== undefined, field === "title");
    if (!unit) return;
    if (others) others.units.push(unit);
    else read.clauses.push((before = { units: [unit], negative }));
  });
  return read;
}

function unitOf(text, isPhrase, inTitle) {
  const prefix = !isPhrase && /^[^*]{2,}\*$/u.test(text);
  const words = [...tokens(prefix ? text.slice(0, -1) : text)];
  return words.length
    ? { text, words, isPhrase: isPhrase && words.length + words[0].parts.length > 2, prefix, inTitle }
    : null;
}
