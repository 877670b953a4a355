// Cuts out of a text what answers a query.

import { article, text } from "./files.js";
import { tokens } from "./words.js";

// Characters of a passage, and lines of one that is code.
const PASSAGE = 240;
const LINES = 6;
// What code counts where a passage is chosen: prose explains it.
const IN_CODE = 0.7;

// What of an article answers: the section, its address, and pieces of text, those that are marked known by `mark`.
export async function passage({ doc, parts }, clauses) {
  const { url } = await article(doc);
  const part = await text(doc, parts[0] ?? 0);
  const marks = occurrences(part.text, clauses);
  for (const mark of marks) mark.isCode = part.code.some(([start, end]) => start <= mark.start && mark.start < end);
  const code = marks.length && part.code.find(([start, end]) => start <= best(marks).start && best(marks).start < end);
  const [start, end] = code
    ? listing(part.text, code, best(marks).start)
    : prose(part, marks.length ? best(marks).start : 0);
  const section = part.sections.findLast(([, , from]) => from <= (marks.length ? best(marks).start : 0)) ?? ["", "", 0];
  const inside = marks.filter((mark) => mark.start >= start && mark.end <= end);
  const pieces = cut(part.text, start, end, inside);
  const anchor = section[1] ? `#${section[1]}` : "";
  return {
    section: section[0],
    url: url + anchor + fragment(part.text, code ? [] : inside, anchor),
    code: code ? code[2] : null,
    pieces: code ? pieces : pieces.map((piece) => ({ ...piece, text: onOneLine(piece.text) })),
    cut: start > 0 && !code,
  };
}

function occurrences(content, clauses) {
  const marks = [];
  for (const token of tokens(content)) {
    const whole = clauses.findIndex(({ terms }) => token.whole.some((term) => terms.has(term)));
    if (whole >= 0) marks.push({ start: token.start, end: token.end, clause: whole, weight: clauses[whole].full });
    else
      for (const { term, start, end } of token.parts) {
        const clause = clauses.findIndex(({ terms }) => terms.has(term));
        if (clause >= 0) marks.push({ start, end, clause, weight: clauses[clause].full });
      }
  }
  return marks;
}

// The first mark of the stretch with the most clauses, and of those the most marks.
function best(marks) {
  const worth = (mark, place) => {
    const near = marks.slice(place).filter(({ start }) => start < mark.start + PASSAGE * 0.8);
    const distinct = new Map(near.map(({ clause, weight }) => [clause, weight]));
    const beside = near.filter(
      ({ clause, start }, next) => next && clause === near[next - 1].clause + 1 && start - near[next - 1].end < 3,
    );
    const many = 0.01 * Math.min(near.length, 9) + 0.1 * Math.min(beside.length, 2);
    return ([...distinct.values()].reduce((total, weight) => total + weight, 0) + many) * (mark.isCode ? IN_CODE : 1);
  };
  return (marks.best ??= marks
    .map((mark, place) => [worth(mark, place), mark])
    .reduce((one, other) => (other[0] > one[0] ? other : one))[1]);
}

function prose({ text: content, code }, at) {
  const before = content.slice(Math.max(0, at - 120), at);
  const sentence = Math.max(before.lastIndexOf("\n"), before.search(/[.!?。]\s(?!.*[.!?。]\s)/s) + 1);
  const begin = at - before.length + (sentence > 0 ? sentence : Math.max(0, before.indexOf(" ", before.length - 60)));
  const start = begin + content.slice(begin).search(/\S|$/);
  const limit = Math.min(content.length, start + PASSAGE, ...code.map(([from]) => from).filter((from) => from > at));
  const space = limit < content.length ? content.lastIndexOf(" ", limit) : limit;
  return [start, space > at ? space : limit];
}

function listing(content, [from, to], at) {
  const start = content.lastIndexOf("\n", Math.max(from, at - 1)) + 1;
  const lines = content.slice(Math.max(from, start), to).split("\n").slice(0, LINES).join("\n");
  return [Math.max(from, start), Math.max(from, start) + lines.length];
}

function cut(content, start, end, marks) {
  const pieces = [];
  let at = start;
  for (const mark of marks) {
    if (mark.start < at) continue;
    pieces.push({ text: content.slice(at, mark.start) }, { text: content.slice(mark.start, mark.end), mark: true });
    at = mark.end;
  }
  return [...pieces, { text: content.slice(at, end) }]
    .map((piece) => ({ ...piece, text: piece.text.replaceAll("\u2060", "") }))
    .filter((piece) => piece.text);
}

// The cells, rows and items of a text, apart; see index/search/marks.py.
function onOneLine(shown) {
  return shown.replace(/(^|[^\s.!?:;,…。！？：；，、"'”’»])\n\s*/g, "$1 · ").replaceAll("\t", " | ");
}

// https://wicg.github.io/scroll-to-text-fragment/: some words from the first mark on, if they are there only once.
function fragment(content, marks, anchor) {
  if (!marks.length) return "";
  const [words] = content.slice(marks[0].start, marks[0].start + 60).match(/^\S+(?: \S+){0,3}(?= |$)/) ?? [""];
  if (!words || content.indexOf(words) !== content.lastIndexOf(words)) return "";
  return `${anchor ? "" : "#"}:~:text=${encodeURIComponent(words).replaceAll("-", "%2D")}`;
}
