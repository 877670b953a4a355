// The dialog of <backmatter-search mode="dialog">: a whole search in place. The component fetches this file before it is
// opened first, and hands over what both use. The state of a search is in the address of the page that contains it.
// Before this line, the server or an export writes the messages that the box has not, as `ENGLISH`.

const LISTED = 8; // Values of a facet, and recent searches, which are kept on this device only.
const RECENT = "backmatter-recent"; // In the storage of the site that contains the component.

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  .bar { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; padding: 0.5rem 1rem; }
  .bar p { flex: auto; margin: 0; }
  .bar details { flex-basis: 100%; max-block-size: 40vh; overflow: auto; }
  summary { cursor: pointer; padding: 0.4em 0; width: fit-content; }
  .plain, .filter {
    background: none; border: 1px solid var(--backmatter-background, Canvas); padding: 0 0.5em; cursor: pointer; border-radius: var(--corner);
  }
  dialog .filter { border-color: var(--line); margin: 0 0.4em 0.4em 0; min-height: 2em; font-size: 0.875em; overflow-wrap: anywhere; }
  [aria-pressed="true"] { border-color: currentColor; font-weight: bold; }
  .filter[aria-pressed="true"]::after { content: " ×" / ""; }
  .count, .meta, .missing, .hints, h3 { font-size: 0.875em; opacity: 0.85; }
  .sections { font-size: 0.875em; }
  h3 { margin: 0.25em 0; font-weight: normal; }
  .results { overflow: auto; overscroll-behavior: contain; padding: 0 1rem; flex: 1 1 auto; }
  .results ol, .results ul { list-style: none; margin: 0; padding: 0; }
  .result { padding: 0.75rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
  .result h2 { font-size: 1.0625em; margin: 0; }
  .result p, .result pre { margin: 0.25em 0; }
  .result pre { white-space: pre-wrap; font-size: 0.875em; padding: 0.5em; background: color-mix(in srgb, currentColor 10%, transparent); }
  dialog a { display: inline; padding: 0; color: inherit; text-decoration: none; }
  dialog a:hover { background: none; text-decoration: underline; }
  .title { color: var(--backmatter-link, inherit); }
  .sections a, .hints a, .notice button { text-decoration: underline; }
  dialog .notice button { padding: 0; min-height: 0; }
  .sections li { display: inline-block; margin-inline-end: 1em; padding: 0.2em 0; }
  dialog mark { background: var(--backmatter-mark, color-mix(in srgb, Mark 45%, transparent)); font-weight: inherit; }
  .paging { display: flex; gap: 1rem; align-items: baseline; justify-content: center; padding: 0.5rem; }
  .hints { display: flex; flex-wrap: wrap; gap: 0.25em 1rem; margin: 0; padding: 0.5rem 1rem; border-top: 1px solid var(--line); }
  .hints a { margin-inline-start: auto; }
  @media (max-width: 40rem) {
    dialog { margin: 0; inline-size: 100vw; block-size: 100dvh; max-block-size: none; border: 0; border-radius: 0; }
    .hints span { display: none; }
  }
`);

// Storage that a site or a browser may forbid.
function recent(change) {
  try {
    const known = JSON.parse(localStorage.getItem(RECENT)) ?? [];
    if (change) localStorage.setItem(RECENT, JSON.stringify(change(known)));
    return known;
  } catch {
    return [];
  }
}

export class Dialog {
  #given = new URLSearchParams(); // What is searched: the parameters of the API.
  #opened = ""; // The address of the page on which the dialog was opened.

  // Takes what the component has: its root, name in addresses, language, messages, and the functions that both use.
  constructor({ root, words, Questions, ...shared }) {
    Object.assign(this, shared);
    words = { ...ENGLISH, ...words };
    this.words = { ...words, ...words.results };
    // An element that sites can style.
    this.part = (tag, name, attributes, ...children) => this.make(tag, { class: name, part: name, ...attributes }, ...children);
    this.questions = new Questions((given, signal) => this.request(given, signal));
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, STYLE];
    this.#build();
    this.#listen();
  }

  #build() {
    const { make, part, words } = this;
    const kbd = (key, text) => make("span", {}, make("kbd", {}, key), " ", text);
    this.status = part("p", "summary", { role: "status" });
    this.orders = make("div", { role: "group", "aria-label": words.order });
    this.filters = part("details", "filters", {}, make("summary", {}, words.filters), make("div"));
    this.bar = part("div", "bar", {}, this.status, this.orders, this.filters);
    this.found = part("div", "results");
    this.whole = make("a", {}, words.whole);
    const keys = [kbd("↑↓", words.choose), kbd("Enter", words.open), kbd("Esc", words.close)];
    this.hints = part("p", "hints", {}, ...keys, this.whole);
    this.dialog.append(this.bar, this.found, this.hints);
  }

  #listen() {
    this.form.addEventListener("submit", () => this.#ask(true));
    this.close.addEventListener("click", () => this.leave());
    this.input.addEventListener("input", (event) => event.isComposing || this.#type());
    this.input.addEventListener("compositionend", () => this.#type());
    this.dialog.addEventListener("keydown", (event) => this.#press(event));
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.leave());
    this.found.addEventListener("click", (event) => event.target.closest("a") && this.#remember());
  }

  // The state in the address: one parameter, which has those of the search. Entries of the history that are ours count
  // themselves, so that closing goes back to the page as it was, and the rest of its state is the site's.

  get #stated() {
    return new URL(location).searchParams.get(this.name);
  }

  // The address of the page with a state, or without one.
  #page(given = null) {
    const url = new URL(location);
    given === null ? url.searchParams.delete(this.name) : url.searchParams.set(this.name, given);
    return url.href;
  }

  #state(isNew, given = this.#given) {
    const state = { ...history.state, backmatter: given && (history.state?.backmatter ?? 0) + isNew };
    try {
      history[isNew ? "pushState" : "replaceState"](state, "", this.#page(given));
    } catch {
      // A page without an address of its own, or too many changes at a time.
    }
  }

  // Begins where the address says, or with a query, or with what was typed while this was loaded.
  open(query = this.input.value) {
    if (!this.dialog.open) return;
    this.#opened = this.#page();
    const isStated = this.#stated !== null;
    this.#given = new URLSearchParams(query ? { q: query } : (this.#stated ?? ""));
    if (!isStated) this.#state(true);
    this.#restore();
  }

  // Goes along with the history. Returns whether that is on the page on which the dialog was opened.
  follow() {
    const stated = this.#stated;
    const isHere = this.#page() === this.#opened;
    this.#given = new URLSearchParams(stated ?? "");
    stated === null || !isHere ? this.hide() : this.#restore();
    return isHere;
  }

  #restore() {
    const text = this.#given.get("q") ?? "";
    if (this.input.value.trim() !== text) this.input.value = text;
    this.#ask();
  }

  hide() {
    this.questions.cancel();
    this.input.value = "";
    this.dialog.close();
  }

  leave() {
    const depth = history.state?.backmatter;
    this.hide();
    if (this.#stated !== null) depth ? history.go(-depth) : this.#state(false, null);
  }

  // Keys.

  #press(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, ctrlKey, metaKey, altKey } = event;
    if (key === "Escape") {
      event.preventDefault();
      this.leave();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      if (this.#step(event.target, key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    } else if (key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey && event.target !== this.input)
      this.input.focus();
  }

  // Moves the focus from the input down the links, and up again.
  #step(from, by) {
    const links = [this.input, ...this.found.querySelectorAll(".title, .sections a, li .plain")];
    const index = links.indexOf(from);
    if (index < 0) return false;
    const next = links[index + by];
    next?.focus();
    next?.closest(".result")?.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Searching.

  #type() {
    const text = this.input.value.trim();
    text ? this.#given.set("q", text) : this.#given.delete("q");
    this.#given.delete("page");
    this.questions.type(this.#given.toString(), () => this.#ask());
  }

  // Changes what is searched, as a new entry of the history.
  #change(change) {
    this.#given.delete("page");
    change(this.#given);
    this.#state(true);
    return this.#ask();
  }

  async #ask(isDone = false) {
    const given = this.#given.toString();
    try {
      const results = await this.questions.ask(given);
      if (!results) return;
      this.#show(results);
      if (this.#stated !== null && this.#stated !== given) this.#state(false);
      if (!isDone) return;
      this.#remember();
      this.found.querySelector(".title")?.focus();
    } catch (error) {
      // A page beyond the last, of an address from when there were more.
      if (this.#given.has("page")) {
        this.#given.delete("page");
        return this.#ask();
      }
      this.#say(this.words[error.message] ?? this.words.down);
    }
  }

  request(given, signal) {
    return fetch(this.address("/api/v1/search", `${given}&quoted=1`), { signal });
  }

  #remember() {
    const query = this.#given.get("q");
    if (query) recent((known) => [query, ...known.filter((other) => other !== query)].slice(0, LISTED));
  }

  // Results.

  #say(text) {
    this.status.textContent = text;
    this.orders.hidden = this.filters.hidden = true;
    this.found.replaceChildren();
  }

  #show(results) {
    const focused = this.dialog.getRootNode().activeElement?.dataset.key;
    const { total, hits, facets, page, per_page: size } = results;
    this.status.textContent = total ? this.#count(total) : this.words.none_found;
    this.#order(results);
    this.#facets(facets);
    const list = this.make("ol", {}, ...hits.map((hit) => this.#hit(hit)));
    this.found.replaceChildren(...this.#recent(), ...this.#notices(results), list, ...this.#paging(page, Math.ceil(total / size)));
    this.found.scrollTop = 0;
    this.whole.href = this.address("/search", this.#given);
    if (focused) (this.dialog.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? this.input).focus();
  }

  #count(number) {
    const form = new Intl.PluralRules(this.language).select(number);
    return this.#filled(this.words.articles[form], number.toLocaleString(this.language)).join("");
  }

  // Returns a message with its blank filled in, in pieces.
  #filled(message, value) {
    return message.split(/(%\(\w+\)s)/).map((piece, number) => (number % 2 ? value : piece));
  }

  #button(key, label, isPressed, change, name) {
    const button = this.part("button", name, { type: "button", "data-key": key, dir: "auto" }, ...label);
    if (isPressed !== null) button.setAttribute("aria-pressed", isPressed);
    button.addEventListener("click", () => this.#change(change));
    return button;
  }

  #order({ total, facets }) {
    const current = this.#given.get("sort") ?? (this.#given.has("q") ? "relevance" : "newest");
    this.orders.hidden = total < 2 || !facets.year;
    const shown = Object.entries(this.words.sorts).filter(([sort]) => sort !== "relevance" || this.#given.has("q"));
    const order = ([sort, label]) =>
      this.#button(`sort=${sort}`, [label], sort === current, (given) => given.set("sort", sort), "plain");
    this.orders.replaceChildren(...shown.map(order));
  }

  #facets(facets) {
    const groups = Object.entries(facets).flatMap((facet) => this.#group(...facet));
    this.filters.hidden = !groups.length;
    this.filters.lastChild.replaceChildren(...groups);
  }

  // What is chosen comes first, also if no result has it any more; a single language is not offered.
  #group(name, values) {
    const { make, words } = this;
    const chosen = this.#given.getAll(name);
    const counts = new Map(values.map(({ value, count }) => [value, count]));
    const shown = new Set([...chosen, ...[...counts.keys()].slice(0, LISTED)]);
    if (shown.size < 2 && !chosen.length && (name === "language" || !shown.size)) return [];
    if (chosen.length) this.filters.open = true;
    const title = words.facets[name] ?? name.replace(/[-_]/g, " ");
    const buttons = [...shown].map((value) => {
      const isChosen = chosen.includes(value);
      const counted = [name === "language" ? new Intl.DisplayNames(this.language, { type: "language" }).of(value) : value, " ", make("span", { class: "count" }, (counts.get(value) ?? 0).toLocaleString(this.language))];
      const change = (given) => (isChosen ? given.delete(name, value) : given.append(name, value));
      return this.#button(`${name}=${value}`, counted, isChosen, change, "filter");
    });
    return [make("h3", {}, title), make("div", { role: "group", "aria-label": title }, ...buttons)];
  }

  #recent() {
    const { make, words } = this;
    const known = this.#given.size ? [] : recent();
    if (!known.length) return [];
    const lines = known.map((query) => {
      const change = (given) => given.set("q", (this.input.value = query));
      return make("li", {}, this.#button("", [query], null, change, "plain"));
    });
    const clear = this.part("button", "plain", { type: "button" }, words.clear);
    clear.addEventListener("click", () => {
      recent(() => []);
      this.input.focus();
      this.#ask();
    });
    return [make("h3", {}, words.recent), make("ul", {}, ...lines), clear];
  }

  #notices({ relaxed, correction, did_you_mean: meant, unfinished }) {
    const { words } = this;
    const ask = (query, exact) => {
      const change = (given) => {
        given.set("q", (this.input.value = query));
        if (exact) given.set("exact", "1");
      };
      return this.#button("", [query], null, change, "plain");
    };
    const typed = this.#given.get("q");
    const notices = [
      unfinished && this.#filled(words.unfinished, this.make("code", { dir: "auto" }, unfinished)),
      correction ? this.#filled(words.instead, ask(typed, true)) : meant && this.#filled(words.meant, ask(meant)),
      relaxed && [words.relaxed],
    ];
    return notices.filter(Boolean).map((content) => this.part("p", "notice", {}, ...content));
  }

  #paging(page, pages) {
    if (!(pages > 1)) return [];
    const { words } = this;
    const step = (to, label) =>
      this.#button(`page=${to}`, [label], null, (given) => given.set("page", to), "plain");
    const before = page > 1 && step(page - 1, words.previous);
    const after = page < pages && step(page + 1, words.next);
    const here = `${page.toLocaleString(this.language)} / ${pages.toLocaleString(this.language)}`;
    return [this.part("nav", "paging", { "aria-label": words.pages }, before, here, after)];
  }

  // A result: its title, what it is, what answers, and its sections.
  #hit(hit) {
    const { make, part, words, language: lang } = this;
    const { title, passage, date, tags, missing, further, superseded_by: successor } = hit;
    const url = passage.url.includes(":~:") ? passage.url : hit.url;
    // The day where it was written, whatever zone the reader is in.
    const day = date && new Date(date.slice(0, 10)).toLocaleDateString(lang, { dateStyle: "medium", timeZone: "UTC" });
    // Between U+2068 and U+2069 a date in Arabic or Hebrew is read in its own direction.
    const about = [day && `\u2068${day}\u2069`, hit.author, ...tags].filter(Boolean).join(" · ");
    const lacks = hit.by_meaning ? words.near : missing.length && `${words.missing} ${missing.join(", ")}`;
    const sections = [passage, ...further].filter(({ section, anchor }) => section && anchor);
    return part(
      "li",
      "result",
      { lang: hit.language, dir: "auto" },
      make("h2", {}, part("a", "title", { href: this.#link(url) }, title)),
      about && part("p", "meta", {}, about),
      passage.html && this.#passage(passage),
      successor && part("p", "sections", { lang, dir: "auto" }, `${words.superseded} `, this.#to(successor.url, successor.title)),
      lacks && part("p", "missing", { lang, dir: "auto" }, lacks),
      sections[0] && part("ul", "sections", {}, ...sections.map(({ url, section }) => make("li", {}, this.#to(url, `§ ${section}`)))),
    );
  }

  #passage({ html, code }) {
    const content = this.marked(html);
    if (code === null) return this.part("p", "passage", {}, ...content);
    return this.part("pre", "passage", { dir: "ltr" }, this.make("code", {}, ...content));
  }

  #to(url, text) {
    return this.make("a", { href: this.#link(url) }, text);
  }

  // Articles that the server shows have the words marked.
  #link(url) {
    const [path, anchor] = url.split("#");
    const given = this.HOSTED.test(path) && this.#given.has("q") ? { q: this.#given.get("q") } : undefined;
    return this.address(path, given) + (anchor ? `#${anchor}` : "");
  }
}
