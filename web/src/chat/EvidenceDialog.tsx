// What lies behind a mark: tables (whole), value, method, caveats, references, code.
import { useState } from "react";
import { saveText } from "../files/save";
import { formatValue, t } from "../i18n";
import { useApp } from "../state/app";
import { Dialog } from "../app/Dialog";
import { DataTable } from "./DataTable";
import { toCsv } from "./csv";
import { findCell, saysValue } from "./numbers";

/** `number`: what was clicked; the first place that holds it is shown. */
export function EvidenceDialog({ turn: key, id, number }: { turn: string; id: number; number?: string }) {
  const turn = useApp((s) => s.turns.find((other) => other.key === key));
  const all = turn?.answer?.evidence ?? [];
  const [at, setAt] = useState(id), [code, setCode] = useState<"scanpy" | "seurat">("scanpy");
  const evidence = all.find((e) => e.id === at);
  const tool = useApp((s) => s.tools.find((other) => other.name === evidence?.tool)), language = useApp((s) => s.language);
  if (!evidence) return <Dialog title={t("evidence.title", { n: id })}><p>{t("evidence.none")}</p></Dialog>;
  const tables = evidence.tables?.length ? evidence.tables : evidence.table ? [evidence.table] : [];
  const values = Object.entries(evidence.values ?? {});
  const stated = number !== undefined && at === id ? values.find(([, { value }]) => saysValue(number, value))?.[0] : undefined;
  const holder = number !== undefined && at === id && !stated ? tables.find((table) => findCell(table, number)) : undefined;
  return (
    <Dialog title={t("evidence.title", { n: evidence.id })} subtitle={tool?.purpose[language] ?? evidence.tool} wide>
      {all.length > 1 && <nav className="tabs" aria-label={t("evidence.others")}>{all.map((e) => <button key={e.id} type="button" aria-pressed={e.id === at} onClick={() => setAt(e.id)}>{e.id}</button>)}</nav>}
      {values.length > 0 && (
        <details open={tables.length === 0 || stated !== undefined}>
          <summary>{t("evidence.values")}</summary>
          <dl className="values">{values.map(([name, { value, unit }]) => <div key={name} className={name === stated ? "found" : ""}><dt>{name.replaceAll("_", " ")}</dt><dd>{formatValue(value)} {unit}</dd></div>)}</dl>
        </details>
      )}
      {tables.map((table) => (
        <section key={table.id}>
          <div className="section-head">
            <h3>{table.title}</h3>
            <button type="button" className="quiet" onClick={() => saveText(`${table.id}.csv`, toCsv(table), "text/csv")}>CSV</button>
          </div>
          <DataTable table={table} {...(table === holder ? { find: number! } : {})} />
        </section>
      ))}
      {evidence.caveats.length > 0 && <section><h3>{t("evidence.caveats")}</h3><ul>{evidence.caveats.map((text) => <li key={text}>{text}</li>)}</ul></section>}
      <section><h3>{t("evidence.method")}</h3><p>{evidence.method}</p>
        {evidence.references?.map((reference) => <p key={reference} className="reference">{reference}</p>)}
      </section>
      {(evidence.code.scanpy || evidence.code.seurat) && (
        <section>
          <div className="section-head">
            <h3>{t("evidence.code")}</h3>
            {(["scanpy", "seurat"] as const).map((kind) => <button key={kind} type="button" className="quiet" aria-pressed={code === kind} onClick={() => setCode(kind)}>{kind === "scanpy" ? "Scanpy" : "Seurat"}</button>)}
            <span className="grow" />
            <button type="button" className="quiet" onClick={() => void navigator.clipboard?.writeText(evidence.code[code])}>{t("copy")}</button>
          </div>
          <pre tabIndex={0}>{evidence.code[code]}</pre>
        </section>
      )}
    </Dialog>
  );
}
