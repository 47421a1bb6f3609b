// A set of cells: bit n & 7 of byte n >> 3 is cell n (docs/server.md, "Selections").

export const emptyBitmap = (cells: number): Uint8Array => new Uint8Array((cells + 7) >> 3);

export const has = (bits: Uint8Array, cell: number): boolean => (bits[cell >> 3]! & (1 << (cell & 7))) !== 0;

export function add(bits: Uint8Array, cell: number): void {
  bits[cell >> 3]! |= 1 << (cell & 7);
}

const ones = Uint8Array.from({ length: 256 }, (_, byte) => {
  let n = 0;
  for (let b = byte; b; b >>= 1) n += b & 1;
  return n;
});

export function count(bits: Uint8Array): number {
  let n = 0;
  for (const byte of bits) n += ones[byte]!;
  return n;
}

export type Combination = "replace" | "add" | "subtract" | "intersect";

/** What a new shape makes of the present selection. */
export function combine(present: Uint8Array | null, shape: Uint8Array, how: Combination): Uint8Array {
  if (!present || how === "replace") return how === "subtract" || how === "intersect" ? new Uint8Array(shape.length) : shape;
  return shape.map((byte, i) => {
    const before = present[i] ?? 0;
    return how === "add" ? before | byte : how === "subtract" ? before & ~byte : before & byte;
  });
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
