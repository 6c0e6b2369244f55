// Answers stand in the page as digests, so that one does not read them by accident. See questions/answers.py of the book.

/** FNV-1a, 64 bits, as hexadecimal digits. */
export function digest(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

/** Whether a rounded value, in steps, is one of those whose digests are given. */
export const isDigest = (salt, steps, digests) => digests.includes(digest(`${salt}:${steps === 0 ? 0 : steps}`));
