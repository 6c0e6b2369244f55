/* "Which loss do I need?": what is open stands in the address, and an address opens its path.
   Without this the answers are plain folds, and a browser opens the one that an address means. */
(() => {
  const tree = document.querySelector(".ll-chooser");
  const told = document.querySelector(".ll-told");
  const folds = [...tree.querySelectorAll("details")];
  const root = location.href.split("#")[0];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const placeOf = (fold) => fold?.querySelector("[id]").id ?? ""; // its first element with an id is its own
  const asked = () => {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return found && tree.contains(found) ? found.closest("details") : null;
  };

  /** Opens the folds that lead to one, and no others; the root if there is none. */
  function unfold(fold) {
    for (const each of folds) each.open = each.contains(fold);
  }

  /** The whole way at the top of the window if its end is still near there; else its last answer. */
  function bring(fold, behavior) {
    const length = fold.getBoundingClientRect().top - tree.getBoundingClientRect().top;
    (length < 0.45 * innerHeight ? tree : fold).scrollIntoView({ behavior });
  }

  /** As an address asks. */
  function arrive() {
    const fold = asked();
    if (location.hash && !fold) return; // the address of a heading
    unfold(fold);
    if (!fold) return;
    fold.querySelector("summary").focus({ preventScroll: true });
    bring(fold, "instant");
  }

  /** As a reader picks an answer, or takes one back: it stays where it is if what follows can be seen there. */
  tree.addEventListener("click", (event) => {
    const answer = event.target.closest("summary");
    if (!answer) return;
    event.preventDefault();
    const fold = answer.parentElement;
    const now = fold.open ? fold.parentElement.closest("details") : fold;
    const before = answer.getBoundingClientRect().top;
    unfold(now);
    history.pushState(null, "", root + (now ? `#${placeOf(now)}` : ""));
    scrollBy({ top: answer.getBoundingClientRect().top - before, behavior: "instant" });
    if (now && now.getBoundingClientRect().bottom > innerHeight) bring(now, calm.matches ? "instant" : "smooth");
  });

  /** The link of an answer is copied by one click; where that is refused, the address bar has it. */
  for (const link of tree.querySelectorAll(".ll-address a")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy the link to this answer";
    button.addEventListener("click", async () => {
      let said = "Copied";
      try { await navigator.clipboard.writeText(link.href); } catch { said = "The address bar has it"; }
      button.textContent = said;
      told.textContent = `${said}: ${link.href}`;
      setTimeout(() => (button.textContent = "Copy the link to this answer"), 3000);
    });
    link.replaceWith(button);
  }

  addEventListener("hashchange", arrive);
  addEventListener("popstate", () => location.hash || unfold(null));
  arrive();
  if (document.readyState !== "complete") addEventListener("load", () => setTimeout(arrive)); // the browser has scrolled then
})();
