// A specification shows English and carries the Chinese of each word (docs/plots.md). Values of genes and cells are never translated.
import type { Language } from "../api/types";

const kept = new Set(["$schema", "field", "type", "font", "color", "expr", "format"]);
const keptColumns = new Set(["gene", "cell"]);

export function localized(spec: Record<string, unknown>, language: Language): Record<string, unknown> {
  const meta = (spec.usermeta as { celloquy?: { zh?: Record<string, string> } } | undefined)?.celloquy?.zh;
  if (language !== "zh" || !meta) return spec;
  const change = (value: unknown, key: string, row: boolean): unknown => {
    if (typeof value === "string") return (row ? keptColumns : kept).has(key) ? value : Object.hasOwn(meta, value) ? meta[value] : value;
    if (Array.isArray(value)) return value.map((item) => change(item, "", row || key === "values"));
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, !row && (k === "usermeta" || k === "config") ? v : change(v, k, row)]));
    return value;
  };
  return change(spec, "", false) as Record<string, unknown>;
}
