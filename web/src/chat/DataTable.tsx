// A whole table: sorted by a click on a heading, filtered by a word; genes colour the cells, groups are selected.
import { useEffect, useMemo, useRef, useState } from "react";
import type { Table, Value } from "../api/types";
import { formatCount, formatValue, t } from "../i18n";
import { useFields } from "../state/app";
import { selectBy } from "../state/selection";
import { colourByGene } from "../genes/colour_by";
import { groupFinder } from "./marks";
import { findCell } from "./numbers";

const page = 100;

export function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** `find`: a number as an answer says it; the row that holds it is shown first. */
export function DataTable({ table, find }: { table: Table; find?: string }) {
  const found = useMemo(() => { const cell = find === undefined ? null : findCell(table, find); return cell && { row: table.rows[cell.row]!, column: cell.column }; }, [table, find]);
  const [by, setBy] = useState<{ column: number; down: boolean } | null>(null), [word, setWord] = useState(""), [most, setMost] = useState(found ? Math.max(page, table.rows.indexOf(found.row) + 1) : page);
  const fields = useFields();
  const groupOf = useMemo(() => groupFinder(fields, ""), [fields]);
  const rows = useMemo(() => {
    const low = word.trim().toLowerCase();
    const found = low ? table.rows.filter((row) => row.some((value) => String(value ?? "").toLowerCase().includes(low))) : table.rows;
    return by ? [...found].sort((a, b) => compareValues(a[by.column], b[by.column]) * (by.down ? -1 : 1)) : found;
  }, [table, by, word]);
  const place = useRef<HTMLTableCellElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: "center" }), []);
  const numeric = useMemo(() => table.columns.map((_, c) => table.rows.some((row) => typeof row[c] === "number")), [table]);
  return (
    <>
      {table.rows.length > 12 && <input type="search" className="find" value={word} placeholder={t("table.find")} aria-label={t("table.find")} onChange={(event) => { setWord(event.target.value); setMost(page); }} />}
      <div className="scroll" tabIndex={0} role="region" aria-label={table.title}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column, c) => (
                <th key={column.id} scope="col" className={numeric[c] ? "number" : ""} aria-sort={by?.column === c ? (by.down ? "descending" : "ascending") : "none"}>
                  <button type="button" onClick={() => setBy({ column: c, down: by?.column === c ? !by.down : numeric[c]! })}>{column.title}{by?.column === c ? (by.down ? " ↓" : " ↑") : ""}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, r) => (
              <tr key={r}>
                {table.columns.map((column, c) => {
                  const value = row[c];
                  const group = typeof value === "string" && column.id !== "gene" ? groupOf(value) : null;
                  return (
                    <td key={column.id} ref={row === found?.row && c === found.column ? place : undefined} className={`${typeof value === "number" ? "number" : ""}${row === found?.row && c === found.column ? " found" : ""}`}>
                      {column.id === "gene" && typeof value === "string" ? <button type="button" className="word gene" title={t("chat.colour_by", { name: value })} onClick={() => colourByGene(value)}>{value}</button>
                        : group ? <button type="button" className="word" title={t("legend.select", { name: String(value) })} onClick={() => void selectBy({ field: group.field, values: [group.value] })}>{value}</button>
                          : formatValue(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="n">
        {t("table.rows", { shown: formatCount(Math.min(most, rows.length)), n: formatCount(rows.length) })}{" "}
        {rows.length > most && <button type="button" className="quiet" onClick={() => setMost(most + 10 * page)}>{t("table.more")}</button>}
      </p>
    </>
  );
}
