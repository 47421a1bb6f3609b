import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { en } from "./en";
import { formatValue, t } from "./index";
import { zh } from "./zh";
import { app } from "../state/app";

const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

it("both languages have all keys, with the same blanks", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(blanks(zh[key]), key).toEqual(blanks(en[key]));
    expect(zh[key].trim(), key).not.toBe("");
  }
});

it("Chinese is Chinese: only names of formats and programs stay", () => {
  const latin = Object.entries(zh).filter(([key, text]) => !/[\u4e00-\u9fff]/.test(text) && key !== "export.h5ad");
  expect(latin).toEqual([]);
});

it("no component shows words that are not in the catalogue", () => {
  const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : entry.name.endsWith(".tsx") ? [join(folder, entry.name)] : []));
  const found: string[] = [];
  for (const file of files(join(__dirname, ".."))) {
    const text = readFileSync(file, "utf8");
    for (const match of text.matchAll(/(?:>([A-Z][a-z]+(?: [a-z]+)*)<|(?:aria-label|title|placeholder)="([^"]*[a-z]{3}[^"]*)")/g)) found.push(`${file}: ${match[1] ?? match[2]}`);
  }
  expect(found).toEqual([]);
});

it("keys in use exist", () => {
  const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [join(folder, entry.name)] : []));
  const text = files(join(__dirname, "..")).filter((file) => !/i18n\/(en|zh)\.ts$/.test(file)).map((file) => readFileSync(file, "utf8")).join("\n");
  // Keys that are put together from a part are covered by that part.
  const parts = [...text.matchAll(/`((?:\w+\.)+)\$\{/g)].map((match) => match[1]!);
  const unused = Object.keys(en).filter((key) => !text.includes(`"${key}"`) && !parts.some((part) => key.startsWith(part)));
  expect(unused).toEqual([]);
});

it("fills blanks and writes numbers", () => {
  app.set({ language: "en" });
  expect(t("cells", { n: "1,336" })).toBe("1,336 cells");
  app.set({ language: "zh" });
  expect(t("cells", { n: "1,336" })).toBe("1,336 个细胞");
  expect(formatValue(true)).toBe("是");
  expect([formatValue(1336), formatValue(0.00000012), formatValue(-2.3456), formatValue(null)]).toEqual(["1,336", "1.20e−7", "−2.35", "–"]);
});
