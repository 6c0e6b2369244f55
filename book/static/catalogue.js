/* The index of the catalogue: finds rows while the reader types; what is asked stands in the address. */
(() => {
  const form = document.querySelector("form.ll-find");
  const menus = [...form.querySelectorAll("select")];
  const bodies = [...document.querySelectorAll(".ll-index tbody")];
  const rows = bodies.flatMap((body) =>
    [...body.querySelectorAll("tr:has(code)")].map((row) => {
      const known = window.losslabCatalogue[row.querySelector("code").textContent];
      return { row, body, known, text: plain(known.names) };
    }),
  );
  const count = form.querySelector("output");

  /** Lower case without what people write differently: MSELoss, mse_loss and mse-loss are one. */
  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[-_–—'’:]/g, "");
  }

  /** Shows what matches; returns what was asked. */
  function show() {
    const words = plain(form.elements.q.value).split(/\s+/).filter(Boolean);
    const asked = menus.filter((menu) => menu.value);
    const shown = new Set();
    let found = 0;
    for (const { row, body, known, text } of rows) {
      const match = words.every((word) => text.includes(word)) && asked.every((menu) => known[menu.name].includes(menu.value));
      row.hidden = !match;
      if (match) shown.add(body);
      found += match;
    }
    for (const body of bodies) body.hidden = !shown.has(body);
    count.textContent = found === rows.length ? `${found} losses` : `${found} of ${rows.length} losses`;
    return [...new FormData(form)].filter(([, value]) => value);
  }

  function remember(asked) {
    const mark = asked.length ? `#${new URLSearchParams(asked)}` : "";
    history.replaceState(null, "", location.href.split("#")[0] + mark);
  }

  function recall() {
    const asked = [...new URLSearchParams(location.hash.slice(1))];
    if (!asked.every(([name]) => form.elements[name])) return; // the address of a heading
    form.reset();
    for (const [name, value] of asked) form.elements[name].value = value;
    show();
  }

  form.addEventListener("input", () => remember(show()));
  form.addEventListener("reset", () => setTimeout(() => remember(show())));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    rows.find(({ row }) => !row.hidden)?.row.querySelector("a").click();
  });
  window.addEventListener("hashchange", recall);
  recall();
})();
