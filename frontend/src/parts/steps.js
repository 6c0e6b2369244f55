// What a reader does, step by step: a drag, a press or the keys on one thing are one step, which can be taken back.

const MOST = 100;
const PRESSED = "button:not(.ll-handle), select, summary, input[type=radio]"; // each key on these is a step

/** `now()` is the state as JSON, without what only says where the reader looks; `whole()` is all of it. A watcher is told
 *  `begin()` when something may be about to change, `step()` when it has and can be taken back, `change()` whenever
 *  something is new, and `settled()` when what was there before says nothing any more. */
export function makeSteps(el, now, whole) {
  const past = [];
  const watchers = [];
  const tell = (what) => watchers.forEach((watcher) => watcher[what]?.());
  let mark = now();
  let before = whole();
  let fresh = true; // nothing has changed since the mark
  let keyed = null; // what the last keys went to

  function begin() {
    mark = now();
    before = whole();
    fresh = true;
    tell("begin");
  }
  const press = () => {
    keyed = null;
    begin();
  };
  const key = ({ target }) => {
    if (target === keyed) return;
    keyed = target.matches(PRESSED) ? null : target;
    begin();
  };
  /** Something may be new; with `any` also where the reader looks is worth a step back. */
  function changed(any = false) {
    if (fresh && (any ? whole() !== before : now() !== mark)) {
      past.push(before);
      if (past.length > MOST) past.shift();
      fresh = false;
      tell("step");
    }
    tell("change");
  }
  function settle() {
    mark = now();
    before = whole();
    fresh = true;
    keyed = null;
    tell("settled");
    tell("begin");
    tell("change");
  }
  el.addEventListener("pointerdown", press, true);
  el.addEventListener("keydown", key, true);
  el.addEventListener("click", (event) => event.detail || press(), true); // by key or by a script
  el.addEventListener("change", ({ target }) => target.matches(PRESSED) && press(), true);
  el.addEventListener("input", () => changed()); // a slider on its way
  return {
    press, changed, settle,
    watch: (watcher) => watchers.push(watcher),
    any: () => past.length > 0,
    /** The state before the last step, which is forgotten. */
    pop: () => past.pop(),
  };
}
