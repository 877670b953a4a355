// A search for any page: <backmatter-search src="https://search.example.org"></backmatter-search>, a box with suggestions,
// or, with mode="dialog", a button that opens a whole search.
// Before this line, the server or an export writes the English messages, as `WORDS`, the other languages, as `LANGUAGES`,
// the address of the results, as `RESULTS`, the version of the other files, as `VERSION`, and the combobox.

// A constructed stylesheet: policies against inline styles allow it.
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host, input, button, dialog, .popup { color: var(--backmatter-text, CanvasText); box-sizing: border-box; }
  input, button, dialog, .popup { background: var(--backmatter-background, Canvas); border: 1px solid var(--line); }
  dialog, .popup {
    padding: 0; box-shadow: 0 0.5em 1.5em rgb(0 0 0 / 20%); text-align: start; white-space: normal;
  }
  :host {
    display: block; position: relative; font: inherit; line-height: 1.5;
    --line: var(--backmatter-border, color-mix(in srgb, currentColor 50%, transparent));
    --accent: var(--backmatter-accent, Highlight); --corner: var(--backmatter-radius, 0.25em);
  }
  :host([mode="dialog"]) { display: inline-block; }
  :host([hidden]), [hidden] { display: none; }
  .dark { color-scheme: dark; }
  form { display: flex; gap: 0.5em; margin: 0; }
  input, button { font: inherit; padding: 0.5em 0.75em; min-height: 2.75em; border-radius: var(--corner); }
  input { flex: 1; min-width: 0; }
  button { cursor: pointer; }
  kbd { font: inherit; font-size: 0.8em; padding: 0.1em 0.4em; border: 1px solid var(--line); border-radius: 0.3em; text-transform: capitalize; }
  .trigger { display: inline-flex; align-items: center; gap: 0.6em; white-space: nowrap; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  dialog {
    flex-direction: column; margin: 8vh auto auto; overflow: hidden;
    inline-size: min(var(--backmatter-width, 46rem), 100vw - 2rem); max-inline-size: none; max-block-size: 84vh;
    border-radius: min(var(--backmatter-radius, 0.5rem), 1rem);
    font-size: var(--backmatter-font-size, 1rem); font-family: var(--backmatter-font); font-weight: normal;
    text-transform: none; letter-spacing: normal;
  }
  dialog[open] { display: flex; }
  dialog::backdrop { background: var(--backmatter-backdrop, rgb(0 0 0 / 45%)); }
  dialog button, dialog input { color: inherit; }
  dialog input { border: 0; padding: 0 1rem; background: none; font-size: 1.125em; }
  dialog input:focus { outline: 0; }
  input::-webkit-search-cancel-button { display: none; }
  .head { border-bottom: 2px solid var(--line); gap: 0; }
  .head:focus-within { border-color: var(--accent); }
  .close { border: 0; background: none; min-width: 2.75em; font-size: 1.25em; padding: 0; }
  .popup {
    position: fixed; inset: auto; margin: 0; border-radius: min(var(--corner), 1em);
  }
  [role="listbox"] { max-height: 70vh; overflow: auto; }
  .group { padding: 0.5em 0.75em 0.25em; font-size: 0.8em; }
  a { display: block; padding: 0.5em 0.75em; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
  a:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  a[aria-selected="true"] {
    background: var(--accent); color: var(--backmatter-on-accent, HighlightText);
    outline: 2px solid var(--accent); outline-offset: -2px;
  }
  .of, .why { display: block; font-size: 0.85em; }
  .title + .of { opacity: 0.85; }
  .why { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
  mark { background: none; color: inherit; font-weight: bold; }
  .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

const file = (name) => import(`./backmatter-${name}.js?${VERSION}`);

function field(words, placeholder) {
  return make("input", {
    name: "q", type: "search", part: "input", dir: "auto", "aria-label": words.label, placeholder: placeholder ?? words.label,
    autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false", enterkeyhint: "search",
  }); // prettier-ignore
}

// The nearest element with an attribute, also outside of the shadow roots around this one.
function closest(element, selector) {
  return element.closest(selector) ?? (element.getRootNode().host && closest(element.getRootNode().host, selector));
}

// Many dark pages do not say so by `color-scheme`; their text is light.
function isDark() {
  const color = getComputedStyle(document.body).color;
  const [first, second] = color.match(/[\d.]+/g);
  return color.startsWith("rgb") ? second > 150 : first / (color.startsWith("la") ? 100 : 1) > 0.6;
}

// A list in the top layer, which no ancestor clips, below its input.
class SiteBox extends Combobox {
  place() {
    if (!this.popup.isConnected) return;
    this.popup.togglePopover(this.isOpen);
    const { left, bottom, width } = this.form.getBoundingClientRect();
    Object.assign(this.popup.style, { left: `${left}px`, top: `${bottom + 4}px`, width: `${width}px` });
  }
}

class BackmatterSearch extends HTMLElement {
  #loading = null; // The dialog's behaviour, once it is asked for.
  #shell = null; // What it fills.
  #root = null;
  #events = null; // Ends what is listened to outside of the component.

  // Returns the address of a path of the search, with parameters: those that URLSearchParams takes.
  address = (path, given) => {
    const home = new URL(this.getAttribute("src")?.replace(/\/*$/, "/") || import.meta.url, location);
    const page = path === "/search" ? RESULTS : path;
    // Pages are below the address of the journal, which may have a path; articles are where the answer says.
    const address = new URL(PAGE.test(page) ? `.${page}` : page, home);
    for (const [name, value] of new URLSearchParams(given)) address.searchParams.append(name, value);
    const value = this.getAttribute("journals");
    if (value && PAGE.test(page)) address.searchParams.append("journals", value);
    return address.href;
  };

  async connectedCallback() {
    const language = (closest(this, "[lang]")?.lang || navigator.language).toLowerCase();
    const chinese = /^zh/.test(language) && (/hant|tw|hk|mo/.test(language) ? "zh-Hant" : "zh-Hans");
    this.language = [chinese, language.split("-")[0]].find((tag) => LANGUAGES.includes(tag)) ?? "en";
    const words = this.language === "en" ? WORDS : await this.#words();
    if (!this.isConnected) return;
    if (!this.#root) this.#build(words);
    this.#events?.abort();
    this.#events = new AbortController();
    const options = { signal: this.#events.signal, capture: true };
    if (this.#isDialog) this.#follow(options);
    else {
      const place = () => this.combobox.isOpen && this.combobox.place();
      addEventListener("scroll", place, { ...options, passive: true });
      addEventListener("resize", place, options);
    }
  }

  disconnectedCallback() {
    this.#events?.abort();
    this.combobox?.close();
    this.dialog?.hide();
  }

  get #isDialog() {
    return this.getAttribute("mode") === "dialog";
  }

  async #words() {
    try {
      return (await file(`words-${this.language}`)).default;
    } catch {
      this.language = "en";
      return WORDS;
    }
  }

  #build(words) {
    this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#root.adoptedStyleSheets = [STYLE];
    const shade = () => [...this.#root.children].forEach((part) => part.classList.toggle("dark", isDark()));
    this.#isDialog ? this.#trigger(words) : this.#box(words);
    this.#root.addEventListener("focusin", shade);
    shade();
    // The site's own shortcuts would take what is typed here. Tab, Escape with nothing to close, and what is pressed on the
    // button are the site's.
    const isOurs = ({ key, target, defaultPrevented }) =>
      key === "Escape" ? defaultPrevented : key !== "Tab" && !target.closest(".trigger");
    for (const type of ["keydown", "keypress", "keyup"])
      this.#root.addEventListener(type, (event) => isOurs(event) && event.stopPropagation());
  }

  #box(words) {
    const list = make("div", { role: "listbox", id: "list", "aria-label": words.suggestions });
    const popup = make("div", { class: "popup", part: "popup", popover: "manual" }, list);
    const status = make("div", { role: "status", class: "status" });
    const input = field(words, this.getAttribute("placeholder"));
    const button = make("button", { part: "button" }, words.search);
    const form = make("form", { action: this.address("/search"), role: "search" }, input, button);
    const value = this.getAttribute("journals");
    if (value) form.append(make("input", { name: "journals", type: "hidden", value }));
    this.#root.append(form, popup, status);
    form.addEventListener("submit", (event) => {
      form.action = this.address("/search");
      if (!input.value.trim()) event.preventDefault();
    });
    const { address } = this;
    this.combobox = new SiteBox({ box: this, form, input, popup, list, status, words, address });
    input.onfocus = () => this.combobox.questions.ask("").catch(() => {}); // The first key finds the connection open.
  }

  // A whole search.

  #trigger(words) {
    const button = make("button", { type: "button", class: "trigger", part: "trigger", "aria-haspopup": "dialog" }, this.getAttribute("placeholder") ?? words.search);
    const [first] = this.#keys;
    if (first) {
      const shortcuts = this.#keys.map((key) => key.replace(/ctrl\+(.)/, "Control+$1 Meta+$1")).join(" ");
      button.setAttribute("aria-keyshortcuts", shortcuts);
      const control = /Mac|iP/.test(navigator.platform) ? "⌘" : `${words.control} `;
      button.append(make("kbd", { part: "key", "aria-hidden": "true" }, first.replace("ctrl+", control)));
    }
    button.addEventListener("click", () => this.open());
    button.onpointerenter = button.onfocus = () => this.#loaded(); // Before it is pressed.
    this.#root.append(button, this.#makeShell(words));
  }

  // The dialog with its field alone: a reader types while the rest is loaded, and a phone shows its keyboard.
  #makeShell(words) {
    const input = field(words);
    const close = make("button", { type: "button", class: "close", part: "close", "aria-label": words.close }, "×");
    const form = make("form", { class: "head", part: "head", role: "search" }, input, close);
    form.addEventListener("submit", (event) => event.preventDefault());
    const dialog = make("dialog", { part: "dialog", "aria-label": words.label }, form);
    this.#shell = { dialog, form, input, close, words };
    return dialog;
  }

  // The keys that open the dialog, such as "/" and "ctrl+k".
  get #keys() {
    return this.getAttribute("keys")?.match(/\S+/g) ?? [];
  }

  get #name() {
    return this.id || "backmatter";
  }

  // Opens from an address and by keys, and goes along with the history.
  #follow(options) {
    const isStated = () => new URL(location).searchParams.has(this.#name);
    addEventListener("popstate", (event) => {
      // The site need not know of what happened in the dialog.
      if (this.#shell.dialog.open) this.dialog?.follow() && event.stopImmediatePropagation();
      else if (isStated()) this.open();
    }, options); // prettier-ignore
    document.addEventListener("keydown", (event) => this.#shortcut(event), { signal: options.signal });
    if (isStated()) this.open();
  }

  #shortcut(event) {
    const { key, ctrlKey, metaKey, altKey } = event;
    const target = event.composedPath()[0];
    if (target.isContentEditable || target.closest?.("input, textarea, select")) return;
    if (altKey || event.isComposing || event.defaultPrevented) return;
    // In a menu that is closed, nothing would be seen.
    if (!this.#keys.includes((ctrlKey !== metaKey ? "ctrl+" : "") + key) || !this.checkVisibility()) return;
    event.preventDefault();
    this.open();
  }

  // Loads the dialog.
  #loaded() {
    this.#loading ??= file("dialog").then(({ Dialog }) => {
      const shared = { make, marked, Questions, HOSTED, ...this.#shell };
      const { address, language } = this;
      return (this.dialog = new Dialog({ root: this.#root, name: this.#name, language, address, ...shared }));
    });
    return this.#loading;
  }

  // Opens the dialog, with a query if one is given; a site that listens to `backmatter:open` can keep it closed.
  async open(query) {
    const { dialog } = this.#shell;
    const options = { bubbles: true, composed: true, cancelable: true, detail: { query } };
    if (dialog.open || !this.dispatchEvent(new CustomEvent("backmatter:open", options))) return;
    dialog.showModal();
    try {
      (await this.#loaded()).open(query);
    } catch {
      location.assign(this.address("/search", query && { q: query }));
    }
  }
}

customElements.get("backmatter-search") ?? customElements.define("backmatter-search", BackmatterSearch);
