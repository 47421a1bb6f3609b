// What can be taken away: files that the program writes, the present picture, a link to this view.
import { useState } from "react";
import { Dialog } from "../app/Dialog";
import { stages } from "../embedding/linked";
import { formatBytes, t, useLanguage } from "../i18n";
import { app, useApp } from "../state/app";
import { report } from "../state/notice";
import { exportAs } from "../state/turns";
import { shareView } from "../state/view";
import { saveBlob } from "./save";
import type { Key } from "../i18n";

const kinds = ["h5ad", "cellxgene", "tables", "figures", "report", "scanpy", "seurat", "notebook"] as const;

export function ExportDialog() {
  useLanguage();
  const turns = useApp((s) => s.turns), name = useApp((s) => s.summary?.name ?? "");
  const [link, setLink] = useState("");
  const made = turns.flatMap((turn) => turn.answer?.downloads ?? []);
  const start = (kind: (typeof kinds)[number]): void => {
    app.set({ dialog: null });
    void exportAs(kind, `${t("export.title")}: ${t(`export.${kind}` as Key)}`);
  };
  const share = async (): Promise<void> => {
    const made = await shareView();
    if (!made) return;
    setLink(made);
    await navigator.clipboard?.writeText(made).catch(() => undefined); // without the right to the clipboard the link is there to be copied
  };
  const picture = async (): Promise<void> => {
    const stage = stages.get(app.get().active) ?? stages.get(0);
    const blob = await stage?.picture();
    if (blob) saveBlob(`${name}.png`, blob);
  };
  return (
    <Dialog title={t("export.title")}>
      <ul className="exports">
        {kinds.map((kind) => (
          <li key={kind}>
            <button type="button" onClick={() => start(kind)}>{t(`export.${kind}` as Key)}</button>
            <span className="n">{t(`export.${kind}.what` as Key)}</span>
          </li>
        ))}
        <li><button type="button" onClick={() => picture().catch(report)}>{t("export.picture")}</button><span className="n">{t("export.picture.what")}</span></li>
      </ul>
      <h3>{t("share.title")}</h3>
      <p className="tools-line">
        <button type="button" onClick={() => void share()}>{t("share.make")}</button>
        {link && <input readOnly value={link} aria-label={t("share.title")} onFocus={(event) => event.target.select()} />}
      </p>
      <p className="n">{t("share.what")}</p>
      {made.length > 0 && (
        <>
          <h3>{t("export.made")}</h3>
          <ul className="downloads">{made.map((file) => <li key={file.url}><a href={file.url} download={file.name}>{file.name}</a> <span className="n">{formatBytes(file.bytes)}</span></li>)}</ul>
        </>
      )}
    </Dialog>
  );
}
