// What stays closed until its question is answered. The book wraps it when it is built; a class on <html> closes it.

const findable = "onbeforematch" in document.documentElement;

/** The veil right after a question, or null. */
export function veilOf(box) {
  const next = box.nextElementSibling;
  return next?.classList.contains("losslab-veil") ? next : null;
}

/** Closes a veil in a way that the browser's own search still looks through, where it can. */
export function close(veil, whenFound) {
  veil.classList.remove("open");
  if (!findable) return;
  veil.setAttribute("hidden", "until-found");
  veil.addEventListener("beforematch", whenFound, { once: true });
}

export function open(veil) {
  veil.classList.add("open");
  veil.removeAttribute("hidden");
  // Live figures draw themselves only where they have room; static.js waits for this.
  veil.dispatchEvent(new Event("losslab-open"));
}

const CLOSED = ".losslab-veil:not(.open)";

/** The innermost closed veil over an element, if the page asks at all. */
export const veilOver = (element) => (document.documentElement.classList.contains("asks") ? element.closest(CLOSED) : null);

/** Opens all veils over an element; whether there were any. */
export function openOver(element) {
  let found = false;
  for (let veil = veilOver(element); veil; veil = veilOver(element)) {
    open(veil);
    found = true;
  }
  return found;
}

/** Opens what the address points into. */
export function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && openOver(target)) target.scrollIntoView();
}
