// node web/e2e/screenshots.mjs ADDRESS FOLDER CHROMIUM: the pictures of the manual (scripts/screenshots starts the program).
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const [address, folder, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });

/** Opens the demonstration, asks, and waits until the answer stands. */
async function shoot(name, language, question) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.getByRole("button", { name: /demonstration|示例/ }).click();
  await page.locator(".legend.groups .n").first().waitFor({ timeout: 60_000 });
  if (language === "zh") await page.getByRole("button", { name: "中文" }).click();
  const box = page.locator("textarea, input[type=text]").last();
  await box.fill(question);
  await box.press("Enter");
  await page.getByText(/How was this done|是怎么得到的|怎么做/).last().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2500);
  await page.screenshot({ path: join(folder, name) });
  await page.close();
}

await shoot("page.png", "en", "What cell types are there?");
await shoot("page_zh.png", "zh", "哪些细胞负责分泌抗体?");
await browser.close();
