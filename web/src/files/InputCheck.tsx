// What the file is, in plain words: the program's own sentences.
import { Dialog } from "../app/Dialog";
import { DataTable } from "../chat/DataTable";
import { formatCount, t } from "../i18n";
import { useApp } from "../state/app";

export function InputCheck() {
  const summary = useApp((s) => s.summary);
  if (!summary) return null;
  const { input } = summary;
  return (
    <Dialog title={t("input.title")} subtitle={summary.name} wide>
      <p>{input.plain}</p>
      {input.notes.map((note) => <p key={note} className="note">{note}</p>)}
      <dl className="values">
        <div><dt>{t("input.cells")}</dt><dd>{formatCount(summary.n_cells)}</dd></div>
        <div><dt>{t("input.genes")}</dt><dd>{formatCount(summary.n_genes)}</dd></div>
        <div><dt>{t("input.nonzeros")}</dt><dd>{formatCount(summary.n_nonzeros)}</dd></div>
        <div><dt>{t("input.format")}</dt><dd>{summary.format}</dd></div>
      </dl>
      {input.matrices && input.matrices.length > 0 && (
        <DataTable table={{ id: "matrices", title: t("input.matrices"), columns: [{ id: "where", title: t("input.where"), unit: "" }, { id: "state", title: t("input.state"), unit: "" }, { id: "evidence", title: t("input.evidence"), unit: "" }], rows: input.matrices.map((m) => [m.where, m.state, m.evidence]) }} />
      )}
    </Dialog>
  );
}
