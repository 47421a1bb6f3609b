import { describe, expect, it } from "vitest";
import { count, has } from "../api/bitmap";
import type { CategoricalColumn } from "../api/columns";
import { boundsOf, fit, panBy, toData, toScreen, zoomAt } from "./camera";
import { Grid } from "./grid";
import { anchors, place } from "./labels";
import { insidePolygon, rectangle, simplify, type Point } from "./lasso";
import { byValue, drawOrder, shuffled } from "./order";

const random = (seed: number) => () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff);
const cloud = (n: number, seed = 1): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: 2 * n }, () => r() * 10);
};

describe("camera", () => {
  const size = { width: 800, height: 600 }, home = fit({ low: [-3, 0], high: [5, 2] }, size);
  it("there and back", () => {
    const [x, y] = toData(home, size, ...toScreen(home, size, 1.25, -4));
    expect([x, y]).toEqual([expect.closeTo(1.25), expect.closeTo(-4)]);
  });
  it("shows everything", () => {
    for (const [x, y] of [[-3, 0], [5, 2]] as const) {
      const [px, py] = toScreen(home, size, x, y);
      expect(px >= 0 && px <= 800 && py >= 0 && py <= 600).toBe(true);
    }
  });
  it("zooming keeps what is below the pointer", () => {
    const near = zoomAt(home, size, 100, 500, 3, home);
    expect(toData(near, size, 100, 500)).toEqual([expect.closeTo(toData(home, size, 100, 500)[0]), expect.closeTo(toData(home, size, 100, 500)[1])]);
    expect(near.scale).toBeCloseTo(3 * home.scale);
  });
  it("a drag moves the picture with the hand", () => {
    const [x, y] = toScreen(panBy(home, 30, -20), size, 1, 1), [x0, y0] = toScreen(home, size, 1, 1);
    expect([x - x0, y - y0]).toEqual([expect.closeTo(30), expect.closeTo(-20)]);
  });
});

describe("lasso", () => {
  it("agrees with a rectangle", () => {
    const points = cloud(3000);
    const bits = insidePolygon(points, 2, rectangle([2, 3], [6, 4]), null);
    for (let cell = 0; cell < 3000; cell++) {
      const x = points[2 * cell]!, y = points[2 * cell + 1]!;
      expect(has(bits, cell)).toBe(x > 2 && x < 6 && y > 3 && y < 4);
    }
    expect(count(bits)).toBeGreaterThan(50);
  });
  it("leaves a notch out, and hidden cells", () => {
    const notch: Point[] = [[0, 0], [10, 0], [10, 10], [5, 1], [0, 10]];
    const points = new Float32Array([5, 5, 5, 0.5, 1, 1]);
    const bits = insidePolygon(points, 2, notch, Uint8Array.of(1, 1, 0));
    expect([has(bits, 0), has(bits, 1), has(bits, 2)]).toEqual([false, true, false]);
  });
  it("simplifies without changing the shape", () => {
    const circle: Point[] = Array.from({ length: 2000 }, (_, i) => [500 + 300 * Math.cos((i / 2000) * 6.2831), 500 + 300 * Math.sin((i / 2000) * 6.2831)]);
    const fewer = simplify(circle, 0.75);
    expect(fewer.length).toBeLessThan(120);
    const points = cloud(4000).map((v) => 100 * v);
    const a = insidePolygon(points, 2, circle, null), b = insidePolygon(points, 2, fewer, null);
    expect(count(a.map((byte, i) => byte ^ b[i]!))).toBeLessThan(12);
  });
});

describe("grid", () => {
  it("finds the same cell as a search through all", () => {
    const points = cloud(2000, 3), grid = new Grid(points, 2, boundsOf(points, 2)), r = random(9);
    const visible = Uint8Array.from({ length: 2000 }, () => (r() < 0.7 ? 1 : 0));
    for (let k = 0; k < 300; k++) {
      const x = 12 * r() - 1, y = 12 * r() - 1, radius = 0.3;
      let best = -1, least = radius * radius;
      for (let cell = 0; cell < 2000; cell++) {
        const d = (points[2 * cell]! - x) ** 2 + (points[2 * cell + 1]! - y) ** 2;
        if (visible[cell] && d <= least) [best, least] = [cell, d];
      }
      expect(grid.nearest(x, y, radius, visible)).toBe(best);
    }
  });
});

describe("order", () => {
  it("is a permutation, the same each time", () => {
    expect([...shuffled(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(shuffled(1000)).toEqual(shuffled(1000));
  });
  it("rises by value, cells without one first", () => {
    const values = new Float32Array([3, NaN, 1, 2, 0]);
    expect([...byValue(Uint32Array.of(0, 1, 2, 3, 4), values, 0, 3, false)]).toEqual([1, 4, 2, 3, 0]);
  });
  it("around zero both ends lie on top", () => {
    expect([...byValue(Uint32Array.of(0, 1, 2), new Float32Array([-3, 0.1, 2]), -3, 3, true)]).toEqual([1, 2, 0]);
  });
  it("hides, dims the unselected, keeps the selected in order on top", () => {
    const order = drawOrder(Uint32Array.of(4, 3, 2, 1, 0), Uint8Array.of(1, 1, 0, 1, 1), Uint8Array.of(0b01001));
    expect([[...order.cells], order.dimmed]).toEqual([[4, 1, 3, 0], 2]);
  });
});

describe("labels", () => {
  const column = (codes: number[], names: string[]): CategoricalColumn => ({ kind: "categorical", name: "t", title: "t", state: "s", n_cells: codes.length, codes: Uint8Array.from(codes), categories: names.map((name) => ({ name, n_cells: 0 })), missing: 255 });

  it("a group on two islands is named on the larger one, not between them", () => {
    const points: number[] = [], codes: number[] = [], r = random(5);
    for (let i = 0; i < 900; i++) {
      const far = i % 3 === 0;
      points.push((far ? 100 : 0) + r(), r());
      codes.push(0);
    }
    const [anchor] = anchors(Float32Array.from(points), 2, column(codes, ["islands"]), null);
    expect(anchor!.x).toBeLessThan(2);
  });

  it("hidden and missing cells have no say", () => {
    const found = anchors(Float32Array.of(0, 0, 9, 9, 5, 5), 2, column([0, 0, 255], ["a", "b"]), Uint8Array.of(1, 0, 1));
    expect(found).toHaveLength(1);
    expect([found[0]!.x, found[0]!.n]).toEqual([0, 1]);
  });

  it("never lies on another, never leaves the picture", () => {
    const r = random(11);
    const wanted = Array.from({ length: 60 }, (_, code) => ({ code, name: "conventional dendritic cell ".slice(0, 5 + Math.floor(r() * 22)), x: r() * 500, y: r() * 400 }));
    const placed = place(wanted, (text) => 6.5 * text.length, 400, 500, 17);
    expect(placed.length).toBeGreaterThan(15);
    for (const a of placed) {
      expect(a.x - a.width / 2 >= -1e-9 && a.x + a.width / 2 <= 500 + 1e-9 && a.y - a.height / 2 >= -1e-9 && a.y + a.height / 2 <= 400 + 1e-9).toBe(true);
      for (const b of placed) if (a !== b) expect(Math.abs(a.x - b.x) * 2 >= a.width + b.width - 1e-9 || Math.abs(a.y - b.y) * 2 >= a.height + b.height - 1e-9).toBe(true);
    }
  });

  it("a name with room around it stays where it belongs", () => {
    const [only] = place([{ code: 0, name: "B cell", x: 200, y: 200 }], (text) => 6 * text.length, 400, 400, 17);
    expect([only!.x, only!.y, only!.moved]).toEqual([200, 200, false]);
  });
});
