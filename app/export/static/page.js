// The page of results: titles at once, passages as their texts arrive.

import { open } from "./files.js";
import { search } from "./search.js";

const PAGE = 10;
const [form, list, status, more] = ["form", "ol", "[role=status]", "button.more"].map((name) =>
  document.querySelector(name),
);
const query = new URLSearchParams(location.search).get("q") ?? "";
let shown = 0;

form.q.value = query;
more.addEventListener("click", show);
start();

async function start() {
  const { title } = await open();
  document.title = query ? `${query} · ${title}` : title;
  document.querySelector("h1").textContent = title;
  if (query.trim()) show();
  else form.q.focus();
}

async function show() {
  const { total, complete, left, results } = await search(query, { limit: PAGE, offset: shown });
  status.textContent = said(total, complete, left);
  list.append(...results.map(line));
  shown += results.length;
  more.hidden = results.length < PAGE;
}

function said(total, complete, left) {
  const cannot = left.length ? ` Without a server, ${left.join(" and ")} is left out.` : "";
  if (!total) return `Nothing was found; try fewer or other words.${cannot}`;
  const found = complete ? `${complete} with all of the words` : "None has all of the words";
  return `${found}${total > complete ? `, ${total - complete} with some` : ""}.${cannot}`;
}

function line(result) {
  const heading = make("h2", {}, make("a", { href: result.url }, result.title));
  const about = make("p", { class: "about" }, [result.date, ...result.tags].filter(Boolean).join(" · "));
  const item = make("li", { lang: result.language }, heading, about);
  if (result.missing.length) about.append(` · without ${result.missing.join(", ")}`);
  result.passage().then((passage) => item.append(...shownPassage(passage)));
  return item;
}

function shownPassage({ section, url, code, pieces, cut }) {
  const text = pieces.map(({ text, mark }) => (mark ? make("mark", {}, text) : text));
  const link = section ? [make("p", { class: "section" }, make("a", { href: url }, section))] : [];
  return [
    ...link,
    code === null ? make("p", {}, cut ? "… " : "", ...text) : make("pre", {}, make("code", {}, ...text)),
  ];
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
