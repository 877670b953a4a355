// The search box of the pages and of <backmatter-search>; the server writes it before the script of either.
// A combobox with a list of suggestions, none of which is selected automatically:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

const WAIT = 40; // Milliseconds after a key in which the next one is waited for; the first is asked at once.
const KEPT = 100; // Answers that are kept, for readers who go back in what they type.
const LEAST = 160; // Pixels of the list, however little room there is, and below it.
const MARGIN = 8;
const PAGE = /^\/(search$|api\/)/; // Pages of a journal, whose addresses begin with its path.
const HOSTED = /^\/(\S*\/)?articles\//; // Articles that are on the server.
const PAUSE = 60; // Seconds without requests after one too many, if the server names no others.

// What the server escapes.
const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

// Makes an element; children that are false are left out.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  element.append(...children.filter(Boolean));
  return element;
}

// Returns escaped text with marks as nodes: a site may forbid scripts to write HTML.
function marked(html) {
  return html.split(/<\/?mark>/).map((part, number) => {
    const text = part.replace(/&(.+?);/g, (_, name) => CHARACTERS[name]);
    return number % 2 ? make("mark", {}, text) : text;
  });
}

// Answers to what a reader types: the first key is asked for at once, only the latest question is answered, and answers
// are kept.
class Questions {
  #asking = null; // Aborts the current request.
  #timer = 0;
  #typed = -Infinity; // When the last key was.
  #kept = new Map(); // Answers by question.
  #resumes = 0; // When the server takes requests again.

  // Takes a function that fetches the answer to a question.
  constructor(request) {
    this.request = request;
  }

  get isAsking() {
    return this.#asking !== null;
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  // Calls a function after a key: at once, or when no other key follows, if the answer is not there.
  type(question, act) {
    this.cancel();
    const isFirst = performance.now() - this.#typed > WAIT;
    this.#typed = performance.now();
    if (isFirst || this.#kept.has(question)) act();
    else this.#timer = setTimeout(act, WAIT);
  }

  // Returns an answer; nothing if another question was asked meanwhile. The message of an error is "paused" or "down".
  async ask(question) {
    this.cancel();
    if (this.#kept.has(question)) return this.#kept.get(question);
    if (Date.now() < this.#resumes) throw new Error("paused");
    const asking = (this.#asking = new AbortController());
    try {
      const answer = await this.#answer(question, asking.signal);
      if (asking === this.#asking) return answer;
    } catch (error) {
      if (asking === this.#asking) throw new Error(Date.now() < this.#resumes ? "paused" : "down", { cause: error });
    } finally {
      if (asking === this.#asking) this.#asking = null;
    }
  }

  async #answer(question, signal) {
    const answer = await this.request(question, signal);
    if (answer.status === 429)
      this.#resumes = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || PAUSE);
    if (!answer.ok) throw new Error(answer.statusText);
    if (this.#kept.size === KEPT) this.#kept.delete(this.#kept.keys().next().value);
    const read = await answer.json();
    this.#kept.set(question, read);
    return read;
  }
}

class Combobox {
  #shown = []; // The options, in the order of the arrows.
  #active = -1; // The index of the active option; -1 before an arrow key is pressed.
  #asked = ""; // The query of the current request.

  // Takes the elements (box, form, input, popup, list, status), the messages (words), and a function that returns the
  // address of a path and parameters.
  constructor(given) {
    Object.assign(this, given);
    const { input, list } = given;
    this.questions = new Questions((query, signal) => this.request(query, signal));
    setAttributes(input, {
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    });
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
    }[event.key];
    if (act ? act() : this.#leave(event)) event.preventDefault();
  }

  #down(event) {
    const index = event.altKey ? -1 : 0;
    if (!this.isOpen) {
      this.input.value.trim() ? this.#ask(index) : this.recall(index);
      return true;
    }
    this.questions.cancel(); // While a reader chooses, the list must not change.
    if (!event.altKey) this.#activate(this.#active + 1 < this.#shown.length ? this.#active + 1 : 0);
    return true;
  }

  #up(event) {
    if (!this.isOpen) return false;
    this.questions.cancel();
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
    this.form.target = "";
    return true;
  }

  #escape() {
    const dialog = this.input.closest("dialog");
    if (dialog) {
      dialog.close();
      return true;
    }
    if (this.isOpen) {
      this.close();
      return true;
    }
    this.questions.cancel();
    const isFilled = this.input.value !== "";
    this.input.value = "";
    return isFilled;
  }

  // Other keys that type or move the cursor act on the input.
  #leave(event) {
    if (event.key.length === 1 || /^(Arrow(Left|Right)|Home|End|Backspace|Delete)$/.test(event.key)) this.#activate(-1);
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
    if (this.questions.isAsking && this.#asked === this.input.value) return;
    this.questions.cancel();
    this.#activate(-1);
    if (!this.input.value.trim()) this.close();
    this.questions.type(this.input.value, () => this.input.value.trim() && this.#ask());
  }

  async #ask(index = -1) {
    const query = (this.#asked = this.input.value);
    try {
      const answer = await this.questions.ask(query);
      if (answer && query === this.input.value) this.show(answer.suggestions, index);
    } catch (error) {
      this.#say(this.words[error.message]);
    }
  }

  request(query, signal) {
    return fetch(this.address("/api/v1/suggest", { q: query }), { signal });
  }

  // Says why there are no suggestions for now; the box still searches on Enter.
  #say(message) {
    this.show([], -1);
    const line = make("div", { role: "presentation", class: "group", part: "group" }, message);
    this.list.append(line);
    this.#toggle(this.input.matches(":focus"));
    this.status.textContent = message;
  }

  // Shows suggestions for an empty input.
  recall(index = -1) {
    this.#ask(index);
  }

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

  option(line) {
    const { title, section, html, passage, count } = line;
    const href = this.#href(line);
    const option = make("a", { role: "option", part: "option", "aria-selected": "false", tabindex: -1, href });
    const add = (name, ...content) => option.append(make("span", { dir: "auto", class: name }, ...content), " ");
    // A section is shown with its own title, followed by that of its article.
    add("title", ...(html ? marked(html) : [section || title]));
    if (section) add("of", title);
    if (count) add("of", count);
    if (passage) add("why", ...marked(passage));
    return option;
  }

  #href({ kind, title, url, query }) {
    if (query) return this.address("/search", { q: query });
    if (kind === "tag" || kind === "year") return this.address("/search", { [kind]: title });
    if (!HOSTED.test(url)) return this.address(url);
    // Articles that are here have the words marked.
    const [path, anchor] = url.split("#");
    return this.address(path, { q: this.input.value }) + (anchor ? `#${anchor}` : "");
  }

  #toggle(isOpen) {
    this.popup.hidden = !isOpen;
    this.place();
    this.input.setAttribute("aria-expanded", isOpen);
    if (!isOpen) return;
    // A phone's keyboard covers a part of the page.
    const frame = this.popup.offsetHeight - this.list.offsetHeight;
    const room = visualViewport.height - this.list.getBoundingClientRect().top - frame;
    this.list.style.maxHeight = `${Math.max(LEAST, room - MARGIN)}px`;
  }

  // Brings the list to where it is shown: here, the stylesheet does.
  place() {}

  close() {
    this.questions.cancel();
    this.#activate(-1);
    this.#toggle(false);
    this.status.textContent = "";
  }
}
