/* The index of the catalogue: finds rows while the reader types; what is asked stands in the address. */
(() => {
  const form = document.querySelector("form.ll-find");
  const bodies = [...document.querySelectorAll(".ll-index tbody")];
  const rows = bodies.flatMap((body) =>
    [...body.querySelectorAll("tr[data-k]")].map((row) => {
      const { k, t, c, l = "", n = "" } = row.dataset;
      const [loss, , aliases] = row.cells;
      const text = `${loss.textContent} ${aliases.textContent} ${n}`;
      return { row, body, text: plain(text), kind: k, target: t, claims: c, libraries: l.split(" "), family: body.dataset.f };
    }),
  );
  const count = form.querySelector("output");

  /** Lower case without what people write differently: MSELoss, mse_loss and mse-loss are one. */
  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[-_–—'’:]/g, "");
  }

  /** What a row must have in its attribute for what is chosen in a menu; undefined: anything. */
  const code = (name) => form.elements[name]?.selectedOptions[0].dataset.x;

  function matcher() {
    const words = plain(form.elements.q.value).split(/\s+/).filter(Boolean);
    const [family, target, kind, claim, library] = ["family", "target", "kind", "claim", "library"].map(code);
    return (item) =>
      words.every((word) => item.text.includes(word)) &&
      (family === undefined || item.family === family) &&
      (target === undefined || item.target === target) &&
      (kind === undefined || item.kind === kind) &&
      (claim === undefined || item.claims.includes(claim)) &&
      (library === undefined || item.libraries.includes(library));
  }

  function show() {
    const matches = matcher();
    let found = 0;
    const shown = new Set();
    for (const item of rows) {
      const match = matches(item);
      item.row.hidden = !match;
      if (match) shown.add(item.body);
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
    const asked = new URLSearchParams(location.hash.slice(1));
    if (location.hash && ![...asked.keys()].every((name) => form.elements[name])) return; // a heading's address
    form.reset();
    for (const [name, value] of asked) form.elements[name].value = value;
    show();
  }

  form.addEventListener("input", () => remember(show()));
  form.addEventListener("reset", () => setTimeout(() => remember(show())));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const only = rows.filter((item) => !item.row.hidden);
    if (only.length) only[0].row.querySelector("a").click();
  });
  window.addEventListener("hashchange", recall);
  recall();
})();
