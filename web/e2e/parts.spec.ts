// Genes, fields, comparisons and exports, as a person uses them, on the real program where it is built.
import { spawnSync } from "node:child_process";
import { expect, test, type Page } from "@playwright/test";
import { answered, openStudy, selected, serious, tab } from "./person";
import { anndataPython, start } from "./program";
import { served, silent } from "./served";

const server = served(start);
silent();
test.beforeEach(async ({ page }) => {
  await page.goto(server.address);
  await openStudy(server, page);
});

// Genes of the demonstration and of the mock.
const genes = (): string[] => (server.real ? ["CD3E", "CD79A", "PF4"] : ["CD3E", "MS4A1", "LYZ"]);

async function paste(page: Page, text: string): Promise<void> {
  await tab(page, "Genes");
  await page.locator("#gene-paste").fill(text);
  await page.getByRole("button", { name: "Take" }).click();
}

const numberIn = (text: string | null): number => Number(/[\d,]+/.exec(text ?? "")![0].replaceAll(",", ""));

/** Where the two lines of the gate cross in a picture, in pixels of the page: the column and the row with most of the accent colour. */
const crossing = (page: Page, picture: number): Promise<number[]> =>
  page.locator(".stage").nth(picture).locator("canvas").nth(1).evaluate((canvas: HTMLCanvasElement) => {
    const [r, g, b] = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim().match(/[0-9a-f]{2}/gi)!.map((part) => parseInt(part, 16));
    const { data, width, height } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const columns = new Array<number>(width).fill(0), rows = new Array<number>(height).fill(0);
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3]! < 200 || Math.abs(data[i]! - r!) + Math.abs(data[i + 1]! - g!) + Math.abs(data[i + 2]! - b!) > 30) continue;
      columns[(i / 4) % width]!++;
      rows[Math.floor(i / 4 / width)]!++;
    }
    const most = (counts: number[]): number => counts.indexOf(Math.max(...counts)), ratio = canvas.width / canvas.getBoundingClientRect().width;
    return [most(columns) / ratio, most(rows) / ratio];
  });

test("pasted genes: what is not measured is said; side by side they move together", async ({ page }) => {
  await paste(page, `${genes().join(", ")} NOTAGENE`);
  await expect(page.getByText("Not measured here: NOTAGENE")).toBeVisible();
  await expect(page.locator(".chosen .gene")).toHaveCount(3);
  await page.getByRole("button", { name: "Side by side" }).click();
  await expect(page.locator(".panel")).toHaveCount(3);
  await expect(page.locator(".panel .legend.scale")).toHaveCount(3);
  // Who moves one moves all.
  const last = page.locator(".panel canvas").nth(4);
  const before = (await last.screenshot()).toString("base64");
  const box = (await page.locator(".stage").first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -400);
  await expect.poll(async () => (await last.screenshot()).toString("base64")).not.toBe(before);
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "One only" }).click();
  await expect(page.locator(".panel")).toHaveCount(1);
});

test("a set of a GMT file colours by its mean", async ({ page }) => {
  await paste(page, `My set\t\t${genes().join("\t")}\nOther\t\t${genes()[0]}`);
  await page.getByRole("button", { name: /Colour by My set/ }).click();
  await expect(page.locator(".legend.scale")).toBeVisible();
  // Kept by the server: there after the page is opened again, until they are removed.
  await openStudy(server, page);
  await tab(page, "Genes");
  for (const name of ["My set", "Other"]) await page.getByRole("button", { name: `Remove ${name}` }).click();
  await expect(page.getByRole("button", { name: /Colour by My set/ })).toHaveCount(0);
});

test("two genes against each other: a quadrant of the gate is selected, and its limits part the cells", async ({ page }) => {
  await paste(page, genes().slice(0, 2).join(" "));
  await page.getByRole("button", { name: "Draw" }).click();
  const quadrants = page.locator(".quadrants button");
  await expect(quadrants).toHaveCount(4);
  const counts = async (): Promise<number[]> => (await quadrants.locator(".n").allTextContents()).map(numberIn);
  const all = (await counts()).reduce((a, b) => a + b, 0);
  expect(all).toBe(numberIn(await page.locator(".kept").textContent()));
  await page.getByLabel(`${genes()[0]} above`).fill("0");
  const [, both, , first] = await counts();
  await quadrants.nth(3).click();
  await expect(selected(page)).toHaveText(new RegExp(`^${first!.toLocaleString("en-US")} `));
  // The server counts the same cells by value.
  const positive = await page.evaluate(async ([study, gene]) => {
    const buffer = await (await fetch(`/api/v1/studies/${study}/genes/${gene}`)).arrayBuffer();
    const length = new DataView(buffer).getUint32(4, true), header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))) as { n_cells: number };
    return new Float32Array(buffer, 8 + length, header.n_cells).reduce((n, v) => n + (v > 0 ? 1 : 0), 0);
  }, [server.study, genes()[0]!]);
  expect(both! + first!).toBe(positive);
  // The handle of the gate is dragged: the numbers follow.
  const before = await counts();
  const stage = (await page.locator(".stage").nth(1).boundingBox())!;
  const grip = await crossing(page, 1);
  await page.mouse.move(stage.x + grip[0]!, stage.y + grip[1]!);
  await page.mouse.down();
  await page.mouse.move(stage.x + grip[0]! + 60, stage.y + grip[1]! - 40, { steps: 4 });
  await page.mouse.up();
  expect(await counts()).not.toEqual(before);
  expect(await serious(page)).toEqual([]);
});

test("A against B: all genes in a table, a volcano whose points colour the cells", async ({ page }) => {
  test.skip(!server.real, "the mock compares nothing");
  await tab(page, "Selections");
  for (const [slot, group] of [["A", 0], ["B", 4]] as const) {
    await page.locator(".legend.groups .group").nth(group).click();
    await expect(selected(page)).toBeVisible();
    await page.getByRole("button", { name: `Keep as ${slot}` }).click();
    await expect(page.locator(".chosen").getByRole("button", { name: slot, exact: true })).toBeVisible();
  }
  await answered(page, () => page.locator(".compare button[type=submit]").click());
  const last = page.locator(".turn").last();
  await last.locator(".plot").getByRole("button", { name: /Enlarge/ }).first().click();
  const dialog = page.getByRole("dialog");
  expect(numberIn((await dialog.getByText(/ of [\d,]+ rows/).textContent())!.split("of")[1]!)).toBeGreaterThan(1000);
  await dialog.locator("path[aria-label], .mark-symbol path").first().waitFor();
  await page.keyboard.press("Escape");
  // A number of the text leads to where it stands.
  await last.locator(".word.figure").first().click();
  await expect(page.locator(".dialog .found")).toBeVisible();
});

test("figures by group: dots, heat map, violins", async ({ page }) => {
  test.skip(!server.real, "the mock draws nothing");
  await paste(page, genes().join(" "));
  await page.getByLabel("grouped by").selectOption({ index: 3 });
  for (const [figure, n] of [["Dots", 1], ["Heat map", 1], ["Violins", 3]] as const) {
    await answered(page, () => page.getByRole("button", { name: figure }).click());
    await expect(page.locator(".turn").last().locator(".plot")).toHaveCount(n);
  }
});

test("rename a group, merge two, name cells; undo brings all back", async ({ page }) => {
  test.skip(!server.real, "the mock renames nothing");
  await page.locator(".field-head").filter({ hasText: /^Cell type(?! \(by)/ }).locator("button.name").click();
  const values = page.locator(".values-list").first();
  await values.getByRole("button", { name: "Edit names" }).click();
  await answered(page, async () => {
    await values.getByLabel("Name of Monocytes").fill("My monocytes");
    await page.keyboard.press("Enter");
  });
  await expect(values.getByLabel("Name of My monocytes")).toBeVisible();
  await values.getByLabel("Merge pDC").check();
  await values.getByLabel("Merge mDC").check();
  await values.getByLabel("Name of all of them").fill("Dendritic cells");
  await answered(page, () => values.getByRole("button", { name: "Merge", exact: true }).click());
  await expect(values.getByLabel("Name of Dendritic cells")).toBeVisible();
  await values.getByRole("button", { name: "Done" }).click();
  await values.getByRole("button", { name: /^Dendritic cells/ }).click();
  await expect(selected(page)).toHaveText(/^237 /);
  await tab(page, "Selections");
  await page.getByLabel("What they are").fill("candidates");
  await answered(page, () => page.getByRole("button", { name: "Name", exact: true }).click());
  await tab(page, "Fields");
  await expect(page.locator(".field-head").filter({ hasText: /annotation/i })).toBeVisible();
  for (let i = 0; i < 3; i++) {
    const state = await page.evaluate(async (study) => ((await (await fetch(`/api/v1/studies/${study}`)).json()) as { state: string }).state, server.study);
    await page.locator(".top").getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => page.evaluate(async (study) => ((await (await fetch(`/api/v1/studies/${study}`)).json()) as { state: string }).state, server.study)).not.toBe(state);
  }
  await page.locator(".field-head").filter({ hasText: /^Cell type(?! \(by)/ }).locator("button.name").click();
  await expect(page.locator(".values-list").getByText("Monocytes", { exact: true })).toBeVisible();
});

test("the exported h5ad is read by anndata, with the cells and names that the page shows", async ({ page }) => {
  test.skip(!server.real, "the mock exports nothing");
  const python = anndataPython();
  test.skip(!python, "there is no Python with anndata (scripts/peers-venv --anndata)");
  await page.getByRole("button", { name: "Export" }).click();
  await answered(page, () => page.getByRole("button", { name: "h5ad", exact: true }).click());
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".turn").last().locator(".downloads a").first().click()]);
  const read = spawnSync(python!, ["-c", "import anndata, json, sys\nd = anndata.read_h5ad(sys.argv[1])\nprint(json.dumps({'cells': d.n_obs, 'genes': d.n_vars, 'obs': list(d.obs), 'sum': float(d.X.sum()), 'layouts': list(d.obsm), 'types': {str(k): int(v) for k, v in d.obs['cell_type'].value_counts().items()}}))", (await download.path())!], { encoding: "utf8" });
  expect(read.status, read.stderr).toBe(0);
  const file = JSON.parse(read.stdout.trim().split("\n").pop()!) as { cells: number; genes: number; obs: string[]; sum: number; layouts: string[]; types: Record<string, number> };
  const shown = await page.evaluate(async (study) => (await (await fetch(`/api/v1/studies/${study}`)).json()) as { n_kept: number; n_genes: number; fields: { name: string; categories?: { name: string; n_cells: number }[] }[] }, server.study);
  expect([file.cells, file.genes]).toEqual([shown.n_kept, shown.n_genes]);
  expect(file.types).toEqual(Object.fromEntries(shown.fields.find((field) => field.name === "cell_type")!.categories!.map((category) => [category.name, category.n_cells])));
  expect(file.layouts).toContain("X_umap");
  expect(file.sum).toBeGreaterThan(0);
});

test("names are suggested with what speaks for them; one is taken; the history says what changed and compares", async ({ page }) => {
  test.skip(!server.real, "the mock suggests nothing");
  await tab(page, "Tools");
  await page.getByRole("button", { name: /List the clusters/ }).click();
  await answered(page, () => page.getByRole("button", { name: "Run", exact: true }).click());
  await tab(page, "Fields");
  await page.locator(".captions summary").click();
  const first = page.locator(".captions li").first();
  await first.locator(".word.gene").first().click();
  await expect(page.locator(".legend.scale")).toBeVisible();
  const name = (await first.locator("b").textContent())!;
  expect(await serious(page)).toEqual([]);
  await answered(page, () => first.getByRole("button", { name: /^Take / }).click());
  await expect(page.locator(".field-head").filter({ hasText: /cluster name/i })).toBeVisible();
  await tab(page, "History");
  await expect(page.locator(".tree li.current")).toContainText(name);
  await answered(page, () => page.getByRole("button", { name: /^Compare with now/ }).first().click());
  await expect(page.locator(".turn").last().locator(".answer")).toContainText("1,336");
  await page.locator(".top").getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".tree li.current")).not.toContainText(name);
});

test("groups by kind: a kind of the Cell Ontology selects all groups below it", async ({ page }) => {
  test.skip(!server.real, "the mock has no ontology");
  const head = page.locator(".field-head").filter({ hasText: /^Cell type(?! \(by)/ });
  await head.locator("button.name").click();
  await page.getByRole("button", { name: "By kind" }).click();
  await page.locator(".kinds button").filter({ hasText: /T cell\s*450$/ }).first().click();
  await expect(selected(page)).toHaveText(/^450 /);
});
