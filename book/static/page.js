/* What the pages need beyond the theme. First: menus that open, all that Bootstrap's 80 kB were for. */
(() => {
  const selector = '[data-bs-toggle="dropdown"]';
  const set = (button, open) => {
    button.setAttribute("aria-expanded", String(open));
    button.nextElementSibling.classList.toggle("show", open);
  };
  const close = (except) => document.querySelectorAll(selector).forEach((button) => button !== except && set(button, false));
  document.addEventListener("click", (event) => {
    const button = event.target.closest(selector);
    close(button);
    if (button) set(button, button.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(`${selector}[aria-expanded="true"]`);
    close();
    open?.focus();
  });
})();

/* What is wider than its column scrolls; the keyboard must be able to reach it then.
   Looked at only once it is near the screen: asking earlier would lay out the whole chapter. */
(() => {
  const near = new IntersectionObserver((entries) => {
    const shown = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    const wide = shown.map((element) => element.scrollWidth > element.clientWidth);
    shown.forEach((element, index) => {
      if (wide[index]) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    });
  }, { rootMargin: "50% 0px" });
  const watch = () => {
    near.disconnect();
    document.querySelectorAll(".katex-display, pre, .cell_output > .output").forEach((element) => near.observe(element));
  };
  window.addEventListener("resize", watch);
  document.fonts.ready.then(watch);
})();

/* The code of figures is folded; one button opens or folds all of it, and the book remembers. */
(() => {
  const folds = [...document.querySelectorAll(".bd-article details.hide.above-input")];
  const place = document.querySelector(".header-article-items__end");
  if (!folds.length || !place) return;
  const KEY = "losslab-code";
  let open = false;
  try { open = localStorage.getItem(KEY) === "open"; } catch { /* storage refused */ }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ll-all-code header-article-item";
  const apply = () => {
    for (const fold of folds) fold.open = open;
    button.textContent = open ? "Fold the code" : "Show all code";
  };
  button.addEventListener("click", () => {
    open = !open;
    try { localStorage.setItem(KEY, open ? "open" : ""); } catch { /* for this page only */ }
    apply();
  });
  if (open) apply();
  else button.textContent = "Show all code";
  place.prepend(button);
})();

/* A term says what it means when pointed at, reached by Tab or touched once; a click leads to the glossary. */
(() => {
  const box = document.createElement("span");
  box.className = "ll-means";
  box.id = "ll-means";
  box.role = "tooltip";
  let shown = null;
  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    box.remove();
  };
  const show = (term) => {
    if (term === shown) return;
    hide();
    shown = term;
    box.textContent = term.dataset.means;
    term.setAttribute("aria-describedby", box.id);
    document.body.append(box);
    const room = document.documentElement.clientWidth;
    const at = term.getClientRects()[0];
    const left = Math.max(8, Math.min(at.left, room - box.offsetWidth - 8));
    const above = at.top - box.offsetHeight - 6;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(above > 8 ? above : at.bottom + 6) + scrollY}px`;
  };
  const term = (event) => event.target.closest?.(".ll-term");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch" && term(event)) show(term(event));
  });
  document.addEventListener("pointerout", (event) => {
    const to = event.relatedTarget;
    if (shown && to !== box && term(event) !== document.activeElement) hide();
  });
  document.addEventListener("focusin", (event) => (term(event) ? show(term(event)) : hide()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  // The first touch gives the focus, and so the meaning, before it clicks.
  let before = null;
  document.addEventListener("pointerdown", () => (before = shown));
  document.addEventListener("click", (event) => {
    const touched = event.pointerType === "touch" && term(event);
    if (touched && touched !== before) event.preventDefault();
    else if (!touched && event.target !== box) hide();
  });
})();

/* The menu marks the section that is being read. */
(() => {
  const menu = document.querySelector(".bd-sidebar-primary");
  const links = new Map();
  for (const link of menu?.querySelectorAll(".section-nav a") ?? []) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const inView = new Set();
  let marked = null;
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries) inView[entry.isIntersecting ? "add" : "delete"](entry.target);
    const link = links.get([...links.keys()].find((section) => inView.has(section)));
    if (!link || link === marked) return;
    marked?.removeAttribute("aria-current");
    marked = link;
    link.setAttribute("aria-current", "true");
    const place = link.getBoundingClientRect();
    if (place.bottom > innerHeight || place.top < 0) menu.scrollTop += place.top - innerHeight / 2;
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of links.keys()) spy.observe(section);
})();
