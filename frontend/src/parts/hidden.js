// Which of the curves of a figure are hidden: part of its links and of what can be taken back.

/** For `setting`: `keep` and `kept` of the items that a figure always has, and what a link says of them. */
export const hiding = (items) => {
  const hidden = () => items.filter((item) => !item.shown).map((item) => item.key);
  const hide = (keys) => {
    for (const item of items) item.shown = !keys.includes(item.key);
  };
  return {
    keep: hidden, kept: (_, keys) => hide(keys), showAll: () => hide([]),
    inLink: () => hidden().join(","), fromLink: (text) => hide((text ?? "").split(",")),
    shown: () => items.filter((item) => item.shown),
  };
};
