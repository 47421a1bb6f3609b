// Genes and gene sets that are pasted or read from a file: a plain list joins the chosen genes, sets with names are kept by the server.
import { useEffect, useState } from "react";
import { study } from "../api/study";
import { saveText } from "../files/save";
import { formatCount, t } from "../i18n";
import { app, useApp } from "../state/app";
import { withStudy } from "../state/notice";
import { colourBy } from "./colour_by";
import { parseSets } from "./parse_sets";
import { resolve } from "./resolve";

const refresh = (): Promise<void> => withStudy(async (id) => app.set({ geneSets: await study.geneSets(id) }));

const some = (names: string[]): string => names.slice(0, 12).join(", ") + (names.length > 12 ? " …" : "");

export function GeneSets() {
  const sets = useApp((s) => s.geneSets), id = useApp((s) => s.studyId);
  const [text, setText] = useState(""), [said, setSaid] = useState("");
  useEffect(() => void refresh(), [id]);
  const sentence = (n: number, unknown: string[]): void =>
    setSaid([t("genes.paste.taken", { n: formatCount(n) }), ...(unknown.length > 0 ? [t("genes.paste.unknown", { names: some(unknown) })] : [])].join(" "));
  /** Files and lines of GMT are the server's to read; a bare list of names joins the chosen genes. */
  const take = (given: string, file: boolean): Promise<void> => withStudy(async (study_id) => {
    const parsed = parseSets(given);
    if (file || parsed.some((set) => set.name)) {
      const imported = (await study.importGeneSets(study_id, given)).sets.map((set) => set.name);
      const all = await study.geneSets(study_id), fresh = all.filter((set) => imported.includes(set.name));
      app.set({ geneSets: all });
      sentence(new Set(fresh.flatMap((set) => set.genes)).size, [...new Set(fresh.flatMap((set) => set.missing))]);
    } else {
      const { sets: found, unknown } = await resolve(study_id, parsed);
      const genes = found.flatMap((set) => set.genes);
      app.set((s) => ({ genes: [...new Set([...s.genes, ...genes])] }));
      sentence(genes.length, unknown);
    }
    setText("");
  });
  const drop = (name: string): Promise<void> => withStudy(async (study_id) => {
    await study.dropGeneSet(study_id, name);
    await refresh();
  });
  return (
    <form className="text-score" onSubmit={(event) => { event.preventDefault(); void take(text, false); }}>
      <label htmlFor="gene-paste">{t("genes.paste")}</label>
      <textarea id="gene-paste" rows={2} value={text} aria-describedby="gene-paste-how" onChange={(event) => setText(event.target.value)} />
      <p id="gene-paste-how" className="n">{t("genes.paste.how")}</p>
      <button type="submit" disabled={!text.trim()}>{t("genes.paste.take")}</button>
      <label className="n">
        {t("genes.file")}{" "}
        <input type="file" accept=".gmt,.csv,.tsv,.txt" onChange={(event) => { const [file] = event.target.files ?? []; event.target.value = ""; if (file) void file.text().then((read) => take(read, true)); }} />
      </label>
      {said && <p className="n" role="status">{said}</p>}
      {sets.length > 0 && (
        <>
          <ul className="chosen" aria-label={t("genes.paste.sets")}>
            {sets.map(({ name, genes, missing }) => {
              const measured = genes.filter((gene) => !missing.includes(gene));
              return (
                <li key={name}>
                  <button type="button" title={genes.join(", ")} disabled={measured.length === 0} aria-label={t("genes.paste.mean", { name, n: measured.length })} onClick={() => colourBy({ kind: "genes", names: measured })}>{name}</button>
                  <span className="n">{formatCount(measured.length)} / {formatCount(genes.length)}</span>
                  <button type="button" className="quiet" aria-label={t("genes.remove", { name })} onClick={() => void drop(name)}>×</button>
                </li>
              );
            })}
          </ul>
          <p><button type="button" className="quiet" onClick={() => saveText("gene_sets.gmt", sets.map((set) => `${set.name}\t\t${set.genes.join("\t")}\n`).join(""), "text/plain")}>GMT</button></p>
        </>
      )}
    </form>
  );
}
