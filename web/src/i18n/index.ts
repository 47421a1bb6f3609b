// Every string that the page itself shows. Sentences about data come from the server in the language asked for.
import type { Language, Value } from "../api/types";
import { app, useApp } from "../state/app";
import { en } from "./en";
import { zh } from "./zh";

export type Key = keyof typeof en;
export type Catalogue = Record<Key, string>;
export const catalogues: Record<Language, Catalogue> = { en, zh };

export function t(key: Key, blanks: Record<string, string | number> = {}): string {
  return catalogues[app.get().language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(blanks[name] ?? whole));
}

/** Components that show words call this: they are drawn again when the language changes. */
export const useLanguage = (): Language => useApp((s) => s.language);

const locale = (): string => (app.get().language === "zh" ? "zh-CN" : "en-GB");

export const formatCount = (n: number): string => n.toLocaleString(locale() === "zh-CN" ? "zh-CN" : "en-US");

/** Numbers of tables and legends: whole ones with separators, others to three digits, very small ones in powers of ten. */
export function formatValue(value: Value | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return formatCount(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return value.toExponential(2).replace("-", "−").replace("e-", "e−");
  return value.toLocaleString("en-US", { maximumSignificantDigits: size >= 1000 ? 6 : 3 }).replace("-", "−");
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let n = bytes, unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${n.toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${units[unit]}`;
}

export function formatTime(time: string | number): string {
  const date = new Date(typeof time === "number" && time < 1e12 ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

export const formatSeconds = (seconds: number): string =>
  seconds < 90 ? t("seconds", { n: seconds < 10 ? Math.max(0.1, seconds).toFixed(1) : Math.round(seconds) }) : t("minutes", { n: Math.round(seconds / 60) });
