// What a person does, in words that the tests of the page share.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import type { Running } from "./program";

export async function openStudy(server: Running, page: Page, query = ""): Promise<void> {
  await page.goto(`${server.base}/?study=${server.study}${query}`);
  await expect(page.locator(".legend")).toBeVisible({ timeout: 90_000 });
}

export const ask = (page: Page, question: string): Promise<void> =>
  answered(page, async () => {
    await page.locator("#question").fill(question);
    await page.locator("#question").press("Enter");
  });

export async function lasso(page: Page): Promise<void> {
  const box = (await page.locator(".stage").first().boundingBox())!;
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.03, 0.03));
  await page.mouse.down();
  for (const [x, y] of [[0.55, 0.03], [0.55, 0.97], [0.03, 0.97]] as [number, number][]) await page.mouse.move(...at(x, y), { steps: 6 });
  await page.mouse.up();
}

/** A key held down: the events come faster than single presses do through the browser's protocol. */
export const hold = (page: Page, key: string, times: number): Promise<void> =>
  page.locator(".stage").evaluate((stage, [key, times]) => {
    for (let i = 0; i < times; i++) stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, [key, times] as [string, number]);

export const selected = (page: Page) => page.locator(".selection-bar > span");

export async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  return violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
}

/** Errors that the page says in its console; none are expected. */
export function listen(page: Page, said: string[]): void {
  said.length = 0;
  page.on("pageerror", (error) => said.push(error.message));
  page.on("console", (message) => message.type() === "error" && !/404|409/.test(message.text()) && said.push(message.text()));
}

export const tab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name }).click();

/** A tool call or a question is answered. */
export async function answered(page: Page, act: () => Promise<void>): Promise<void> {
  const n = await page.locator(".turn").count();
  await act();
  await expect(page.locator(".turn").nth(n).locator(".foot, .failure").first()).toBeVisible({ timeout: 90_000 });
}
