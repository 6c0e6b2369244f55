// Short formulas as a reader types them: numbers, names, + - * / ^, parentheses and a few functions.

const FUNCTIONS = {
  exp: Math.exp, log: Math.log, ln: Math.log, sqrt: Math.sqrt, abs: Math.abs, sign: Math.sign, max: Math.max, min: Math.min,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)), log1p: Math.log1p, expm1: Math.expm1, tanh: Math.tanh,
};
const GREEK = { π: "pi" };
const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z_Α-ω]\w*)|(\*\*|[-+*/^(),]))/giy;

function tokens(text) {
  const found = [];
  const plain = text.replace(/[\u2212\u2013]/g, "-").replace(/[·×]/g, "*");
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < plain.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(plain);
    if (!match) throw new Error(`“${plain.slice(at).trim()[0]}” is not understood here.`);
    const [, number, name, sign] = match;
    found.push(number ? { number: Number(number) } : name ? { name: GREEK[name] ?? name } : { sign: sign === "**" ? "^" : sign });
  }
  return found;
}

/** A function of an array with one number for each name; an Error that a reader understands if the text is no formula. */
export function formula(text, names) {
  const list = tokens(text);
  let next = 0;
  const peek = () => list[next]?.sign;
  const take = (sign) => {
    if (peek() !== sign) throw new Error(sign === ")" ? "A closing parenthesis is missing." : `“${sign}” is missing.`);
    next += 1;
  };
  function sum() {
    let left = product();
    while (peek() === "+" || peek() === "-") {
      const [sign, a, b] = [list[next++].sign, left, product()];
      left = sign === "+" ? (v) => a(v) + b(v) : (v) => a(v) - b(v);
    }
    return left;
  }
  function product() {
    let left = signed();
    while (peek() === "*" || peek() === "/") {
      const [sign, a, b] = [list[next++].sign, left, signed()];
      left = sign === "*" ? (v) => a(v) * b(v) : (v) => a(v) / b(v);
    }
    return left;
  }
  function signed() {
    if (peek() !== "-" && peek() !== "+") return power();
    const minus = list[next++].sign === "-";
    const x = signed();
    return minus ? (v) => -x(v) : x;
  }
  function power() {
    const base = atom();
    if (peek() !== "^") return base;
    next += 1;
    const exponent = signed();
    return (v) => base(v) ** exponent(v);
  }
  function call(name) {
    const run = FUNCTIONS[name];
    if (!run) throw new Error(`${name} is no function known here; there are ${Object.keys(FUNCTIONS).join(", ")}.`);
    take("(");
    const given = [sum()];
    while (peek() === ",") {
      next += 1;
      given.push(sum());
    }
    take(")");
    return (v) => run(...given.map((x) => x(v)));
  }
  function atom() {
    const token = list[next++];
    if (!token) throw new Error("The formula ends too early.");
    if (token.number !== undefined) return () => token.number;
    if (token.sign === "(") {
      const inner = sum();
      take(")");
      return inner;
    }
    if (token.sign) throw new Error(`“${token.sign}” stands where a number or a name should.`);
    if (peek() === "(" && !names.includes(token.name)) return call(token.name);
    const i = names.indexOf(token.name);
    if (i >= 0) return (v) => v[i];
    if (token.name === "pi") return () => Math.PI;
    if (token.name === "e") return () => Math.E;
    throw new Error(`${token.name} is not known here; write it in ${names.join(", ")}.`);
  }
  if (!list.length) throw new Error("A formula is asked for.");
  const whole = sum();
  if (next < list.length) throw new Error("Between two numbers or names a sign is missing.");
  return whole;
}
