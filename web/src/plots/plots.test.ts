import { expect, it } from "vitest";
import { axesOf, rowsOf, titleOf } from "./describe";
import { localized } from "./localized";

const spec = {
  title: { text: "Cell types", subtitle: "All cells" }, data: { values: [{ gene: "B cell", x: 1, type: "B cell" }, { gene: "G2", x: -2, type: "T cell" }] },
  layer: [{ mark: "circle", encoding: { x: { field: "x", type: "quantitative", axis: { title: "Effect" } }, color: { field: "type", type: "nominal", scale: { domain: ["B cell", "T cell"] } } } }],
  usermeta: { celloquy: { zh: { "B cell": "B细胞", "Cell types": "细胞类型", Effect: "效应", x: "错" } } },
};

it("says what a figure shows", () => {
  expect(titleOf(spec, "")).toBe("Cell types. All cells");
  expect(rowsOf(spec)).toHaveLength(2);
  const axes = axesOf(spec);
  expect(axes[0]).toEqual({ channel: "x", field: "x", title: "Effect", range: [-2, 1], names: [] });
  expect(axes[1]!.names).toEqual(["B cell", "T cell"]);
});

it("translates words and values, not fields and not genes", () => {
  const zh = localized(spec, "zh") as typeof spec;
  expect(zh.title.text).toBe("细胞类型");
  expect(zh.data.values[0]).toEqual({ gene: "B cell", x: 1, type: "B细胞" });
  expect(zh.layer[0]!.encoding.x).toEqual({ field: "x", type: "quantitative", axis: { title: "效应" } });
  expect(zh.layer[0]!.encoding.color.scale.domain).toEqual(["B细胞", "T cell"]);
  expect(localized(spec, "en")).toBe(spec);
});
