// node web/e2e/tour.mjs ADDRESS FOLDER CHROMIUM: docs/images/tour.webp, half a minute of what a person does (scripts/screenshots starts the program).
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { animate, toWebp } from "./webp.mjs";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const [address, folder, executablePath] = process.argv.slice(2);
const width = 1200, height = 750;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
const page = await browser.newPage({ viewport: { width, height }, locale: "en-US", reducedMotion: "reduce" });
const shots = [];
const shoot = async (milliseconds, wait = 1200) => {
  await page.waitForTimeout(wait);
  shots.push({ png: await page.screenshot(), milliseconds });
};
const answered = async (act) => {
  const n = await page.locator(".turn").count();
  await act();
  await page.locator(".turn").nth(n).locator(".foot, .failure").first().waitFor({ timeout: 120_000 });
};
const ask = async (question) => {
  await page.locator("#question").fill(question);
  await shoot(1500, 200);
  await answered(() => page.locator("#question").press("Enter"));
};

await page.goto(address);
await page.getByRole("button", { name: "Open the demonstration" }).waitFor();
await shoot(1800);
await page.getByRole("button", { name: "Open the demonstration" }).click();
await page.locator(".legend.groups .n").first().waitFor({ timeout: 120_000 });
await shoot(2000);
await ask("What cell types are there?");
await shoot(3000, 2500);
await ask("What are the markers of the B cells?");
await shoot(2600, 2500);
// A gene of the answer colours the cells.
await page.locator(".turn").last().locator(".word.gene").first().click();
await shoot(2200);
// Several side by side; a lasso in one is a selection in all.
await page.getByRole("tab", { name: "Genes" }).click();
await page.locator("#gene-paste").fill("CD3E GNLY FCN1");
await page.getByRole("button", { name: "Take" }).click();
await page.getByText(/genes taken/).waitFor();
await page.getByRole("button", { name: "Side by side" }).click();
await page.locator(".panel .legend.scale").nth(3).waitFor();
await shoot(2200);
await page.getByRole("button", { name: "One only" }).click();
await page.locator(".panel-head .coloured select").selectOption({ index: 3 });
await page.getByRole("button", { name: "Lasso" }).click();
const box = await page.locator(".stage").boundingBox();
const ring = Array.from({ length: 25 }, (_, i) => [box.x + box.width * (0.17 + 0.16 * Math.cos(i / 4)), box.y + box.height * (0.5 + 0.2 * Math.sin(i / 4))]);
await page.mouse.move(...ring[0]);
await page.mouse.down();
for (const at of ring) await page.mouse.move(...at);
await shoot(1200, 200);
await page.mouse.up();
await page.locator(".selection-bar").waitFor();
await shoot(1500);
await answered(() => page.getByRole("button", { name: "What are these cells?" }).click());
await shoot(3000, 2000);
// Two genes against each other, with a gate.
await page.getByRole("button", { name: "Draw" }).click();
await page.locator(".quadrants button").first().waitFor();
await page.locator(".quadrants button").nth(3).click();
await shoot(2600);
await page.getByRole("button", { name: "中文" }).click();
await page.locator(".panel-head .close").nth(1).click();
await ask("哪些细胞负责分泌抗体?");
await shoot(3600, 2500);

const blank = await browser.newPage();
const frames = [];
for (const { png, milliseconds } of shots) frames.push({ webp: await toWebp(blank, png, 0.82), milliseconds });
const whole = animate(frames, width, height);
if (whole.length > 1_500_000) throw new Error(`the tour has ${whole.length} bytes; 1,500,000 are meant`);
writeFileSync(join(folder, "tour.webp"), whole);
console.log(`tour.webp: ${frames.length} pictures, ${shots.reduce((sum, shot) => sum + shot.milliseconds, 0) / 1000} s, ${whole.length} bytes`);
await browser.close();
