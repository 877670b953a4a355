// Everything here is an addition: without it, each page is whole and every link and form works.
// The words of the interface stand in the templates, as data attributes.

const REMEMBERED = 8; // Recent searches that are kept, on this device only.
const WAIT = 120; // Milliseconds after the last letter before suggestions are asked for.

// A reader may forbid a page to keep anything; then nothing is kept.
const store = {
  get(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name, value) {
    try {
      value === null ? localStorage.removeItem(name) : localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // Forbidden, or full.
    }
  },
};

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Colours: what the system prefers, unless the reader chose the other.

function startColours(button) {
  const root = document.documentElement;
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (preference.matches ? "dark" : "light")) === "dark";
  const show = () => {
    const chosen = store.get("theme", null);
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
    else delete root.dataset.theme;
    button.setAttribute("aria-pressed", isDark());
  };
  button.addEventListener("click", () => {
    const wanted = isDark() ? "light" : "dark";
    // Choosing what the system prefers anyway is following it again.
    store.set("theme", (wanted === "dark") === preference.matches ? null : wanted);
    show();
  });
  preference.addEventListener("change", show);
  addEventListener("storage", show);
  show();
  button.hidden = false;
}

// The box: a combobox with a list that completes and never selects by itself.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

class Box {
  constructor(landmark) {
    this.words = landmark.dataset;
    this.landmark = landmark;
    this.form = landmark.querySelector("form");
    this.input = landmark.querySelector("input[type=search]");
    this.popup = landmark.querySelector(".popup");
    this.list = landmark.querySelector("[role=listbox]");
    this.clear = landmark.querySelector(".clear");
    this.status = landmark.querySelector("[role=status]");
    this.shown = []; // The options, in the order of the arrows.
    this.active = -1; // The place of the active one; -1 before an arrow is pressed.
    this.asking = null; // What can cancel the request under way.
    this.timer = 0;
    this.equip();
    this.listen();
  }

  equip() {
    const attributes = {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  listen() {
    this.input.addEventListener("input", (event) => event.isComposing || this.wait());
    this.input.addEventListener("compositionend", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("click", () => this.isOpen || this.input.value || this.recall());
    this.landmark.addEventListener("focusout", (event) => {
      if (!this.landmark.contains(event.relatedTarget)) this.close();
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // Focus stays in the input.
    this.list.addEventListener("click", () => this.close());
    this.clear.addEventListener("click", () => {
      store.set("recent", null);
      this.close();
      this.input.focus();
    });
    this.form.addEventListener("submit", () => this.close());
    addEventListener("pageshow", () => this.close());
  }

  get isOpen() {
    return !this.popup.hidden;
  }

  // Keys.

  press(event) {
    if (event.isComposing || event.keyCode === 229) {
      // This Enter ends a composition; Safari would send the form.
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    const act = {
      ArrowDown: () => this.down(event),
      ArrowUp: () => this.up(event),
      Enter: () => this.enter(event),
      Escape: () => this.escape(),
      Home: () => this.edge(event, 0),
      End: () => this.edge(event, this.input.value.length),
    }[event.key];
    if (act ? act() : this.leaves(event)) event.preventDefault();
  }

  down(event) {
    if (this.isOpen) {
      this.cancel(); // Who chooses from a list wants it to stay.
      if (!event.altKey) this.activate(this.active + 1 < this.shown.length ? this.active + 1 : 0);
    } else {
      this.input.value.trim() ? this.ask(event.altKey ? -1 : 0) : this.recall(event.altKey ? -1 : 0);
    }
    return true;
  }

  up(event) {
    if (!this.isOpen) return false;
    this.cancel();
    if (event.altKey) this.close();
    else this.activate(this.active > 0 ? this.active - 1 : this.shown.length - 1);
    return true;
  }

  enter(event) {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    const option = this.shown[this.active];
    if (option) {
      if (elsewhere) open(option.href, "_blank", "noopener");
      else option.click();
      return true;
    }
    if (!elsewhere) return false;
    this.form.target = "_blank";
    this.form.requestSubmit();
    this.form.removeAttribute("target");
    return true;
  }

  escape() {
    if (this.isOpen) {
      this.close();
      return true;
    }
    this.cancel();
    this.input.value = "";
    return true;
  }

  edge(event, place) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return false;
    this.activate(-1);
    this.input.setSelectionRange(place, place);
    return true;
  }

  // Whatever else moves or types is meant for the input.
  leaves(event) {
    if (event.key.length === 1 || ["ArrowLeft", "ArrowRight", "Backspace", "Delete"].includes(event.key)) {
      this.activate(-1);
    }
    return false;
  }

  activate(place) {
    this.shown[this.active]?.setAttribute("aria-selected", "false");
    this.active = place < this.shown.length ? place : -1;
    const option = this.shown[this.active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  // What is shown.

  wait() {
    this.cancel();
    this.activate(-1);
    if (this.input.value.trim()) this.timer = setTimeout(() => this.ask(), WAIT);
    else this.close();
  }

  cancel() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  async ask(place = -1) {
    this.cancel();
    const asking = (this.asking = new AbortController());
    const query = this.input.value;
    try {
      const address = `${this.words.suggest}?${new URLSearchParams({ q: query })}`;
      const response = await fetch(address, { signal: asking.signal });
      const found = response.ok ? (await response.json()).suggestions : [];
      // Only the newest question is answered, and only while it still stands in the box.
      if (asking === this.asking && query === this.input.value) this.show(found.map(asLine), place);
    } catch (error) {
      // Without a network, the box still searches on Enter.
      if (error.name !== "AbortError") this.close();
    }
  }

  recall(place = -1) {
    const lines = store.get("recent", []).map((query) => ({ kind: "recent", title: query, url: resultsOf(query) }));
    if (lines.length) this.show(lines, place);
  }

  show(lines, place) {
    const kinds = [...new Set(lines.map((line) => line.kind))];
    const groups = kinds.map((kind) => this.group(kind, lines.filter((line) => line.kind === kind)));
    this.list.replaceChildren(...groups);
    this.shown = [...this.list.querySelectorAll("[role=option]")];
    this.shown.forEach((option, number) => (option.id = `_option-${number}`));
    this.active = -1;
    this.clear.hidden = !kinds.includes("recent");
    this.toggle(lines.length > 0 && this.landmark.contains(document.activeElement));
    this.activate(this.isOpen ? place : -1);
    this.say(lines.length);
  }

  group(kind, lines) {
    const title = make("div", { role: "presentation", class: "group" }, this.words[kind]);
    const options = lines.map((line) => {
      const option = make("a", { role: "option", "aria-selected": "false", tabindex: -1, href: line.url });
      // An article that is chosen here was not found by the page's own query.
      if (kind === "article" || kind === "section") option.referrerPolicy = "origin";
      option.append(make("span", { dir: "auto", class: "title" }, line.title));
      if (line.section) option.append(" ", make("span", { dir: "auto", class: "of" }, line.section));
      return option;
    });
    return make("div", { role: "group", "aria-label": this.words[kind] }, title, ...options);
  }

  toggle(isOpen) {
    this.popup.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", isOpen);
  }

  close() {
    this.cancel();
    this.activate(-1);
    this.toggle(false);
    this.status.textContent = "";
  }

  say(count) {
    const words = { 0: this.words.none, 1: this.words.one }[count] ?? this.words.many;
    this.status.textContent = words.replace("{}", count);
  }
}

const resultsOf = (query) => `/search?${new URLSearchParams({ q: query })}`;

function asLine({ kind, title, section, url, query }) {
  if (kind === "completion") return { kind, title: query, url: url || resultsOf(query) };
  // A section is called by its own name, and then by its article's.
  return section ? { kind: "section", title: section, section: title, url } : { kind: "article", title, url };
}

// Kept on this device, and only what found something.
function remember(input) {
  const query = input.defaultValue.trim();
  if (!query || !document.querySelector(".hits")) return;
  const others = store.get("recent", []).filter((other) => other !== query);
  store.set("recent", [query, ...others].slice(0, REMEMBERED));
}

// Shortcuts: a single letter gets in the way of some who speak to their computer, so it can be switched off (WCAG 2.1.4).

function startShortcuts(input, button) {
  const isOn = () => store.get("shortcuts", true);
  const show = () => {
    button.setAttribute("aria-pressed", isOn());
    input.setAttribute("aria-keyshortcuts", isOn() ? "/ Control+K Meta+K" : "Control+K Meta+K");
  };
  button.addEventListener("click", () => {
    store.set("shortcuts", isOn() ? false : null);
    show();
  });
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && isOn();
    const k = event.key.toLowerCase() === "k" && event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
    const editable = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (!(slash || k) || editable || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  show();
  button.hidden = false;
}

// Code: copied as it is written.

function startCopying(article) {
  if (!navigator.clipboard) return; // Only where the connection is safe.
  const { copy, copied } = article.dataset;
  for (const pre of article.querySelectorAll(".body pre")) {
    const button = make("button", { type: "button", class: "copy", "aria-live": "polite" }, copy);
    const frame = make("div", { class: "listing" });
    pre.replaceWith(frame);
    frame.append(pre, button);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2000);
    });
  }
}

// Clicks on results: told beside the way that they go, so that no link waits.

function tellClicks(input, address) {
  const tell = (event) => {
    const link = event.button < 2 && event.target.closest?.(".hits h2 a, .hits .sections a, [role=option]");
    // Which words an article marks is no part of which article it is.
    const url = link?.getAttribute("href").replace(/^(\/articles\/[^?#]*).*/, "$1");
    if (!url || url.startsWith("/search")) return;
    const q = link.role === "option" ? input.value : input.defaultValue;
    navigator.sendBeacon(address, JSON.stringify({ q, url }));
  };
  addEventListener("click", tell);
  addEventListener("auxclick", tell);
}

// Marks: taken away where the reader is, and not at the top of the page again.

function startUnmarking(article) {
  article.querySelector(".unmark")?.addEventListener("click", (event) => {
    event.preventDefault();
    history.replaceState(null, "", location.pathname + location.hash);
    article.classList.add("unmarked");
    article.querySelector(".marks").hidden = true;
  });
}

// Links to a sentence: a browser that does not know them would not find the section either.

function withoutFragments() {
  for (const link of document.querySelectorAll("a[href*=':~:']")) link.href = link.href.replace(/:~:.*/, "");
  if (location.hash.includes(":~:")) location.replace(location.hash.replace(/:~:.*/, ""));
}

const [landmark, colours, shortcuts, article] = ["search.search", "#_colours", "#_shortcuts", ".article"].map((place) =>
  document.querySelector(place),
);
startColours(colours);
if (landmark) {
  const box = new Box(landmark);
  startShortcuts(box.input, shortcuts);
  remember(box.input);
  if (landmark.dataset.clicks) tellClicks(box.input, landmark.dataset.clicks);
}
if (article) {
  startCopying(article);
  startUnmarking(article);
}
if (!("fragmentDirective" in document)) withoutFragments();
