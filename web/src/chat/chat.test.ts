import { describe, expect, it } from "vitest";
import type { Answer, Field } from "../api/types";
import type { Turn } from "../state/app";
import { advance } from "../state/turns";
import { argument } from "../tools/Tools";
import { toCsv } from "./csv";
import { compareValues } from "./DataTable";
import { groupFinder, pieces } from "./marks";
import { findCell, saysValue, withNumbers } from "./numbers";

const field = (name: string, values: string[]): Field => ({ name, title: name, kind: "categorical", source: "file", ready: true, n_values: values.length, n_missing: 0, categories: values.map((value) => ({ name: value, n_cells: 1 })) });
const answer = (text: string, rows: (string | number)[][], columns = ["gene", "group"]): Answer => ({
  question: "", language: "en", answer: text, plots: [], selection: null, steps: [], state: "", seconds: 0,
  evidence: [{ id: 1, tool: "markers", arguments: {}, caveats: [], method: "", code: { scanpy: "", seurat: "" }, table: { id: "t", title: "", columns: columns.map((id) => ({ id, title: id, unit: "" })), rows } }],
});

describe("pieces", () => {
  const groupOf = groupFinder([field("cell_type", ["B cell", "T cell"]), field("cluster", ["0", "1"])], "");
  it("finds marks, genes and groups", () => {
    expect(pieces(answer("MS4A1 marks B cell [1].", [["MS4A1", "B cell"]]), groupOf)).toEqual([
      { kind: "gene", text: "MS4A1" }, { kind: "text", text: " marks " }, { kind: "group", text: "B cell", field: "cell_type" }, { kind: "mark", id: 1 }, { kind: "text", text: "." },
    ]);
  });
  it("a gene's name inside another word is not the gene; in Chinese names touch their neighbours", () => {
    const found = pieces(answer("CD4-positive and CD4, 表达CD4的细胞", [["CD4", "T cell"]]), groupOf).filter((piece) => piece.kind === "gene");
    expect(found).toHaveLength(2);
  });
  it("says nothing about names that the evidence does not hold", () => {
    expect(pieces(answer("ACTB and T cell", [["MS4A1", "B cell"]]), groupOf)).toEqual([{ kind: "text", text: "ACTB and T cell" }]);
  });
  it("\"cluster 1\" is the value 1 of the field cluster", () => {
    expect(groupOf("cluster 1")).toEqual({ field: "cluster", value: "1" });
  });
  it("names with signs of regular expressions are names", () => {
    const strange = groupFinder([field("t", ["CD8+ (naive)"])], "");
    expect(pieces(answer("CD8+ (naive) [1]", [["X", "CD8+ (naive)"]]), strange)[0]).toEqual({ kind: "group", text: "CD8+ (naive)", field: "t" });
  });
});

describe("turns", () => {
  const turn: Turn = { key: "k", turn: null, question: "q", action: false, status: "waiting", job: null, position: 0, reading: null, steps: [], progress: null, answer: null, error: null, before: "", verdict: null };
  const event = (name: string, data: unknown) => ({ event: name, data: JSON.stringify(data) });
  it("goes from waiting to done", () => {
    let now = advance(turn, event("job", { job: "j", position: 2 }));
    expect([now.status, now.position]).toEqual(["waiting", 2]);
    now = advance(now, event("job", { job: "j", position: 0 }));
    now = advance(now, event("step", { index: 0, of: 1, tool: "umap", purpose: "p", status: "started" }));
    now = advance(now, event("progress", { step: "umap", title: "UMAP", fraction: 0.4, remaining_seconds: 3 }));
    expect([now.status, now.progress?.fraction]).toEqual(["running", 0.4]);
    now = advance(now, event("step", { index: 0, of: 1, tool: "umap", purpose: "p", status: "done", seconds: 1 }));
    expect([now.steps.length, now.steps[0]!.status, now.progress]).toEqual([1, "done", null]);
    now = advance(now, event("answer", { ...answer("a", []), turn: 4 }));
    expect([now.status, now.turn]).toEqual(["done", 4]);
  });
  it("an error ends it, an unknown event changes nothing", () => {
    expect(advance(turn, event("error", { error: { code: "cancelled", message: "m", remedy: "" } })).status).toBe("failed");
    expect(advance(turn, event("weather", {}))).toBe(turn);
  });
});

it("CSV keeps full precision, quotes what needs it", () => {
  expect(toCsv({ id: "t", title: "", columns: [{ id: "a", title: "Gene", unit: "" }, { id: "b", title: "p", unit: "p" }, { id: "c", title: "Share", unit: "%" }], rows: [["a,\"b\"", 1.5765814022035161e-195, null]] }))
    .toBe('Gene,p,Share [%]\n"a,""b""",1.5765814022035161e-195,\n');
});

it("tables sort numbers as numbers, missing last", () => {
  expect([10, null, 9, 1e-12].sort(compareValues)).toEqual([1e-12, 9, 10, null]);
  expect(["cluster 10", "cluster 9"].sort(compareValues)).toEqual(["cluster 9", "cluster 10"]);
});

it("arguments become what the schema wants", () => {
  expect(argument("genes", "CD3D, MS4A1")).toEqual(["CD3D", "MS4A1"]);
  expect(argument("groups", "CD4-positive, alpha-beta T cell; B cell")).toEqual(["CD4-positive, alpha-beta T cell", "B cell"]);
  expect(argument("integer", "1.5")).toBeNull();
  expect(argument("number", "0.8")).toBe(0.8);
});

describe("numbers", () => {
  const groupOf = groupFinder([], "");
  const numbers = (text: string) => withNumbers(pieces(answer(text, [["MS4A1", "B cell"]]), groupOf)).filter((piece) => piece.kind === "number");
  it("belong to the mark that follows them", () => {
    expect(numbers("There are 1,336 cells [1], 6.62 % of them [2].")).toEqual([{ kind: "number", text: "1,336", id: 1 }, { kind: "number", text: "6.62 %", id: 2 }]);
    expect(numbers("有450个细胞[1]")).toEqual([{ kind: "number", text: "450", id: 1 }]);
    expect(numbers("p = 1.2e−7 [1]")[0]).toEqual({ kind: "number", text: "1.2e−7", id: 1 });
  });
  it("are not parts of names, beginnings of lists, or without a mark", () => {
    expect(numbers("CD4 and HLA-DRB5, TCR-2 [1]")).toEqual([]);
    expect(numbers("1. Describe 3 cells")).toEqual([]);
    expect(numbers("450 cells\nthat [1]")).toEqual([]);
  });
  it("nothing of the text is lost", () => {
    const text = "a 12 b\n- c 3 % d, 4";
    expect(withNumbers([{ kind: "text", text }, { kind: "mark", id: 1 }]).map((piece) => ("text" in piece ? piece.text : "")).join("")).toBe(text);
  });
  it("are found where they are, rounded as they are said", () => {
    expect(saysValue("0.727", 0.72689)).toBe(true);
    expect(saysValue("0.727", 0.728)).toBe(false);
    expect(saysValue("1,336", 1336)).toBe(true);
    expect(saysValue("45", 46)).toBe(false);
    expect(saysValue("1.2e−7", 1.23e-7)).toBe(true);
    expect(findCell({ id: "t", title: "", columns: [], rows: [["a", 2], ["b", 0.9931]] }, "0.993")).toEqual({ row: 1, column: 1 });
  });
});
