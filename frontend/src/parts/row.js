// One row of predictions or of a target, and what happens to the others when one number is moved.

/** The row with number i at v. Where it must sum to 1 the others shrink or grow in proportion. */
export function moved(row, i, v, sums) {
  if (!sums) return row.map((w, j) => (j === i ? v : w));
  const rest = row.reduce((sum, w, j) => (j === i ? sum : sum + w), 0);
  return row.map((w, j) => (j === i ? v : (1 - v) * (rest > 0 ? w / rest : 1 / (row.length - 1))));
}

/** Whether numbers are finite and, where they must, sum to 1. */
export const fitsSum = (row, sums) => row.every(Number.isFinite)
  && (!sums || (row.every((v) => v >= 0) && Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-5));

/** Targets and rows that ask for the loss with output i at each of the places xs. */
export function questions({ y, row, i, sums }, xs) {
  const k = row.length;
  const targets = new Float64Array(xs.length * y.length);
  const rows = new Float64Array(xs.length * k);
  xs.forEach((x, n) => {
    targets.set(y, n * y.length);
    rows.set(moved(row, i, x, sums), n * k);
  });
  return { y: targets, f: rows };
}

/** The derivative with respect to output j, from an answer with k of them a row. */
export const derivative = ({ gradient }, j, k) => gradient.filter((_, at) => at % k === j);

/** As many digits of a number as a reader can have meant. */
export const short = (v) => Number(v.toPrecision(6));

/** Numbers as Python reads them, between commas. */
export const pythonNumbers = (list) => list.map((v) => (Number.isFinite(v) ? short(v) : `${v < 0 ? "-" : ""}float("inf")`)).join(", ");

/** Infinity as JSON, links and Python's traits write it. */
export const asNumbers = (list) => list.map(Number);
export const asJson = (list) => list.map((v) => (Number.isFinite(v) ? v : String(v)));
