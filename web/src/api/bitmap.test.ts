import { expect, it } from "vitest";
import { add, combine, count, emptyBitmap, fromBase64, has } from "./bitmap";

const of = (...cells: number[]): Uint8Array => {
  const bits = emptyBitmap(20);
  cells.forEach((cell) => add(bits, cell));
  return bits;
};
const cells = (bits: Uint8Array): number[] => Array.from({ length: 20 }, (_, i) => i).filter((i) => has(bits, i));

it("bit n & 7 of byte n >> 3 is cell n", () => {
  expect([...of(0, 9)]).toEqual([1, 2, 0]);
  expect(cells(fromBase64("AQI="))).toEqual([0, 9]);
  expect(count(of(3, 8, 19))).toBe(3);
});

it("adds, subtracts and intersects", () => {
  expect(cells(combine(of(1, 2), of(2, 15), "add"))).toEqual([1, 2, 15]);
  expect(cells(combine(of(1, 2), of(2, 15), "subtract"))).toEqual([1]);
  expect(cells(combine(of(1, 2), of(2, 15), "intersect"))).toEqual([2]);
  expect(cells(combine(of(1, 2), of(2, 15), "replace"))).toEqual([2, 15]);
});

it("taking away from nothing leaves nothing", () => {
  expect(cells(combine(null, of(4), "subtract"))).toEqual([]);
  expect(cells(combine(null, of(4), "add"))).toEqual([4]);
});
