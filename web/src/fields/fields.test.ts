import { expect, it } from "vitest";
import { typeTree } from "./type_tree";

const term = (id: string, below: number, parents: string[] = [], n_cells = 0) => ({ id, name: id, n_cells, n_cells_below: below, parents });
const category = (name: string, ontology_id?: string) => ({ name, n_cells: 1, ...(ontology_id ? { ontology_id } : {}) });

it("kinds stand above their groups, with all cells of all lines of descent", () => {
  const rows = typeTree({
    categories: [category("CD4", "cd4"), category("CD8", "cd8"), category("B", "b"), category("odd")],
    terms: [term("cell", 60), term("motile", 60, ["cell"]), term("lymphocyte", 60, ["motile"]), term("t", 40, ["lymphocyte", "cell"]), term("cd4", 30, ["t"], 30), term("cd8", 10, ["t"], 10), term("b", 20, ["lymphocyte"], 20)],
  });
  expect(rows.map(({ id, depth, n }) => [id, depth, n])).toEqual([["lymphocyte", 0, 60], ["t", 1, 40], ["cd4", 2, 30], ["cd8", 2, 10], ["b", 1, 20]]);
  expect(rows[1]!.groups).toEqual(["CD4", "CD8"]);
});

it("a kind that several parents have stands once, and parents in a circle do not hang", () => {
  const rows = typeTree({ categories: [category("x", "x"), category("y", "y")], terms: [term("a", 10), term("b", 8), term("x", 5, ["a", "b"], 5), term("y", 3, ["b"], 3), term("c", 1, ["d"]), term("d", 1, ["c"])] });
  expect(rows.filter((row) => row.id === "x")).toHaveLength(1);
  expect(rows.find((row) => row.id === "b")!.groups).toEqual(["x", "y"]);
});

it("nothing without ontology terms", () => {
  expect(typeTree({ categories: [category("x")], terms: [] })).toEqual([]);
});
