/* The page of a loss: its code as tabs, one a library, which the book remembers; links that set the figure. */
(() => {
  const KEY = "losslab-library";
  const box = document.querySelector(".ll-tabs");
  if (box) {
    const panels = [...box.querySelectorAll(":scope > section")];
    const list = document.createElement("div");
    list.className = "ll-tablist";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "The same number in code");
    const tabs = panels.map((panel) => {
      const heading = panel.querySelector("h3");
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `${panel.id}-tab`;
      tab.textContent = heading.textContent;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      heading.hidden = true;
      return tab;
    });
    const choose = (chosen, focus) => {
      tabs.forEach((tab, i) => {
        const here = i === chosen;
        tab.setAttribute("aria-selected", String(here));
        tab.tabIndex = here ? 0 : -1;
        panels[i].hidden = !here;
      });
      if (focus) {
        tabs[chosen].focus();
        tabs[chosen].scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    };
    const pick = (chosen, focus) => {
      choose(chosen, focus);
      try { localStorage.setItem(KEY, panels[chosen].id); } catch { /* for this page only */ }
    };
    list.append(...tabs);
    box.prepend(list);
    list.addEventListener("click", (event) => {
      const chosen = tabs.indexOf(event.target);
      if (chosen >= 0) pick(chosen, false);
    });
    list.addEventListener("keydown", (event) => {
      const now = tabs.indexOf(event.target);
      const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      pick((to + tabs.length) % tabs.length, true);
    });
    let wanted = null;
    try { wanted = localStorage.getItem(KEY); } catch { /* storage refused: the first */ }
    choose(Math.max(0, panels.findIndex((panel) => panel.id === wanted)), false);
  }
  for (const link of document.querySelectorAll(".ll-compare")) link.href = link.dataset.shows; // without scripts it leads to the picture
  // A figure reads its address when it is drawn: a link that compares draws it anew.
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#figure1?")) location.reload();
  });
})();
