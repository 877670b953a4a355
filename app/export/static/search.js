// A search without a server: ranks by what the index has of each word.

import { article, beginning, filters, open, shardOf, text } from "./files.js";
import { passage } from "./passages.js";
import { parse, tokens } from "./words.js";

// With fewer complete results, others that have some of the words follow, if they score this part of the best one.
const FEW = 10;
const FILLING = 0.22;
// What a title, a heading and a part of the address count by how close they are to the query, and a title that is it, as
// parts of the highest score; see REWARDS and NEARLY_WHOLE in index/ranking.py.
const TITLE = 0.2;
const NAMED = 0.3;
const HEADING = 0.25;
const ADDRESS = 0.2;
const NEARLY_WHOLE = 0.7;
// Candidates in whose texts a phrase is looked for, and how many at a time: each costs a file or two.
const LOOKED_AT = 60;
const AT_A_TIME = 6;

// Returns {total, complete, left, results}: each result has title, url, date, tags, missing, and passage(), which
// fetches its text. `left` is what of the query needs a server. Where no article has all of the words, the last one is
// searched as the beginning of one.
export async function search(query, { limit = 10, offset = 0, typing = false } = {}) {
  const read = parse(query);
  const last = read.clauses.at(-1);
  const isBegun = last && !last.negative && !last.units.some((unit) => unit.isPhrase) && !/\s$/.test(query);
  const begin = () => last.units.forEach((unit) => (unit.typing = true));
  if (typing && isBegun) begin();
  let found = await matches(read, offset + limit);
  if (!typing && isBegun && !found.complete) {
    begin();
    const begun = await matches(read, offset + limit);
    if (begun.complete) found = begun;
  }
  const { shown, complete, wanted } = found;
  const results = shown.slice(offset, offset + limit).map(async (hit) => ({
    ...(await article(hit.doc)),
    missing: hit.missing.map((clause) => clause.text),
    passage: () => passage(hit, wanted),
  }));
  return { total: shown.length, complete, left: read.left, results: await Promise.all(results) };
}

// The documents that match, best first, at least as many as `most`; how many have all of the words; and the clauses.
async function matches(read, most) {
  const index = await open();
  const clauses = await Promise.all(read.clauses.map((clause) => found(clause, index)));
  const allows = await permission(read.filters);
  const wanted = clauses.filter((clause) => !clause.negative);
  const excluded = new Set(clauses.filter((clause) => clause.negative).flatMap((clause) => [...clause.docs.keys()]));
  let ranked = rank(wanted, index).filter(({ doc }) => !excluded.has(doc) && allows(doc));
  if (!wanted.length) ranked = everything(index, excluded, allows, read);
  ranked = await withPhrases(ranked, wanted, most);
  const complete = ranked.filter(({ missing }) => !missing.length);
  const best = ranked[0]?.score ?? 0;
  const others = ranked.filter(({ missing, score }) => missing.length && score >= FILLING * best);
  return { shown: complete.length < FEW ? [...complete, ...others] : complete, complete: complete.length, wanted };
}

// Suggestions while a reader types, as the box shows them.
export async function suggest(query) {
  const { results } = await search(query, { limit: 8, typing: true });
  return results.map(({ title, url }) => ({ kind: "article", title, section: "", url, query: "" }));
}

// Filters.

async function permission(wanted) {
  if (!wanted.length) return () => true;
  const known = await filters();
  const test = ({ name, value }) =>
    name === "after" || name === "before" ? dated(known, name, value) : named(known, name, value);
  const tests = wanted.map(({ alternatives, negative }) => {
    const each = alternatives.map(test);
    return (doc) => each.some((has) => has(doc)) !== negative;
  });
  return (doc) => tests.every((has) => has(doc));
}

function named(known, name, value) {
  const docs = new Set(Object.hasOwn(known[name], value) ? known[name][value] : []);
  return (doc) => docs.has(doc);
}

function dated(known, name, value) {
  const day =
    Date.parse(value.length === 4 ? `${value}-01-01` : value.length === 7 ? `${value}-01` : value) / 86_400_000;
  return (doc) => known.day[doc] !== null && (name === "after" ? known.day[doc] >= day : known.day[doc] < day);
}

function everything({ posts }, excluded, allows, { filters, left }) {
  if (!filters.length && !excluded.size && left.length) return [];
  const docs = Array.from({ length: posts }, (_, doc) => doc).filter((doc) => !excluded.has(doc) && allows(doc));
  return docs.map((doc) => ({ doc, score: 0, missing: [], parts: [0] }));
}

// Words.

// What a clause finds: its documents with their scores, and the terms to mark.
async function found({ units, negative }, index) {
  const each = await Promise.all(units.map((unit) => ofUnit(unit, index)));
  const docs = new Map();
  for (const one of each)
    for (const [doc, hit] of one.docs) if ((docs.get(doc)?.score ?? -1) < hit.score) docs.set(doc, hit);
  const full = Math.max(...each.map((one) => one.full));
  return {
    text: units.map((unit) => unit.text).join(" OR "),
    units,
    negative,
    docs,
    full,
    terms: new Set(each.flatMap((one) => one.terms)),
  };
}

async function ofUnit(unit, index) {
  const words = await Promise.all(
    unit.words.map((word, place) => ofWord(word, unit, place === unit.words.length - 1, index)),
  );
  const [first, ...rest] = words;
  const docs = new Map();
  for (const [doc, hit] of first.docs) {
    const hits = [hit, ...rest.map((word) => word.docs.get(doc))];
    if (hits.includes(undefined) || (unit.inTitle && hits.some((each) => !isInTitle(each)))) continue;
    docs.set(doc, joined(hits, unit.isPhrase));
  }
  return { docs, full: sum(words, "full"), terms: words.flatMap((word) => word.terms) };
}

// A word is found as a whole, or by all of its parts.
async function ofWord(word, unit, isLast, index) {
  if (isLast && (unit.prefix || unit.typing)) {
    const term = word.whole[0] ?? word.parts.at(-1).term;
    const entries = term.length > 1 ? await beginning(term) : [];
    if (entries.length) return united(entries, index, term);
  }
  for (const term of word.whole) {
    const entries = await ofStem(term, unit.isPhrase);
    if (entries.length) return united(entries, index, term, word.parts.length);
  }
  const parts = await Promise.all(word.parts.map(async ({ term }) => united(await ofStem(term, false), index, term)));
  return parts.length === 1 ? parts[0] : both(parts);
}

function both(parts) {
  const docs = new Map();
  for (const [doc] of parts[0].docs) {
    const hits = parts.map((part) => part.docs.get(doc));
    if (!hits.includes(undefined)) docs.set(doc, joined(hits, true));
  }
  return { docs, full: sum(parts, "full"), terms: parts.flatMap((part) => part.terms) };
}

// What several words count in a document that has all of them; a phrase is in parts that have them all, too.
function joined(hits, isPhrase) {
  const parts = isPhrase
    ? hits[0].parts.filter((part) => hits.every((hit) => hit.parts.includes(part)))
    : hits.flatMap((hit) => hit.parts);
  const names = hits[0].names.flatMap((name) => {
    const each = hits.map((hit) => hit.names.find(({ number }) => number === name.number));
    return each.includes(undefined) ? [] : [{ ...name, words: sum(each, "words") }];
  });
  return { score: sum(hits, "score"), names, parts };
}

const isInTitle = ({ names }) => names.some(({ number }) => !number);

// The entries of a term and of the others with its stem; of a form that no post has, those of the word without its end,
// which is a stem, or a word itself.
async function ofStem(term, isExact) {
  const shard = await shardOf(term);
  const entry =
    shard.get(term) ?? [1, 2, 3, 4].map((cut) => term.length - cut >= 4 && shard.get(term.slice(0, -cut))).find(Boolean);
  if (!entry) return [];
  return isExact ? [entry] : [...shard.values()].filter((each) => each.stem === entry.stem);
}

// Adds up the frequencies of several terms in each document, as if they were one term, of so many words.
function united(entries, index, typed, words = 1) {
  const docs = new Map();
  for (const { postings } of entries)
    for (const { doc, impact, names, parts } of postings) {
      const known = docs.get(doc) ?? { frequency: 0, names: [], parts: [] };
      const share = Math.min(impact / index.full, 0.996);
      known.frequency += (index.k1 * share) / (1 - share);
      for (const name of names)
        if (!known.names.some(({ number }) => number === name.number)) known.names.push({ ...name, words });
      known.parts.push(...parts);
      docs.set(doc, known);
    }
  const rarity = Math.log(1 + (index.posts - docs.size + 0.5) / (docs.size + 0.5));
  const full = rarity * (index.k1 + 1) * (index.joining.includes(typed) ? index.joiningPart : 1);
  for (const hit of docs.values()) hit.score = (full * hit.frequency) / (hit.frequency + index.k1);
  return { docs, full: docs.size ? full : 0, terms: entries.map((entry) => entry.term) };
}

// Ranking.

function rank(clauses, index) {
  const docs = new Set(clauses.flatMap((clause) => [...clause.docs.keys()]));
  const full = sum(clauses, "full");
  const joins = (clause) => index.joining.includes(clause.text.toLowerCase());
  const ranked = [...docs].map((doc) => {
    const hits = clauses.map((clause) => clause.docs.get(doc));
    const missing = clauses.filter((clause, place) => !hits[place] && !(joins(clause) && clauses.length > 1));
    const [title, heading, address] = closeness(hits, clauses, full);
    const asHeading = Math.max(heading, (title - NEARLY_WHOLE) / (1 - NEARLY_WHOLE));
    const rewards =
      TITLE * title + (title > 0.99 ? NAMED : 0) + HEADING * Math.max(0, asHeading) + ADDRESS * address;
    const score = sum(hits.filter(Boolean), "score") + full * rewards;
    return { doc, score, missing, parts: mostFrequent(hits) };
  });
  return ranked.sort(
    (one, other) => one.missing.length - other.missing.length || other.score - one.score || one.doc - other.doc,
  );
}

// How close the title is to the query, and the closest heading and part of the address: the harmonic mean of how much of
// the query a name has, and how much of the name the query has.
function closeness(hits, clauses, full) {
  const names = new Map();
  hits.forEach((hit, place) =>
    hit?.names.forEach(({ number, size, isAddress, words }) => {
      const known = names.get(number) ?? { kind: number ? (isAddress ? 2 : 1) : 0, size, recall: 0, words: 0 };
      known.recall += clauses[place].full / full;
      known.words += words;
      names.set(number, known);
    }),
  );
  const closest = [0, 0, 0];
  for (const { kind, size, recall, words } of names.values()) {
    const precision = Math.min(1, words / size);
    closest[kind] = Math.max(closest[kind], (2 * recall * precision) / (recall + precision));
  }
  return closest;
}

// The parts of a text, those with most of the clauses first.
function mostFrequent(hits) {
  const counts = new Map();
  for (const hit of hits) for (const part of new Set(hit?.parts)) counts.set(part, (counts.get(part) ?? 0) + hit.score);
  return [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || one - other);
}

// A phrase is looked for in the texts of the best candidates, until there are as many as are shown.
async function withPhrases(ranked, clauses, most) {
  const phrases = clauses.filter((clause) => clause.units.every((unit) => unit.isPhrase));
  if (!phrases.length) return ranked;
  const candidates = ranked
    .filter(({ missing }) => !missing.some((clause) => phrases.includes(clause)))
    .slice(0, LOOKED_AT);
  const found = [];
  for (let at = 0; at < candidates.length && found.length < most; at += AT_A_TIME) {
    const some = candidates.slice(at, at + AT_A_TIME);
    const has = await Promise.all(some.map(({ doc }) => hasPhrases(doc, phrases)));
    found.push(...some.filter((_, place) => has[place]));
  }
  return found;
}

async function hasPhrases(doc, phrases) {
  const parts = new Set(phrases.flatMap((clause) => clause.docs.get(doc).parts));
  const texts = [
    (await article(doc)).title,
    ...(await Promise.all([...parts].map((part) => text(doc, part)))).map((each) => each.text),
  ];
  const terms = texts.map((each) => inRow([...tokens(each)]));
  return phrases.every((clause) => clause.units.some(({ words }) => terms.some((each) => each.includes(inRow(words)))));
}

const inRow = (words) => ` ${words.flatMap((word) => word.parts.map((part) => part.term)).join(" ")} `;

const sum = (list, name) => list.reduce((total, each) => total + each[name], 0);
