// A search box for any page: <backmatter-search src="https://search.example.org"></backmatter-search>
// The server writes the words above this line, as `WORDS` by language.

const WAIT = 120; // Milliseconds after the last letter before suggestions are asked for.

// A sheet that is made and not written into the page: a policy against inline styles does not concern it.
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; position: relative; font: inherit; color: var(--backmatter-text, CanvasText); }
  :host([hidden]), [hidden] { display: none; }
  form { display: flex; gap: 0.5em; margin: 0; }
  input, button {
    font: inherit; color: inherit; padding: 0.5em 0.75em; box-sizing: border-box; min-height: 2.75em;
    background: var(--backmatter-background, Canvas);
    border: 1px solid var(--backmatter-border, color-mix(in srgb, currentColor 50%, transparent));
    border-radius: var(--backmatter-radius, 0.25em);
  }
  input { flex: 1; min-width: 0; }
  button { cursor: pointer; }
  :focus-visible { outline: 2px solid var(--backmatter-accent, Highlight); outline-offset: 1px; }
  .popup {
    position: absolute; inset-inline: 0; top: 100%; z-index: 10; margin-top: 0.25em; max-height: 70vh; overflow: auto;
    background: var(--backmatter-background, Canvas);
    border: 1px solid var(--backmatter-border, color-mix(in srgb, currentColor 50%, transparent));
    border-radius: var(--backmatter-radius, 0.25em);
    box-shadow: 0 0.5em 1.5em rgb(0 0 0 / 20%);
  }
  .group { padding: 0.5em 0.75em 0.25em; font-size: 0.8em; }
  a { display: block; padding: 0.5em 0.75em; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
  a:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  a[aria-selected="true"] { background: var(--backmatter-accent, Highlight); color: var(--backmatter-on-accent, HighlightText); }
  .of { display: block; font-size: 0.85em; }
  [role="status"] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A combobox with a list that completes and never selects by itself:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

class BackmatterSearch extends HTMLElement {
  #shown = []; // The options, in the order of the arrows.
  #active = -1; // The place of the active one; -1 before an arrow is pressed.
  #asking = null; // What can cancel the request under way.
  #timer = 0;

  connectedCallback() {
    if (this.shadowRoot) return;
    const language = (this.closest("[lang]")?.lang || navigator.language).split("-")[0].toLowerCase();
    this.words = WORDS[language] ?? WORDS.en;
    this.list = make("div", { role: "listbox", id: "list", "aria-label": this.words.suggestions });
    this.popup = make("div", { class: "popup", part: "popup", hidden: "" }, this.list);
    this.status = make("div", { role: "status" });
    this.input = make("input", {
      name: "q", type: "search", part: "input", role: "combobox", dir: "auto",
      "aria-label": this.words.label, placeholder: this.getAttribute("placeholder") ?? this.words.label,
      "aria-expanded": "false", "aria-controls": "list", "aria-autocomplete": "list", "aria-haspopup": "listbox",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search",
    }); // prettier-ignore
    const button = make("button", { part: "button" }, this.words.search);
    this.form = make("form", { action: this.#address("/search"), role: "search" }, this.input, button);
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.form, this.popup, this.status);
    this.#listen();
  }

  disconnectedCallback() {
    this.#close();
  }

  #address(path, query = "") {
    const address = new URL(path, new URL(this.getAttribute("src") || import.meta.url, location));
    if (query) address.searchParams.set("q", query);
    return address.href;
  }

  #listen() {
    this.input.addEventListener("input", (event) => event.isComposing || this.#wait());
    this.input.addEventListener("compositionend", () => this.#wait());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.#close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // Focus stays in the input.
    this.list.addEventListener("click", () => this.#close());
    this.form.addEventListener("submit", (event) => {
      this.form.action = this.#address("/search");
      if (!this.input.value.trim()) event.preventDefault();
      this.#close();
    });
  }

  // Keys.

  #press(event) {
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault(); // It ends a composition; Safari would send the form.
      return;
    }
    const act = {
      ArrowDown: () => this.#down(event),
      ArrowUp: () => this.#up(event),
      Enter: () => this.#enter(event),
      Escape: () => this.#escape(),
      Home: () => this.#edge(event, 0),
      End: () => this.#edge(event, this.input.value.length),
    }[event.key];
    if (act ? act() : this.#leave(event)) event.preventDefault();
  }

  #down(event) {
    if (this.popup.hidden) {
      if (this.input.value.trim()) this.#ask(event.altKey ? -1 : 0);
    } else {
      this.#cancel(); // Who chooses from a list wants it to stay.
      if (!event.altKey) this.#activate(this.#active + 1 < this.#shown.length ? this.#active + 1 : 0);
    }
    return true;
  }

  #up(event) {
    if (this.popup.hidden) return false;
    this.#cancel();
    if (event.altKey) this.#close();
    else this.#activate(this.#active > 0 ? this.#active - 1 : this.#shown.length - 1);
    return true;
  }

  #enter(event) {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    const option = this.#shown[this.#active];
    if (!option && !elsewhere) return false;
    if (elsewhere) open(option?.href ?? this.#address("/search", this.input.value), "_blank", "noopener");
    else option.click();
    return true;
  }

  #escape() {
    if (this.popup.hidden) {
      this.#cancel();
      this.input.value = "";
    } else {
      this.#close();
    }
    return true;
  }

  #edge(event, place) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return false;
    this.#activate(-1);
    this.input.setSelectionRange(place, place);
    return true;
  }

  // Whatever else moves or types is meant for the input.
  #leave(event) {
    if (event.key.length === 1 || /^(Arrow(Left|Right)|Backspace|Delete)$/.test(event.key)) this.#activate(-1);
    return false;
  }

  #activate(place) {
    this.#shown[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = place < this.#shown.length ? place : -1;
    const option = this.#shown[this.#active];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  // What is shown.

  #wait() {
    this.#cancel();
    this.#activate(-1);
    if (this.input.value.trim()) this.#timer = setTimeout(() => this.#ask(), WAIT);
    else this.#close();
  }

  #cancel() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  async #ask(place = -1) {
    this.#cancel();
    const asking = (this.#asking = new AbortController());
    const query = this.input.value;
    try {
      const address = this.#address("/api/v1/suggest", query);
      const answer = await fetch(address, { signal: asking.signal, credentials: "omit" });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      // Only the newest question is answered, and only while it still stands in the box.
      if (asking === this.#asking && query === this.input.value) this.#show(found, place);
    } catch (error) {
      // Without a network, the box still searches on Enter.
      if (asking === this.#asking) this.#close();
    }
  }

  #show(found, place) {
    const kinds = [...new Set(found.map((line) => line.kind))];
    this.list.replaceChildren(...kinds.map((kind) => this.#group(kind, found.filter((line) => line.kind === kind))));
    this.#shown = [...this.list.querySelectorAll("a")];
    this.#shown.forEach((option, number) => (option.id = `option-${number}`));
    this.#active = -1;
    this.#toggle(found.length > 0 && this.shadowRoot.activeElement === this.input);
    this.#activate(this.popup.hidden ? -1 : place);
    const words = { 0: this.words.none, 1: this.words.one }[found.length] ?? this.words.many;
    this.status.textContent = words.replace("{}", found.length);
  }

  #group(kind, lines) {
    const title = make("div", { role: "presentation", class: "group", part: "group" }, this.words[kind]);
    return make("div", { role: "group", "aria-label": this.words[kind] }, title, ...lines.map((line) => this.#option(line)));
  }

  #option({ kind, title, section, url, query }) {
    const href = kind === "completion" ? this.#address("/search", query) : this.#address(url);
    const option = make("a", { role: "option", part: "option", "aria-selected": "false", tabindex: -1, href });
    option.append(make("span", { dir: "auto" }, section || title));
    // A section is called by its own name, and then by its article's.
    if (section) option.append(" ", make("span", { dir: "auto", class: "of" }, title));
    return option;
  }

  #toggle(isOpen) {
    this.popup.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", isOpen);
  }

  #close() {
    this.#cancel();
    this.#activate(-1);
    this.#toggle(false);
    this.status.textContent = "";
  }
}

customElements.get("backmatter-search") ?? customElements.define("backmatter-search", BackmatterSearch);
