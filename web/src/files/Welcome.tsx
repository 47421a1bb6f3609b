// The first thing that anybody sees: a place for a file, the demonstration, and the studies that are served.
import { useRef, useState } from "react";
import { upload } from "../api/client";
import type { StudyEntry } from "../api/types";
import { formatBytes, formatCount, formatSeconds, t, useLanguage } from "../i18n";
import { app, useApp } from "../state/app";
import { report } from "../state/notice";
import { openStudy, refreshStudies } from "../state/study";
import { remaining, type Sample } from "./remaining";

export function Welcome() {
  useLanguage();
  const studies = useApp((s) => s.studies), me = useApp((s) => s.me);
  const others = studies?.filter((study) => study.id !== "demo") ?? [], demo = studies?.find((study) => study.id === "demo");
  return (
    <main className="welcome" id="main">
      <h1>{t("welcome.title")}</h1>
      <p className="lead">{t(me?.local === false ? "welcome.lead.remote" : "welcome.lead")}</p>
      {me?.upload.allowed && <DropZone most={me.upload.most_bytes} />}
      {demo && (
        <p className="demo">
          <button type="button" className="strong" onClick={() => void openStudy("demo")}>{t("welcome.demo")}</button>
          <span>{t("welcome.demo.what")}</span>
        </p>
      )}
      {others.length > 0 && (
        <section>
          <h2>{t("welcome.studies")}</h2>
          <ul className="studies">{others.map((study) => <StudyRow key={study.id} study={study} />)}</ul>
        </section>
      )}
      {studies && studies.length === 0 && !me?.upload.allowed && <p>{t("welcome.none")}</p>}
      {!studies && <p role="status">{t("welcome.connecting")}</p>}
    </main>
  );
}

function StudyRow({ study }: { study: StudyEntry }) {
  return (
    <li>
      <button type="button" onClick={() => void openStudy(study.id)}>{study.name}</button>
      <span className="n">
        {study.summary ? `${t("cells", { n: formatCount(study.summary.n_cells) })} · ${t("genes", { n: formatCount(study.summary.n_genes) })} · ` : ""}
        {formatBytes(study.bytes)}{study.open ? ` · ${t("welcome.open")}` : ""}
      </span>
    </li>
  );
}

function DropZone({ most }: { most: number }) {
  const [over, setOver] = useState(false), [sent, setSent] = useState<{ file: File; bytes: number; left: number | null } | null>(null);
  const input = useRef<HTMLInputElement>(null), stop = useRef<AbortController | null>(null);
  const local = useApp((s) => s.me?.local !== false);
  const send = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (most > 0 && file.size > most) return app.set({ notice: { kind: "error", text: t("upload.too_large", { name: file.name, most: formatBytes(most) }), remedy: t("upload.too_large.remedy") } });
    stop.current = new AbortController();
    const samples: Sample[] = [];
    setSent({ file, bytes: 0, left: null });
    try {
      const made = await upload(file, (bytes) => {
        samples.push({ time: performance.now(), bytes });
        setSent({ file, bytes, left: remaining(samples, file.size) });
      }, stop.current.signal);
      await refreshStudies();
      await openStudy(made.id);
    } catch (error) {
      report(error);
    } finally {
      setSent(null);
    }
  };
  if (sent) {
    const percent = Math.round((100 * sent.bytes) / Math.max(sent.file.size, 1));
    return (
      <div className="drop" role="status">
        <p>{sent.bytes < sent.file.size ? t(local ? "upload.copying" : "upload.sending", { name: sent.file.name }) : t("upload.checking", { name: sent.file.name })}</p>
        <div className="meter" role="progressbar" aria-label={sent.file.name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}><i style={{ width: `${percent}%` }} /></div>
        <p className="n">{formatBytes(sent.bytes)} / {formatBytes(sent.file.size)}{sent.left !== null && ` · ${t("remaining", { time: formatSeconds(sent.left) })}`}</p>
        <button type="button" className="quiet" onClick={() => stop.current?.abort()}>{t("chat.cancel")}</button>
      </div>
    );
  }
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); void send(event.dataTransfer.files[0]); }}
    >
      <p>{t("welcome.drop")} <button type="button" className="quiet" onClick={() => input.current?.click()}>{t("welcome.choose")}</button></p>
      <p className="n">{t("welcome.formats")}</p>
      <input ref={input} type="file" hidden aria-label={t("welcome.choose")} accept=".h5ad,.h5,.csv,.tsv,.gz,.txt" onChange={(event) => void send(event.target.files?.[0])} />
    </div>
  );
}

/** While a study opens: what happens, how far it is, how long it still takes. */
export function Opening() {
  useLanguage();
  const opening = useApp((s) => s.opening), id = useApp((s) => s.studyId), name = useApp((s) => s.studies?.find((study) => study.id === s.studyId)?.name);
  const fraction = opening?.fraction ?? null;
  return (
    <main className="opening" id="main" role="status">
      <p>{t("opening", { name: name ?? id ?? "" })}</p>
      <p className="n">{opening?.title}{opening?.remaining_seconds ? ` · ${t("remaining", { time: formatSeconds(opening.remaining_seconds) })}` : ""}</p>
      <div className={fraction === null ? "meter unknown" : "meter"} role="progressbar" aria-label={t("opening", { name: name ?? "" })} aria-valuemin={0} aria-valuemax={100} {...(fraction !== null ? { "aria-valuenow": Math.round(100 * fraction) } : {})}><i style={{ width: `${Math.round(100 * (fraction ?? 0.3))}%` }} /></div>
    </main>
  );
}
