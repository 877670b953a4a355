
// The dialog asks the files of the export instead of a server; the export writes this behind the dialog's script.
Dialog.prototype.request = async (given) => {
  const { search } = await import("./search.js");
  const asked = new URLSearchParams(given);
  const [page, size] = [Number(asked.get("page") ?? 1), 10];
  const { total, results } = await search(asked.get("q") ?? "", { limit: size, offset: (page - 1) * size, typing: true });
  const hits = await Promise.all(results.map(hit));
  return Response.json({ total, hits, facets: {}, page, per_page: size });
};

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

async function hit({ passage, ...result }) {
  const { section, url, code, pieces } = await passage();
  const escaped = (text) => text.replace(/[&<>]/g, (sign) => ESCAPED[sign]);
  const html = pieces.map(({ text, mark }) => (mark ? `<mark>${escaped(text)}</mark>` : escaped(text))).join("");
  return { ...result, further: [], passage: { section, anchor: section, url, code, html } };
}
