/* The one thing the theme needs Bootstrap's 80 kB for: menus that open. */
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
