import { afterEach, beforeEach, expect, it } from "vitest";
import { app } from "../state/app";
import { moveTogether, stages } from "./linked";
import { across, addPanel, against, mostPanels, multiples, onePanel } from "./panels";
import type { Stage } from "./stage";

const gene = (name: string) => ({ kind: "gene" as const, name });

beforeEach(() => app.set({ panels: [{ embedding: "umap", colour: gene("A") }], active: 0, linked: true }));
afterEach(() => stages.clear());

it("pictures are added up to the most that a browser can draw, and one is left", () => {
  for (let i = 0; i < 20; i++) addPanel();
  expect(app.get().panels).toHaveLength(mostPanels);
  onePanel();
  expect(app.get().panels).toEqual([{ embedding: "umap", colour: gene("A") }]);
});

it("small multiples: one picture a gene, of the embedding that one looked at", () => {
  multiples(["A", "B", "C"].map(gene));
  expect(app.get().panels.map((panel) => [panel.embedding, panel.colour])).toEqual([["umap", gene("A")], ["umap", gene("B")], ["umap", gene("C")]]);
});

it("every number of pictures has rows and columns for all", () => {
  for (let n = 1; n <= mostPanels; n++) expect(across(n) * Math.ceil(n / across(n))).toBeGreaterThanOrEqual(n);
});

it("a scatter stands beside the embedding; drawing another replaces it", () => {
  against(gene("A"), gene("B"));
  against(gene("A"), gene("C"));
  const { panels } = app.get();
  expect(panels).toHaveLength(2);
  expect([panels[0]!.axes, panels[1]!.axes]).toEqual([undefined, [gene("A"), gene("C")]]);
});

it("who shows the cells at the same places follows; others do not", () => {
  const followed: number[] = [];
  app.set({ panels: [{ embedding: "umap", colour: gene("A") }, { embedding: "umap", colour: gene("B") }, { embedding: "tsne", colour: gene("A") }, { embedding: "umap", colour: gene("A"), axes: [gene("A"), gene("B")] }] });
  for (let i = 0; i < 4; i++) stages.set(i, { lookAs: () => followed.push(i) } as unknown as Stage);
  moveTogether(0);
  expect(followed).toEqual([1]);
  app.set({ linked: false });
  moveTogether(0);
  expect(followed).toEqual([1]);
});
