// A search box for any page: <backmatter-search src="https://search.example.org"></backmatter-search>
// Before this line, the server or an export writes the messages, as `WORDS` by language, the address of the results, as
// `RESULTS`, and the combobox.

// A constructed stylesheet: policies against inline styles allow it.
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
    position: absolute; inset-inline: 0; top: 100%; z-index: 10; margin-top: 0.25em;
    background: var(--backmatter-background, Canvas);
    border: 1px solid var(--backmatter-border, color-mix(in srgb, currentColor 50%, transparent));
    border-radius: min(var(--backmatter-radius, 0.25em), 1em);
    box-shadow: 0 0.5em 1.5em rgb(0 0 0 / 20%);
  }
  [role="listbox"] { max-height: 70vh; overflow: auto; }
  .group { padding: 0.5em 0.75em 0.25em; font-size: 0.8em; }
  a { display: block; padding: 0.5em 0.75em; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
  a:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  a[aria-selected="true"] { background: var(--backmatter-accent, Highlight); color: var(--backmatter-on-accent, HighlightText); }
  .of, .why { display: block; font-size: 0.85em; }
  .title + .of { opacity: 0.85; }
  .why { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
  mark { background: none; color: inherit; font-weight: bold; }
  [role="status"] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

class BackmatterSearch extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const language = (this.closest("[lang]")?.lang || navigator.language).split("-")[0].toLowerCase();
    const words = WORDS[language] ?? WORDS.en;
    const list = make("div", { role: "listbox", id: "list", "aria-label": words.suggestions });
    const popup = make("div", { class: "popup", part: "popup", hidden: "" }, list);
    const status = make("div", { role: "status" });
    const input = make("input", {
      name: "q", type: "search", part: "input", dir: "auto",
      "aria-label": words.label, placeholder: this.getAttribute("placeholder") ?? words.label,
      autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false", enterkeyhint: "search",
    }); // prettier-ignore
    const button = make("button", { part: "button" }, words.search);
    const form = make("form", { action: this.#address("/search"), role: "search" }, input, button);
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [STYLE];
    root.append(form, popup, status);
    form.addEventListener("submit", (event) => {
      form.action = this.#address("/search");
      if (!input.value.trim()) event.preventDefault();
    });
    const address = (path, given) => this.#address(path, given);
    // The site's own shortcuts would take what is typed here.
    root.addEventListener("keydown", (event) => /^(Escape|Tab)$/.test(event.key) || event.stopPropagation());
    const fetching = { credentials: "omit" };
    this.combobox = new Combobox({ box: this, form, input, popup, list, status, words, address, fetching });
  }

  disconnectedCallback() {
    this.combobox.close();
  }

  #address(path, given = {}) {
    const home = new URL(this.getAttribute("src")?.replace(/\/*$/, "/") || import.meta.url, location);
    const page = path === "/search" ? RESULTS : path;
    // Pages are below the address of the journal, which may have a path; articles are where the answer says.
    const address = new URL(PAGE.test(page) ? `.${page}` : page, home);
    for (const [name, value] of Object.entries(given)) address.searchParams.set(name, value);
    return address.href;
  }
}

customElements.get("backmatter-search") ?? customElements.define("backmatter-search", BackmatterSearch);
