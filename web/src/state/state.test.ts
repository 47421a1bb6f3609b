import { expect, it } from "vitest";
import type { CategoricalColumn, NumberColumn } from "../api/columns";
import type { Answer, Field, HistoryState } from "../api/types";
import { histogram, span, tally } from "../colour/numbers";
import { categoryColours, groupColour, risingScales, scale } from "../colour/palettes";
import { remaining } from "../files/remaining";
import { treeRows } from "../history/tree";
import { insideAll } from "../selections/whole";
import { colourOf, colourSaid } from "./follow";
import { passing } from "./visible";

const codes: CategoricalColumn = { kind: "categorical", name: "t", title: "t", state: "s", n_cells: 5, codes: Uint8Array.of(0, 1, 1, 255, 0), categories: [{ name: "a", n_cells: 2 }, { name: "b", n_cells: 2 }], missing: 255 };
const numbers = (values: number[], centred = false): NumberColumn => {
  const finite = values.filter((v) => v === v);
  return { kind: "number", name: "n", title: "n", state: "s", n_cells: values.length, values: Float32Array.from(values), low: Math.min(...finite), high: Math.max(...finite), unit: "", centred, n_missing: 0, reading: "", probability: null };
};

it("a cell is shown when it passes every filter; missing numbers do not pass a range", () => {
  const n = numbers([1, 2, 3, 4, NaN]);
  expect(passing(5, [])).toBeNull();
  expect([...passing(5, [{ filter: { kind: "values", field: "t", hidden: ["a"] }, column: codes }])!]).toEqual([0, 1, 1, 1, 0]);
  expect([...passing(5, [{ filter: { kind: "values", field: "t", hidden: ["a"] }, column: codes }, { filter: { kind: "range", field: "n", low: 2.5, high: 9 }, column: n }])!]).toEqual([0, 0, 1, 1, 0]);
});

it("counts shown and selected cells of each value, missing last", () => {
  const { shown, selected } = tally(codes.codes, 2, Uint8Array.of(1, 1, 0, 1, 1), Uint8Array.of(0b00011));
  expect([[...shown], [...selected]]).toEqual([[2, 1, 1], [1, 1, 0]]);
});

it("clipping ignores the zeros of expression and keeps a centred scale centred", () => {
  const expression = numbers([...new Array(900).fill(0), ...Array.from({ length: 99 }, (_, i) => 1 + i / 100), 50]);
  expect(span(expression, 0)).toEqual({ low: 0, high: 50, centred: false });
  const clipped = span(expression, 0.02);
  expect(clipped.low).toBe(0);
  expect(clipped.high).toBeLessThan(2.1);
  expect(span(numbers([-1, 0, 3], true), 0)).toEqual({ low: -3, high: 3, centred: true });
});

it("a histogram counts every shown finite value once", () => {
  expect(histogram(numbers([0, 1, 2, 3, NaN]), Uint8Array.of(1, 1, 1, 0, 1), 4).counts).toEqual([1, 1, 1, 0]);
});

it("colours are those of the figures; a group keeps its colour when others come", () => {
  expect([groupColour(0), groupColour(1), groupColour(8)]).toEqual(["#0072b2", "#e69f00", "#004267"]);
  expect(categoryColours(["a", "b"], { b: "#123456" })).toEqual(["#0072b2", "#123456"]);
  expect(new Set(Array.from({ length: 40 }, (_, i) => groupColour(i))).size).toBe(40);
});

it("scales rise or fall in lightness all along: they can be read without colour", () => {
  for (const [name, sign] of [["rising", -1], ["rising-dark", 1]] as const) {
    const colours = scale(name);
    const light = Array.from({ length: 256 }, (_, i) => 0.2126 * colours[4 * i]! + 0.7152 * colours[4 * i + 1]! + 0.0722 * colours[4 * i + 2]!);
    for (let i = 8; i < 256; i++) expect(sign * (light[i]! - light[i - 8]!), `${name} ${i}`).toBeGreaterThan(0);
  }
});

it("says how long an upload still takes, once it knows", () => {
  expect(remaining([{ time: 0, bytes: 10 }], 100)).toBeNull();
  expect(remaining([{ time: 0, bytes: 0 }, { time: 1000, bytes: 20 }, { time: 2000, bytes: 40 }], 100)).toBeCloseTo(3);
});

it("a bitmap of all cells has no bits behind the last", () => {
  expect([...insideAll(10, null)]).toEqual([255, 3]);
});

it("the present path runs straight, other lines beside it", () => {
  const state = (id: string, parent: string, path: boolean): HistoryState => ({ id, parent, tool: "", arguments: {}, summary: id, time: 0, current: false, path });
  const rows = treeRows([state("root", "", true), state("old", "root", false), state("new", "root", true), state("newer", "new", true)]);
  expect(rows.map((row) => [row.state.id, row.lane, row.parentRow])).toEqual([["newer", 0, 1], ["new", 0, 3], ["old", 1, 3], ["root", 0, -1]]);
});

it("an answer about a gene or a new field colours the cells by it; others leave the colours alone", () => {
  const field = (name: string, ready: boolean): Field => ({ name, title: name, kind: "categorical", source: "celloquy", ready });
  const answer = (tool: string, args: Record<string, unknown>): Answer => ({ question: "", language: "en", answer: "", plots: [], selection: null, steps: [], state: "", seconds: 0, evidence: [{ id: 1, tool, arguments: args, caveats: [], method: "", code: { scanpy: "", seurat: "" } }] });
  const typeOf = (_: string, name: string): string => ({ gene: "gene", by: "field", group: "group" })[name] ?? "";
  const fields = [field("cluster", true), field("label", true)];
  expect(colourOf(answer("gene_expression", { gene: "MS4A1" }), fields, fields, typeOf)).toEqual({ kind: "gene", name: "MS4A1" });
  expect(colourOf(answer("plot_embedding", { by: "cluster" }), fields, fields, typeOf)).toEqual({ kind: "field", name: "cluster" });
  expect(colourOf(answer("annotate", {}), [field("cluster", false), field("label", false)], fields, typeOf)).toEqual({ kind: "field", name: "label" });
  expect(colourOf(answer("markers", { group: "B cell" }), fields, fields, typeOf)).toBeNull();
});

it("scales rise: what is high stands out most from the ground, on paper and on black", () => {
  const light = (rgba: Uint8Array, i: number): number => 0.2126 * rgba[4 * i]! + 0.7152 * rgba[4 * i + 1]! + 0.0722 * rgba[4 * i + 2]!;
  for (const name of risingScales) {
    const onPaper = scale(name), onBlack = scale(`${name}-dark`);
    for (let i = 16; i < 256; i += 16) {
      expect(light(onPaper, i), `${name} ${i}`).toBeLessThan(light(onPaper, i - 16));
      expect(light(onBlack, i), `${name}-dark ${i}`).toBeGreaterThan(light(onBlack, i - 16));
    }
  }
});

it("the server's word on colours goes before the page's own rule", () => {
  const said = (view?: Answer["view"]) => colourSaid({ evidence: [], ...(view !== undefined ? { view } : {}) } as unknown as Answer);
  expect(said({ colour: { gene: "CD3E" } })).toEqual({ kind: "gene", name: "CD3E" });
  expect(said(null)).toBeNull();
  expect(said()).toBeUndefined();
});
