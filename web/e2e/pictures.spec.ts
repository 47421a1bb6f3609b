// The page beside approved pictures of it (e2e/approved), on the mock: its cells are the same everywhere.
// Compared with pixelmatch: a pixel differs at 0.25 of the greatest distance of colours, and 0.1 % of the pixels may (text of other versions of a font,
// edges of points in another software renderer). New pictures after a change that is meant: `npm run e2e -- pictures --update-snapshots`, and look at them.
import { spawnSync } from "node:child_process";
import { expect, test, type Page } from "@playwright/test";
import { openStudy } from "./person";
import { startMock } from "./program";
import { served } from "./served";

const family = "DejaVu Sans";
const hasFont = spawnSync("fc-match", [family], { encoding: "utf8" }).stdout?.includes(family) ?? false;

const server = served(() => startMock(6_000), 120_000);
test.skip(!hasFont, `the pictures were made with the font ${family} (Debian: fonts-dejavu-core)`);

async function settled(page: Page): Promise<void> {
  await page.addStyleTag({ content: `body, canvas { font-family: "${family}", "WenQuanYi Micro Hei", sans-serif !important; } * { caret-color: transparent !important; }` });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(2, 2);
  await page.evaluate(() => window.dispatchEvent(new Event("resize")));
  await page.waitForTimeout(700);
}

const same = { threshold: 0.25, maxDiffPixelRatio: 0.001, animations: "disabled" } as const;

for (const [name, theme, language, width] of [["light", "light", "en", 1280], ["dark_zh", "dark", "zh", 1280], ["narrow", "light", "en", 390]] as const) {
  test(`as approved: ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 760 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.addInitScript((language) => localStorage.setItem("celloquy", JSON.stringify({ language })), language);
    await openStudy(server, page);
    await settled(page);
    await expect(page).toHaveScreenshot(`${name}.png`, same);
  });
}

test("as approved: genes side by side", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 760 });
  await openStudy(server, page);
  await page.getByRole("tab", { name: "Genes" }).click();
  await page.locator("#gene-paste").fill("CD3E MS4A1 LYZ GNLY");
  await page.getByRole("button", { name: "Take" }).click();
  await page.getByRole("button", { name: "Side by side" }).click();
  await expect(page.locator(".panel .legend.scale")).toHaveCount(4);
  await settled(page);
  await expect(page).toHaveScreenshot("genes.png", same);
});
