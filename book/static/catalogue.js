/* The index of the catalogue: search and filters. What is asked stands in the address, so that it can be sent and gone back to. */
(() => {
  const data = globalThis.losslabCatalogue;
  const search = globalThis.losslabSearch(data);
  const form = document.querySelector("form.ll-find");
  const found = document.querySelector(".ll-found");
  const query = form.elements.q;
  const menus = [...form.querySelectorAll("select")];
  const families = [...document.querySelectorAll("section.ll-family")];
  const cards = new Map(families.flatMap((section) =>
    [...section.querySelectorAll(".ll-cards > li")].map((card) => [card.querySelector("code").textContent, { card, section, known: data.losses[card.querySelector("code").textContent] }])));
  const count = form.querySelector("output");

  const make = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside);
    return element;
  };
  const html = (tag, name, text) => {
    const element = make(tag, name);
    element.innerHTML = text; // written by the build, not by readers
    return element;
  };
  const suits = (name, except) => menus.every((menu) => menu === except || !menu.value || cards.get(name).known[menu.name].includes(menu.value));

  /** The card of a loss among the results, with what it is for. */
  function result(name) {
    const card = cards.get(name).card.cloneNode(true);
    card.hidden = false;
    const use = cards.get(name).known.use;
    if (use) card.querySelector("p").after(make("p", "ll-when", make("b", "", "When: "), use));
    return card;
  }

  function link(name) {
    const to = make("a", "", cards.get(name).known.title);
    to.href = `catalogue/losses/${name}.html`;
    return to;
  }

  /** What helps where nothing was found. */
  function help(near, problems) {
    const tries = make("p", "ll-try", ...problems.map((entry) => {
      const button = make("button", "btn", entry.words[0]);
      button.type = "button";
      return button;
    }));
    const chooser = make("a", "", "Which loss do I need?");
    chooser.href = "choose.html";
    const names = near.flatMap((name, i) => [i ? ", " : "", link(name)]);
    return [
      make("p", "", make("strong", "", "Nothing has that name, and no problem is called so."), ...(near.length ? [" The nearest names: ", ...names, "."] : [])),
      make("p", "", "Problems that the search knows:"), tries,
      make("p", "", "Or answer a few questions: ", chooser),
    ];
  }

  function answer(asked) {
    const answers = search(asked);
    const names = answers.losses.map(({ name }) => name);
    const shown = names.filter((name) => suits(name));
    const parts = answers.missing.map((entry) => html("div", "ll-absent", `<p><strong>Not shipped: ${entry.name}.</strong> ${entry.reason}</p>`));
    for (const { problem, note } of answers.problems) parts.push(html("p", "ll-problem", `<strong>${problem}.</strong> ${note}`));
    if (!names.length && !parts.length) parts.push(...help(answers.near, data.problems));
    else if (!shown.length && names.length) parts.push(make("p", "", "What was found does not suit the filters: choose “any”, or Clear."));
    const list = make("ul", "ll-cards", ...shown.map(result));
    found.replaceChildren(...parts, list);
    return names;
  }

  /** Shows what is asked for. */
  function show() {
    const asked = query.value.trim();
    const names = asked ? answer(asked) : [...cards.keys()];
    found.hidden = !asked;
    const filled = new Set();
    for (const [name, { card, section }] of cards) {
      card.hidden = !suits(name);
      if (!card.hidden) filled.add(section);
    }
    for (const section of families) section.hidden = Boolean(asked) || !filled.has(section);
    for (const menu of menus) {
      const there = names.filter((name) => suits(name, menu));
      for (const option of menu.options) {
        if (!option.value) continue;
        const many = there.filter((name) => cards.get(name).known[menu.name].includes(option.value)).length;
        option.textContent = `${data.menus[menu.name][option.value]} (${many})`;
        option.disabled = !many && !option.selected;
      }
    }
    const left = names.filter((name) => suits(name)).length;
    count.textContent = left === cards.size ? `${left} losses` : `${left} of ${cards.size} losses`;
  }

  const address = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    return location.pathname + (asked.size ? `?${asked}` : "");
  };
  let typing = false; // letters of one word are one step back, not one each
  let later = 0;

  function remember(typed) {
    clearTimeout(later);
    const now = location.pathname + location.search;
    if (address() === now) return;
    if (typed && typing) history.replaceState(null, "", address());
    else history.pushState(null, "", address());
    typing = typed;
  }

  function recall() {
    const asked = new URLSearchParams(location.search);
    query.value = asked.get("q") ?? "";
    for (const menu of menus) {
      const wanted = asked.get(menu.name) ?? "";
      menu.value = [...menu.options].some((option) => option.value === wanted) ? wanted : "";
    }
    typing = false;
    show();
  }

  form.addEventListener("input", (event) => {
    show();
    if (event.target !== query) remember(false);
    else { // browsers refuse an address that changes with every letter
      clearTimeout(later);
      later = setTimeout(remember, 150, true);
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target === query) remember(true);
    typing = false;
  });
  form.addEventListener("reset", () => setTimeout(() => {
    show();
    remember(false);
    query.focus();
  }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    remember(true);
    (found.hidden ? document.querySelector(".ll-family .ll-cards > li:not([hidden]) a") : found.querySelector(".ll-cards a"))?.click();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".ll-try button");
    if (!button) return;
    query.value = button.textContent;
    show();
    remember(false);
    query.focus();
  });
  addEventListener("popstate", recall);
  recall();
})();
