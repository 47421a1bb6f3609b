// In which order cells are drawn: hidden ones not at all, unselected ones first and dimmed, and the rest so that nobody's cells lie
// on top only because they come last in the file.
import { has } from "../api/bitmap";
import type { Order } from "./renderer";

/** A fixed shuffle: the same picture every time. */
export function shuffled(n: number): Uint32Array {
  const out = new Uint32Array(n);
  let seed = 0x9e3779b9;
  for (let i = 0; i < n; i++) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    const j = (seed >>> 0) % (i + 1);
    out[i] = out[j]!;
    out[j] = i;
  }
  return out;
}

/** Cells by rising value (missing first), equal ones in the shuffle's order; counting sort over 4,096 steps between low and high. */
export function byValue(base: Uint32Array, values: Float32Array, low: number, high: number, centred: boolean): Uint32Array {
  const steps = 4096;
  const step = (cell: number): number => {
    const v = values[cell]!;
    if (!(v === v) || v < -1e29) return 0;
    const u = centred ? Math.abs(v) / Math.max(Math.abs(low), Math.abs(high), 1e-12) : (v - low) / Math.max(high - low, 1e-12);
    return 1 + Math.min(steps - 2, Math.max(0, Math.floor(u * (steps - 2))));
  };
  const starts = new Uint32Array(steps + 1);
  for (const cell of base) starts[step(cell) + 1]!++;
  for (let s = 0; s < steps; s++) starts[s + 1]! += starts[s]!;
  const out = new Uint32Array(base.length);
  for (const cell of base) out[starts[step(cell)]!++] = cell;
  return out;
}

export function drawOrder(base: Uint32Array, visible: Uint8Array | null, selection: Uint8Array | null): Order {
  if (!visible && !selection) return { cells: base, dimmed: 0 };
  const cells = new Uint32Array(base.length);
  let dimmed = 0;
  if (selection) for (const cell of base) if ((!visible || visible[cell]) && !has(selection, cell)) cells[dimmed++] = cell;
  let n = dimmed;
  for (const cell of base) if ((!visible || visible[cell]) && (!selection || has(selection, cell))) cells[n++] = cell;
  return { cells: cells.subarray(0, n), dimmed };
}
