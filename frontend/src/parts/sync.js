// Keeps Python's traits and the figure's state the same, without hearing one's own echo.

import { debounce } from "./dom.js";

/** `values()` gives the traits as the figure has them; `changed()` takes over what Python has set. */
export function syncTraits(model, values, changed) {
  const names = Object.keys(values());
  let saving = false;
  let written = "";

  const save = debounce(() => {
    const now = values();
    written = JSON.stringify(now);
    saving = true;
    for (const name of names) model.set(name, now[name]);
    saving = false;
    model.save_changes();
  }, 250);

  const heard = () => {
    if (saving) return;
    const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, model.get(name)])));
    if (text !== written && text !== JSON.stringify(values())) changed();
  };
  for (const name of names) model.on(`change:${name}`, heard);

  return {
    save,
    close() {
      save.cancel();
      for (const name of names) model.off(`change:${name}`, heard);
    },
  };
}
