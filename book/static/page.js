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

/* A formula wider than its column scrolls; the keyboard must be able to reach it then. */
(() => {
  const mark = () => {
    for (const formula of document.querySelectorAll(".katex-display")) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  };
  window.addEventListener("resize", mark);
  document.fonts.ready.then(mark);
})();
