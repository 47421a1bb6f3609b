import { add, emptyBitmap } from "../api/bitmap";

/** All shown cells. */
export function insideAll(cells: number, visible: Uint8Array | null): Uint8Array {
  const bits = emptyBitmap(cells);
  for (let cell = 0; cell < cells; cell++) if (!visible || visible[cell]) add(bits, cell);
  return bits;
}
