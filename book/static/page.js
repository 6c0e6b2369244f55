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
  });
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
