// Progressive enhancement: without this script, every page, link and form works.
// The messages are in the templates, as data attributes.

const REMEMBERED = 8; // Recent searches, kept on this device only.
const ROOT = new URL(import.meta.url).pathname.replace(/\/assets\/[^/]*$/, ""); // Where the journal's addresses begin.
const RECENT = `recent${ROOT}`; // Each journal of a site has its own.

// If the browser forbids a page to store data, nothing is stored.
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

// Colours: the system's preference, unless the reader chose the other.

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
    // A reader who chooses the system's preference follows it again.
    store.set("theme", (wanted === "dark") === preference.matches ? null : wanted);
    show();
  });
  preference.addEventListener("change", show);
  addEventListener("storage", show);
  show();
  button.hidden = false;
}

// The search box: an empty one shows the recent searches of this device.

class Box extends Combobox {
  constructor(landmark) {
    const [form, input, popup, list, status, clear] = [
      "form", "input[type=search]", ".popup", "[role=listbox]", "[role=status]", ".clear",
    ].map((selector) => landmark.querySelector(selector)); // prettier-ignore
    const address = (path, given) => (PAGE.test(path) ? ROOT : "") + path + (given ? `?${new URLSearchParams(given)}` : "");
    super({ box: landmark, form, input, popup, list, status, words: landmark.dataset, address });
    this.clear = clear;
    input.addEventListener("click", () => this.isOpen || input.value || this.recall());
    clear.addEventListener("click", () => {
      store.set(RECENT, null);
      this.close();
      input.focus();
    });
    addEventListener("pageshow", () => this.close());
    if (/Mac|iPhone|iPad/.test(navigator.platform)) landmark.querySelector(".control").textContent = "⌘";
  }

  show(lines, index) {
    const recent = this.input.value.trim() ? [] : store.get(RECENT, []);
    this.clear.hidden = !recent.length;
    super.show([...recent.map((query) => ({ kind: "recent", title: query, query })), ...lines], index);
  }

  option(line) {
    const option = super.option(line);
    // An article chosen here is not a result of the page's query: the referrer must not say so.
    if (!line.query) option.referrerPolicy = "origin";
    return option;
  }
}

// Only searches with results are remembered.
function remember(input) {
  const query = input.defaultValue.trim();
  if (!query || !document.querySelector(".hits")) return;
  const others = store.get(RECENT, []).filter((other) => other !== query);
  store.set(RECENT, [query, ...others].slice(0, REMEMBERED));
}

// The box comes to the reader where it is out of view, in a dialog, which leaves the page where it is.

function startOverlay(box) {
  const { box: landmark, input } = box;
  const place = make("div", { class: "search" }); // Keeps its room, so that no line moves.
  const dialog = make("dialog", { class: "over", "aria-label": document.querySelector(`label[for="${input.id}"]`).textContent });
  dialog.addEventListener("close", () => {
    box.close();
    place.replaceWith(landmark);
    dialog.remove();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  addEventListener("pagehide", () => dialog.close());
  return () => {
    if (landmark.getBoundingClientRect().bottom < 0) {
      place.style.height = `${landmark.offsetHeight}px`;
      landmark.replaceWith(place);
      dialog.append(landmark);
      document.body.append(dialog);
      dialog.showModal();
    }
    input.focus();
    input.select();
    if (dialog.open && !input.value) box.recall();
  };
}

// Shortcuts: a single key can interfere with speech input, so it can be switched off (WCAG 2.1.4).

function startShortcuts(input, button, lead) {
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
    lead();
  });
  show();
  button.hidden = false;
}

// Copying code.

function startCopying(article) {
  if (!navigator.clipboard) return; // Only on secure connections.
  const { copy, copied } = article.dataset;
  for (const pre of article.querySelectorAll(".body .listing > pre")) {
    const button = make("button", { type: "button", class: "copy", "aria-live": "polite" }, copy);
    pre.after(button);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2000);
    });
  }
}

// Clicks on results: reported by a beacon, which delays no link.

function tellClicks(input, address) {
  const tell = (event) => {
    const link = event.button < 2 && event.target.closest?.(".hits h2 a, .hits :is(.sections, .passages) a, [role=option]");
    // The query in the address of an article only marks words; it is not part of the article's address.
    const url = link?.getAttribute("href").replace(/^(\/([^?#]*\/)?articles\/[^?#]*).*/, "$1");
    if (!url || url.startsWith(`${ROOT}/search`)) return;
    const q = link.role === "option" ? input.value : input.defaultValue;
    navigator.sendBeacon(address, JSON.stringify({ q, url }));
  };
  addEventListener("click", tell);
  addEventListener("auxclick", tell);
}

// What further sections say: taken into the results from a page of its own.

function startPassages(hits) {
  hits?.addEventListener("click", async (event) => {
    const link = event.target.closest("a.more");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const passages = page.querySelector(".passages");
    link.closest(".sections").replaceWith(passages);
    passages.querySelector("a").focus();
  });
}

// Marks: removed in place, without loading the page again.

function startUnmarking(article) {
  document.querySelector(".unmark")?.addEventListener("click", (event) => {
    event.preventDefault();
    history.replaceState(null, "", location.pathname + location.hash);
    article.classList.add("unmarked");
    document.querySelector(".marks").style.visibility = "hidden"; // Its room stays, so that no line moves.
  });
}

// Back to the results: to the page as the reader left it, if it is the one before in the history.

function startReturning(link) {
  const { length } = history;
  link?.addEventListener("click", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!isPlain || document.referrer !== link.href || history.length !== length || length < 2) return;
    event.preventDefault();
    history.back();
  });
}

// Text fragments: a browser that does not support them would not find the section either.

function withoutFragments() {
  for (const link of document.querySelectorAll("a[href*=':~:']")) link.href = link.href.replace(/:~:.*/, "");
  if (location.hash.includes(":~:")) location.replace(location.hash.replace(/:~:.*/, ""));
}

// What this browser keeps can be erased.

function startErasing(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const name of [RECENT, "theme", "shortcuts"]) store.set(name, null);
    button.textContent = button.dataset.erased;
  });
}

const [landmark, colours, shortcuts, article] = ["search.search", "#_colours", "#_shortcuts", ".article"].map((selector) =>
  document.querySelector(selector),
);
startColours(colours);
if (landmark) {
  const box = new Box(landmark);
  startShortcuts(box.input, shortcuts, startOverlay(box));
  remember(box.input);
  if (landmark.dataset.clicks) tellClicks(box.input, landmark.dataset.clicks);
}
startPassages(document.querySelector(".hits"));
const erase = document.querySelector(".erase");
if (erase) startErasing(erase);
if (article) {
  startCopying(article);
  startUnmarking(article);
  startReturning(document.querySelector(".marks .back"));
}
if (!("fragmentDirective" in document)) withoutFragments();
