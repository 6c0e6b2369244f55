/* What a reader means: losses by their names here and elsewhere, by problems, and what is not shipped and why.
   Pure functions of the data that the build writes (losslab_book/catalogue/index.py); the page and the tests call them. */
globalThis.losslabSearch = (data) => {
  const common = new Set([...data.common, "my", "when", "what", "how", "which", "i", "some", "there", "very", "too", "not"]);

  /** Lower case without accents and marks: MSELoss, mse_loss and mse-loss are one. */
  const joined = (text) => text.normalize("NFD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const core = (text) => joined(text).replace(/(?<=..)(loss|losses|lossfunction)$/, "");

  /** Its words in small letters, at capitals as well as at marks. */
  const split = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$3 $2").toLowerCase().match(/[a-z]+\d*|\d+/g) ?? [];
  const stem = (word) => word.replace(/(?<=....)(ies|es|s)$/, "").replace(/(?<=....)(ised|ized|ed|ing|y|e)$/, "");
  const words = (text) => split(text).filter((word) => !common.has(word)).map(stem);

  /** How many letters to change, add, leave out or swap; anything above `most` is most + 1. */
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [], last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return Math.min(last[b.length], most + 1);
  }
  const allowed = (word) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

  /** Every ending of a path, as a whole: torch.nn.HuberLoss is found as nn.HuberLoss and HuberLoss. */
  function endings(name) {
    const [path, bracket = ""] = name.split(/(?=\()/, 2);
    const parts = path.split(/[.:]/);
    const chosen = /'(\w+)'/.exec(bracket)?.[1];
    return [...parts.map((_, i) => parts.slice(i).join("") + bracket), parts.at(-1), ...(chosen ? [chosen] : [])];
  }

  // A library in front of a name: “sklearn log_loss”.
  const library = /^(sklearn|scikit-?learn|(py)?torch|keras|tensorflow|tf|optax|jax|xgboost|xgb|lightgbm|lgbm|catboost|statsmodels|scipy)\s+(?=\S)/i;

  const losses = Object.entries(data.losses).map(([name, known]) => ({
    name, known,
    // Whole names, and how much each says: of another library's last word there may be several.
    whole: new Map([
      ...known.also.flatMap(endings).map((each) => [core(each), 6]),
      ...known.names.flatMap(endings).map((each) => [core(each), 9]),
      [core(known.title), 10], [core(name), 10],
    ]),
    spelt: new Set([name, ...known.names]),
    full: new Set([name, known.title, ...known.names].map(joined)),
    near: new Set(words(`${name} ${known.title}`)),
    far: new Set(words([...known.names, ...known.also].join(" "))),
    text: new Set(words(known.use)),
  }));
  const problems = data.problems.map((entry) => ({ ...entry, phrases: entry.words.map(words), whole: entry.words.map(core) }));
  const missing = data.missing.map((entry) => ({
    ...entry, whole: [entry.name, ...entry.names].map(core), phrases: [entry.name, ...entry.names].map(words),
  }));
  // How rare a word is says how much it tells.
  const spread = new Map();
  for (const { near, far, text } of losses) for (const word of new Set([...near, ...far, ...text])) spread.set(word, (spread.get(word) ?? 0) + 1);
  const vocabulary = new Set([...spread.keys(), ...problems.flatMap((p) => p.phrases.flat())]);
  const rarity = (word) => Math.log(1 + losses.length / (spread.get(word) ?? 1));

  /** What a typed word may stand for: itself, what it begins, what it is misspelt for; each with how sure that is. */
  function meanings(word, last) {
    const found = new Map();
    if (vocabulary.has(word)) found.set(word, 1);
    if (last || word.length > 3) {
      for (const other of vocabulary) if (word.length > 1 && other !== word && other.startsWith(word)) found.set(other, 0.75);
    }
    if (!found.size) {
      for (const other of vocabulary) if (distance(word, other, allowed(word)) <= allowed(word) && other[0] === word[0]) found.set(other, 0.6);
    }
    return found;
  }

  /** The words that were typed, each with what it may stand for. */
  function read(typed) {
    const said = split(typed);
    const kept = said.filter((word) => !common.has(word));
    return (kept.length ? kept : said).flatMap((word, i, all) =>
      (data.synonyms[word]?.split(" ").filter((each) => !common.has(each)) ?? [word]).map((each) => meanings(stem(each), i === all.length - 1)));
  }

  /** How well a set of phrases is met: 3 for a whole one, less for the words of one; 0 if it is not. */
  function met(typed, asked, { whole, phrases }, loose) {
    const said = core(typed);
    if (whole.includes(said)) return 3;
    if (said.length > 2 && whole.some((each) => each.startsWith(said))) return 2;
    const given = new Set(words(typed));
    if (loose && phrases.some((phrase) => phrase.length && phrase.every((word) => given.has(word)))) return 2;
    const all = new Set(phrases.flat());
    const share = asked.length ? asked.filter((m) => [...m].some(([word, sure]) => all.has(word) && (sure === 1 || word.length - said.length < 8 && said.length > 3))).length / asked.length : 0;
    if (loose ? share === 1 : share === 1 && said.length > 4 && phrases.some((phrase) => phrase.length && asked.every((m) => [...m.keys()].some((word) => phrase.includes(word))))) return 1;
    const near = allowed(said);
    return near && whole.some((each) => each[0] === said[0] && distance(said, each, near) <= near) ? 1 : 0;
  }

  function score({ whole, full, spelt, near, far, text }, typed, asked, total) {
    const said = core(typed);
    let points = whole.get(said) ?? 0;
    if (!points && said) {
      for (const [each, worth] of whole) {
        if (each.startsWith(said)) points = Math.max(points, worth * (0.3 + (0.6 * said.length) / each.length));
        else if (said.length > 3 && each.includes(said)) points = Math.max(points, worth * 0.2);
        else if (said.length > 3 && each[0] === said[0] && distance(said, each, allowed(said)) <= allowed(said)) points = Math.max(points, worth * 0.5);
      }
    }
    let sum = 0, known = 0;
    for (const meaning of asked) {
      let best = 0, rare = 0;
      for (const [word, sure] of meaning) {
        const place = near.has(word) ? 1 : far.has(word) ? 0.7 : text.has(word) ? 0.35 : 0;
        if (place * sure > best) [best, rare] = [place * sure, rarity(word)];
      }
      sum += best * rare;
      known += best > 0;
    }
    // Half of what was said must be known of it; what is known in all its words comes first.
    if (known * 2 > total || (total && known === total)) points += sum * (known === total ? 1 : 0.4) / Math.max(1, total);
    if (full.has(joined(typed))) points += 12;
    if (spelt.has(typed.trim())) points += 2; // to the letter
    return { points, all: known === total };
  }

  /** {losses: [{name, problem}], problems, missing, near}: the best first, and what to try where there is nothing. */
  return function search(given) {
    const typed = given.trim().replace(library, "");
    const asked = read(typed);
    const found = new Map();
    const add = (name, points, problem) => {
      const before = found.get(name);
      found.set(name, { name, points: (before?.points ?? 0) + points, problem: before?.problem ?? problem });
    };
    const rated = losses.map((loss) => ({ loss, ...score(loss, typed, asked, asked.length) }));
    const named = rated.some(({ loss }) => (loss.whole.get(core(typed)) ?? 0) > 8);
    const whole = rated.some(({ all, points }) => all && points > 0);
    for (const { loss, points, all } of rated) if (points > 2.5 || (points > 0 && (all || !whole))) add(loss.name, points);
    const absent = missing.map((entry) => ({ entry, how: met(typed, asked, entry, false) })).filter(({ how }) => how > (named ? 2 : 0)).sort((a, b) => b.how - a.how);
    const meant = problems.map((entry) => ({ entry, how: met(typed, asked, entry, true) })).filter(({ how }) => how > (named ? 2 : 0)).sort((a, b) => b.how - a.how);
    const told = Math.max(0, ...meant.map(({ how }) => how)); // a problem to the letter says more than the beginning of a name
    const out = absent.filter(({ how }) => how >= told || how === 3);
    const sure = out[0]?.how === 3 && told < 2 ? [] : meant.filter(({ how }) => how === meant[0].how).slice(0, 2);
    for (const { entry, how } of sure) entry.take.forEach((name, i) => add(name, how * 3 - 0.3 * i, entry));
    for (const name of (data.models[joined(typed)] ?? "").split(" ").filter(Boolean)) add(name, 8);
    for (const { entry } of out.slice(0, 2)) entry.take.forEach((name, i) => add(name, 2 - 0.2 * i));
    const listed = [...found.values()].sort((a, b) => b.points - a.points || a.name.length - b.name.length);
    const enough = listed.length ? Math.min(1.5, 0.12 * listed[0].points) : 0;
    return {
      losses: listed.filter(({ points }) => points >= enough),
      problems: sure.map(({ entry }) => entry),
      missing: out.slice(0, out[0]?.how === 3 ? 1 : 2).map(({ entry }) => entry),
      near: listed.length || out.length ? [] : nearest(core(typed)),
    };
  };

  /** The losses whose names are spelt most alike. */
  function nearest(said) {
    const far = (each) => distance(said, each, 99) / Math.max(said.length, each.length);
    return losses.map(({ name, whole }) => [name, Math.min(...[...whole.keys()].map(far))]).filter(([, off]) => off < 0.6).sort((a, b) => a[1] - b[1]).slice(0, 3).map(([name]) => name);
  }
};
