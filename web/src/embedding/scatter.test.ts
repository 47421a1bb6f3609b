import { expect, it } from "vitest";
import { count, has } from "../api/bitmap";
import type { NumberColumn } from "../api/columns";
import { firstGate, gated, scatter, ticks } from "./scatter";

const numbers = (name: string, values: number[]): NumberColumn => {
  const finite = values.filter((v) => v === v);
  return { kind: "number", name, title: name, state: "s", n_cells: values.length, values: Float32Array.from(values), low: Math.min(...finite), high: Math.max(...finite), unit: "", centred: false, n_missing: 0, reading: "", probability: null };
};
const layout = scatter(numbers("A", [0, 0, 2, 4, 0.5, NaN]), numbers("B", [0, 3, 0, 3, 1, 1]));

it("zeros lie below 0, all else where its value is", () => {
  for (const cell of [0, 1]) expect(layout.values[2 * cell]!).toBeLessThan(0);
  expect(layout.values[4]).toBeCloseTo(0.5, 6);
  expect(layout.values[6]).toBeCloseTo(1, 6);
  expect([...layout.values]).toEqual([...scatter(numbers("A", [0, 0, 2, 4, 0.5, NaN]), numbers("B", [0, 3, 0, 3, 1, 1])).values]);
});

it("each cell with both numbers is in one quadrant, parted by its numbers", () => {
  const parts = gated(layout, [0, 0], null);
  expect(parts.map(count)).toEqual([1, 2, 1, 1]);
  expect(has(parts[1]!, 3) && has(parts[1]!, 4) && has(parts[0]!, 1) && has(parts[2]!, 0) && has(parts[3]!, 2)).toBe(true);
  // A limit on a value: above it, not at it.
  expect(gated(layout, [2, 0], null).map(count)).toEqual([2, 1, 2, 0]);
});

it("hidden cells belong to no gate", () => {
  expect(gated(layout, [0, 0], Uint8Array.of(1, 1, 1, 0, 1, 1)).map(count)).toEqual([1, 1, 1, 1]);
});

it("a gate begins among the positive values; axes have round numbers", () => {
  const [x, y] = firstGate(layout);
  expect(x > 0 && x < 4 && y > 0 && y < 3).toBe(true);
  expect(ticks(0, 4.4)).toEqual([0, 2, 4]);
  expect(ticks(0, 0.9)).toEqual([0, 0.5]);
  expect(ticks(-3, 3)).toEqual([-2, 0, 2]);
});

it("groups have no scatter", () => {
  expect(() => scatter(numbers("A", [1]), { kind: "categorical" } as never)).toThrow();
});
