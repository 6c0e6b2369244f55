// What was drawn before the last step, in pale: one sees what moved.

/** Remembers the curves of `panels`, and points of the first at `dots()`, when a step begins; shows them when it has been
 *  made, until the next one. */
export function makeGhosts(steps, panels, dots = () => []) {
  let before = [];
  const clear = () => panels.forEach((panel) => panel.recall(null));
  steps.watch({
    begin: () => { before = panels.map((panel, i) => panel.remember(i ? [] : dots())); },
    step: () => panels.forEach((panel, i) => panel.recall(before[i])),
    settled: clear,
  });
}
