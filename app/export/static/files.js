// The files of the index, each fetched once and kept. index/tools/export/ writes them and describes their form.

const HERE = new URL(".", import.meta.url);
const kept = new Map();
let manifest = null;

export function open() {
  return (manifest ??= fetch(new URL("index.json", HERE), { cache: "no-cache" }).then((answer) => {
    if (!answer.ok) throw new Error(`the index is not beside the script: ${answer.status}`);
    return answer.json();
  }));
}

async function bytes(name) {
  const { data } = await open();
  const answer = await fetch(new URL(data + name, HERE));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function once(name, read) {
  if (!kept.has(name)) kept.set(name, bytes(name).then(read));
  return kept.get(name);
}

const json = (content) => JSON.parse(new TextDecoder().decode(content));

export const filters = () => once("filters.bin", json);

export const text = (doc, part) => once(`texts/${doc}-${part}.bin`, json);

export async function article(doc) {
  const { block } = await open();
  const [title, url, date, tags, language] = (await once(`articles/${Math.floor(doc / block)}.bin`, json))[doc % block];
  return { title, url, date, tags, language };
}

// The entries of the file that has a term: by term, each with those of its stem.
export async function shardOf(term) {
  const { shards } = await open();
  return shard(Math.max(0, upper(shards, term) - 1));
}

// The entries of all terms that begin with a prefix, from at most `most` files.
export async function beginning(prefix, most = 4) {
  const { shards } = await open();
  const first = Math.max(0, upper(shards, prefix) - 1);
  const last = Math.min(shards.length, first + most);
  const wanted = shards.slice(first, last).filter((start, place) => !place || start.startsWith(prefix));
  const found = await Promise.all(wanted.map((_, place) => shard(first + place)));
  return found.flatMap((entries) =>
    [...entries.values()].filter((entry) => entry.own && entry.term.startsWith(prefix)),
  );
}

function upper(sorted, value) {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const shard = (number) => once(`terms/${number}.bin`, decoded);

// A title, a part of an address or a heading, of so many words.
const name = (number, size) => ({ number, size: size >> 1, isAddress: size % 2 === 1 });

function decoded(content) {
  const decoder = new TextDecoder();
  const entries = new Map();
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const group = content[at++];
      value |= (group & 127) << shift;
      if (group < 128) return value;
    }
  };
  const own = number();
  const count = number();
  for (let place = 0, term = ""; place < count; place++) {
    // Letters are counted as Python does: a sign beyond the first 65,536 is one.
    const shared = [...term].slice(0, number()).join("");
    const length = number();
    term = shared + decoder.decode(content.subarray(at, at + length));
    at += length;
    const stem = number();
    const postings = [];
    for (let left = number(), doc = 0; left; left--) {
      doc += number();
      const impact = number();
      const names = Array.from({ length: number() }, () => name(number(), number()));
      const parts = Array.from({ length: number() }, number);
      postings.push({ doc, impact, names, parts: parts.length ? parts : [0] });
    }
    entries.set(term, { term, stem, postings, own: place < own });
  }
  return entries;
}
