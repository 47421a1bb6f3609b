// What a person does, on the real program where it is built. Each test leaves the study as it was read from the file.
import { expect, test, type Page } from "@playwright/test";
import { ask, hold, lasso, openStudy, selected, serious } from "./person";
import { start } from "./program";
import { served, silent } from "./served";

const server = served(start);
silent();
test.beforeEach(async ({ page }) => {
  await page.goto(server.address);
});

const open = (page: Page, query = ""): Promise<void> => openStudy(server, page, query);

test("first visit: a place for a file, the demonstration, and it opens to a picture with three questions", async ({ page }) => {
  await expect(page.getByRole("heading", { name: "Ask your cells." })).toBeVisible();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: server.real ? "Open the demonstration" : "mock blood" }).click();
  await expect(page.locator(".legend")).toBeVisible({ timeout: 90_000 });
  await expect(page.locator(".suggestions .choice")).toHaveCount(3);
});

test("ask in English: a mark opens the whole table; in Chinese: the whole page speaks Chinese", async ({ page }) => {
  await open(page);
  await ask(page, "What are the markers of the B cells?");
  const last = page.locator(".turn").last();
  await expect(last.locator(".answer svg").first()).toBeVisible();
  await expect(last.locator("[role=img]").first()).toHaveAttribute("aria-label", /Figure: .+/);
  await last.locator(".mark").first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.locator("tbody tr")).toHaveCount(100);
  expect(await serious(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.getByRole("tab", { name: "字段" })).toBeVisible();
  await ask(page, "B细胞的标志基因有哪些?");
  await expect(page.locator(".turn").last().locator(".answer")).toContainText("标志基因");
});

test("an answer's gene colours the cells", async ({ page }) => {
  await open(page);
  await ask(page, "What are the markers of the B cells?");
  await page.locator(".turn").last().locator(".word.gene").first().click();
  await expect(page.locator(".legend.scale")).toBeVisible();
});

test("lasso: the server's selection is what is counted; add, take away, clear", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Lasso" }).click();
  await lasso(page);
  await expect(selected(page)).toBeVisible();
  const shown = Number((await selected(page).textContent())!.replace(/\D/g, ""));
  const bits = await page.evaluate(async (study) => [...new Uint8Array(await (await fetch(`/api/v1/studies/${study}/selection`)).arrayBuffer())], server.study);
  expect(bits.reduce((n, byte) => n + byte.toString(2).replaceAll("0", "").length, 0)).toBe(shown);
  await page.keyboard.down("Alt");
  await lasso(page);
  await page.keyboard.up("Alt");
  await expect(page.locator(".selection-bar")).toHaveCount(0);
});

test("keyboard alone: crosshair, rectangle, clear", async ({ page }) => {
  await open(page);
  await page.locator(".stage").focus();
  await page.keyboard.press("x");
  await hold(page, "ArrowLeft", 22);
  await hold(page, "ArrowUp", 22);
  await page.keyboard.press("Enter");
  await hold(page, "ArrowRight", 44);
  await hold(page, "ArrowDown", 44);
  await page.keyboard.press("Enter");
  await expect(selected(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.locator(".selection-bar")).toHaveCount(0);
});

test("keep the selection, see it in the history, undo", async ({ page }) => {
  await open(page);
  const before = await page.locator(".kept").textContent();
  await page.locator(".legend.groups .group").first().click();
  await expect(selected(page)).toBeVisible();
  await page.getByRole("tab", { name: "Selections" }).click();
  await page.getByRole("button", { name: "Keep only these cells" }).click();
  await expect(page.locator(".kept")).not.toHaveText(before!, { timeout: 60_000 });
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.locator(".tree li").first()).toBeVisible();
  await page.locator(".top").getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".kept")).toHaveText(before!, { timeout: 60_000 });
});

test("what are these: a click asks about the selected cells and no others", async ({ page }) => {
  await open(page);
  await page.locator(".legend.groups .group").nth(2).click();
  await page.locator(".selection-bar button").first().click();
  const last = page.locator(".turn").last();
  await expect(last.locator(".foot, .failure").first()).toBeVisible({ timeout: 90_000 });
  if (server.real) await expect(last.locator(".answer")).toContainText("selected cells");
});

test("hiding a group hides its cells and nothing else; a link restores it", async ({ page }) => {
  await open(page);
  await page.locator(".legend.groups input[type=checkbox]").first().uncheck();
  await expect(page.locator(".filtered")).toBeVisible();
  const shown = await page.locator(".filtered").textContent();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.locator(".dialog input[readonly]").inputValue();
  await page.goto(link);
  await expect(page.locator(".filtered")).toHaveText(shown!, { timeout: 90_000 });
});

for (const theme of ["light", "dark"] as const) {
  test(`no serious violation of WCAG 2.2 AA: every part, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await open(page);
    await ask(page, "What are the markers of the B cells?");
    const found: string[] = [];
    for (const tab of ["Fields", "Genes", "Selections", "History", "Tools"]) {
      await page.getByRole("tab", { name: tab }).click();
      found.push(...(await serious(page)).map((violation) => `${tab}: ${violation}`));
    }
    await page.getByRole("button", { name: "Keys" }).click();
    found.push(...(await serious(page)));
    expect(found).toEqual([]);
  });
}

test("a narrow screen shows one part at a time and nothing beyond its edge", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${server.base}/?study=${server.study}`);
  for (const part of ["Cells", "Conversation", "Fields"]) {
    await page.locator(".narrow-tabs").getByRole("button", { name: part }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});
