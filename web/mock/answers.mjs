// Answers in the form of `ask --json`: enough of each kind of content for the page to be worked on without the program.
import { genes, random, types } from "./cells.mjs";

export const tools = [
  { name: "describe_data", purpose: { en: "Say what is in the file.", zh: "说明文件的内容。" }, example: { en: "What is in this file?", zh: "文件里有什么?" }, changes_state: false, arguments: [] },
  { name: "markers", purpose: { en: "Find the marker genes of a group of cells.", zh: "找出一组细胞的标志基因。" }, example: { en: "What are the marker genes of the B cells?", zh: "B细胞的标志基因有哪些?" }, changes_state: false,
    arguments: [{ name: "group", type: "group", required: true, purpose: { en: "The group", zh: "细胞组" } }, { name: "most", type: "integer", required: false, purpose: { en: "How many genes", zh: "基因个数" } }] },
  { name: "annotate", purpose: { en: "Name the cell types of the clusters.", zh: "给各群命名细胞类型。" }, changes_state: false, arguments: [{ name: "group", type: "group", required: false, purpose: { en: "The group", zh: "细胞组" } }] },
  { name: "subset", purpose: { en: "Keep or leave out groups of cells.", zh: "保留或去除细胞组。" }, changes_state: true, arguments: [{ name: "groups", type: "groups", required: true, purpose: { en: "The groups", zh: "细胞组" } }] },
];

export function markers(group, code, language, n) {
  const r = random(5), own = genes[code % genes.length];
  const rows = [own, ...genes.filter((g) => g !== own)].flatMap((gene, i) => [[gene, 7.7 - 0.4 * i, 99.3 - 4 * i, 6.3 + i, 10 ** -(200 - 12 * i)]]);
  for (let i = 0; i < 285; i++) rows.push([`GENE${i}`, 3 - i / 100, 60 * r(), 20 * r(), 10 ** -(20 - i / 15)]);
  const zh = language === "zh";
  const values = rows.slice(0, 8).map((row) => ({ gene: row[0], fraction: row[2] / 100, effect: row[1] }));
  return {
    answer: zh ? `${group}最强的标志基因是${rows[0][0]}、${rows[1][0]}和${rows[2][0]} [1]。${rows[0][0]}在 99.3 % 的细胞中有表达,其他细胞中为 6.3 % [1]。\n- ${group} 与其余所有细胞作了比较 [1]`
      : `The strongest markers of ${group} are ${rows[0][0]}, ${rows[1][0]} and ${rows[2][0]} [1]. ${rows[0][0]} is found in 99.3 % of the cells of ${group} and in 6.3 % of the others [1].\n- ${group} was compared with all other cells [1]`,
    evidence: [{
      id: 1, tool: "markers", arguments: { group }, value: 99.3, unit: "%", values: { n_cells: { value: n, unit: "cells" } },
      tables: [{ id: "markers", title: zh ? "标志基因" : "Marker genes", columns: [["gene", zh ? "基因" : "Gene"], ["log2_fold_change", zh ? "倍数变化(log2)" : "Fold change (log2)"], ["percent_in", zh ? "组内表达(%)" : "Expressing inside (%)"], ["percent_out", zh ? "组外表达(%)" : "Expressing outside (%)"], ["p_adjusted", zh ? "校正 p 值" : "Adjusted p-value"]].map(([id, title]) => ({ id, title, unit: "" })), rows }],
      caveats: [zh ? "细胞不是独立的重复:结论不能推广到其他供者。" : "Cells are not independent replicates: nothing here extends to other donors or samples."],
      method: zh ? "Wilcoxon 秩和检验,BH 校正。" : "Genes were compared between the group and all other cells by the Wilcoxon rank-sum test; p-values adjusted by Benjamini and Hochberg.", references: ["Mann HB, Whitney DR. Ann Math Stat 18:50 (1947). doi:10.1214/aoms/1177730491"],
      code: { scanpy: "import scanpy as sc\nsc.tl.rank_genes_groups(adata, \"cell_type\", method=\"wilcoxon\")\n", seurat: "FindMarkers(object, ident.1 = \"B cell\")\n" },
    }],
    plots: [{ title: zh ? "标志基因" : "Marker genes", spec: {
      $schema: "https://vega.github.io/schema/vega-lite/v5.json", width: 420, height: 180, title: { text: zh ? "标志基因" : "Marker genes", anchor: "start" }, data: { values },
      mark: { type: "rect", color: "#0072b2" }, encoding: { x: { field: "effect", type: "quantitative", scale: { domain: [0, 9] }, axis: { title: zh ? "倍数变化(log2)" : "Fold change (log2)" } }, x2: { datum: 0 }, y: { field: "gene", type: "nominal", scale: { domain: values.map((v) => v.gene), paddingInner: 0.25 }, axis: { title: null } } },
    } }],
  };
}

export function composition(counts, language) {
  const zh = language === "zh", all = counts.reduce((a, b) => a + b, 0);
  const rows = types.map((name, k) => [name, counts[k], (100 * counts[k]) / all]).filter((row) => row[1] > 0).sort((a, b) => b[1] - a[1]);
  return {
    answer: `${zh ? `共有 ${rows.length} 种细胞 [1]:` : `There are ${rows.length} cell types [1]:`}\n` + rows.map((row) => `- ${row[0]}: ${row[1].toLocaleString("en-US")} ${zh ? "个细胞" : "cells"} [1]`).join("\n"),
    evidence: [{ id: 1, tool: "count_cells", arguments: {}, tables: [{ id: "counts", title: zh ? "细胞类型" : "Cell types", columns: [["cell_type", zh ? "细胞类型" : "Cell type"], ["n_cells", zh ? "细胞数" : "Cells"], ["percent", zh ? "占比(%)" : "Share (%)"]].map(([id, title]) => ({ id, title, unit: "" })), rows }], caveats: [], method: zh ? "按文件中的 cell_type 列计数。" : "Counted by the file's column “cell_type”.", references: [], code: { scanpy: "adata.obs[\"cell_type\"].value_counts()\n", seurat: "table(object$cell_type)\n" } }],
    plots: [],
  };
}
