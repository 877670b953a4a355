// The search box of the pages and of <backmatter-search>; the server writes it before the script of either.
// A combobox with a list of suggestions, none of which is selected automatically:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

const WAIT = 120; // Milliseconds between the last key and the request for suggestions.
const PAUSE = 60; // Seconds without requests after one too many, if the server names no others.

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

class Combobox {
  #shown = []; // The options, in the order of the arrows.
  #active = -1; // The index of the active option; -1 before an arrow key is pressed.
  #asking = null; // Aborts the current request.
  #timer = 0;
  #resumes = 0; // When the server takes requests again.

  // Takes the elements, the messages, a function that returns the address of a path and a query, and options of fetch.
  constructor({ box, form, input, popup, list, status, words, address, fetching = {} }) {
    Object.assign(this, { box, form, input, popup, list, status, words, address, fetching });
    const attributes = {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    this.#listen();
  }

  #listen() {
    this.input.addEventListener("input", (event) => event.isComposing || this.#wait());
    this.input.addEventListener("compositionend", () => this.#wait());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.box.addEventListener("focusout", (event) => this.box.contains(event.relatedTarget) || this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // Focus stays in the input.
    this.list.addEventListener("click", () => this.close());
    this.form.addEventListener("submit", () => this.close());
  }

  get isOpen() {
    return !this.popup.hidden;
  }

  // Keys.

  #press(event) {
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault(); // Enter ends a composition; Safari would submit the form.
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
    const index = event.altKey ? -1 : 0;
    if (!this.isOpen) {
      this.input.value.trim() ? this.#ask(index) : this.recall(index);
      return true;
    }
    this.#cancel(); // While a reader chooses, the list must not change.
    if (!event.altKey) this.#activate(this.#active + 1 < this.#shown.length ? this.#active + 1 : 0);
    return true;
  }

  #up(event) {
    if (!this.isOpen) return false;
    this.#cancel();
    if (event.altKey) this.close();
    else this.#activate(this.#active > 0 ? this.#active - 1 : this.#shown.length - 1);
    return true;
  }

  #enter(event) {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    const option = this.#shown[this.#active];
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

  #escape() {
    if (this.isOpen) {
      this.close();
      return true;
    }
    this.#cancel();
    this.input.value = "";
    return true;
  }

  #edge(event, position) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return false;
    this.#activate(-1);
    this.input.setSelectionRange(position, position);
    return true;
  }

  // Other keys that type or move the cursor act on the input.
  #leave(event) {
    if (event.key.length === 1 || /^(Arrow(Left|Right)|Backspace|Delete)$/.test(event.key)) this.#activate(-1);
    return false;
  }

  #activate(index) {
    this.#shown[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index < this.#shown.length ? index : -1;
    const option = this.#shown[this.#active];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  // Suggestions.

  #wait() {
    this.#cancel();
    this.#activate(-1);
    if (this.input.value.trim()) this.#timer = setTimeout(() => this.#ask(), WAIT);
    else this.close();
  }

  #cancel() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  async #ask(index = -1) {
    this.#cancel();
    if (Date.now() < this.#resumes) return this.#pause();
    const asking = (this.#asking = new AbortController());
    const query = this.input.value;
    try {
      const address = this.address("/api/v1/suggest", query);
      const answer = await fetch(address, { signal: asking.signal, ...this.fetching });
      if (answer.status === 429) {
        this.#resumes = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || PAUSE);
        if (asking === this.#asking) this.#pause();
        return;
      }
      const found = answer.ok ? (await answer.json()).suggestions : [];
      // Show only the response to the latest request, and only if the input still has its query.
      if (asking === this.#asking && query === this.input.value) this.show(found, index);
    } catch {
      // Without suggestions, the box still searches on Enter.
      if (asking === this.#asking) this.close();
    }
  }

  // Says that there are no suggestions for now; the box still searches on Enter.
  #pause() {
    this.show([], -1);
    this.list.replaceChildren(make("div", { role: "presentation", class: "group", part: "group" }, this.words.paused));
    this.#toggle(this.input.matches(":focus"));
    this.status.textContent = this.words.paused;
  }

  // Shows suggestions for an empty input; here there are none.
  recall() {}

  show(lines, index) {
    const kinds = [...new Set(lines.map((line) => line.kind))];
    this.list.replaceChildren(...kinds.map((kind) => this.#group(kind, lines.filter((line) => line.kind === kind))));
    this.#shown = [...this.list.querySelectorAll("[role=option]")];
    this.#shown.forEach((option, number) => (option.id = `${this.list.id}-${number}`));
    this.#active = -1;
    this.#toggle(lines.length > 0 && this.input.matches(":focus"));
    this.#activate(this.isOpen ? index : -1);
    const words = { 0: this.words.none, 1: this.words.one }[lines.length] ?? this.words.many;
    this.status.textContent = words.replace("{}", lines.length);
  }

  #group(kind, lines) {
    const title = make("div", { role: "presentation", class: "group", part: "group" }, this.words[kind]);
    return make("div", { role: "group", "aria-label": this.words[kind] }, title, ...lines.map((line) => this.option(line)));
  }

  option({ title, section, url, query }) {
    const href = query ? this.address("/search", query) : this.address(url);
    const option = make("a", { role: "option", part: "option", "aria-selected": "false", tabindex: -1, href });
    // A section is shown with its own title, followed by that of its article.
    option.append(make("span", { dir: "auto", class: "title" }, section || title));
    if (section) option.append(" ", make("span", { dir: "auto", class: "of" }, title));
    return option;
  }

  #toggle(isOpen) {
    this.popup.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", isOpen);
  }

  close() {
    this.#cancel();
    this.#activate(-1);
    this.#toggle(false);
    this.status.textContent = "";
  }
}
