import type { Table, Value } from "../api/types";

const cell = (value: Value): string => {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The whole table with full precision; units stand in the heading. */
export function toCsv(table: Table): string {
  const head = table.columns.map((column) => (column.unit && column.unit !== column.title ? `${column.title} [${column.unit}]` : column.title));
  return [head, ...table.rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
