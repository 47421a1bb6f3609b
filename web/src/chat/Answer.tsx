// The text of an answer with its marks, and what lies behind it.
import { useMemo, useState } from "react";
import type { Answer as AnswerDocument, Evidence } from "../api/types";
import { formatBytes, formatSeconds, t, useLanguage } from "../i18n";
import { Plot } from "../plots/Plot";
import { activeColour, app, useApp, useFields, type Turn } from "../state/app";
import { selectBy } from "../state/selection";
import { ask, callTool, judge } from "../state/turns";
import { colourByGene } from "../genes/colour_by";
import { groupFinder, pieces, type Piece } from "./marks";
import { withNumbers } from "./numbers";

export function Answer({ turn }: { turn: Turn }) {
  useLanguage();
  const answer = turn.answer!;
  const fields = useFields(), first = useApp((s) => { const c = activeColour(s); return c.kind === "field" ? c.name : ""; });
  const groupOf = useMemo(() => groupFinder(fields, first), [fields, first]);
  const lines = useMemo(() => splitLines(withNumbers(pieces(answer, groupOf))), [answer, groupOf]);
  const choices = answer.asked_back ? numbered(answer.answer) : [];
  const open = (id: number, number?: string): void => app.set({ dialog: { kind: "evidence", turn: turn.key, id, ...(number ? { number } : {}) } });
  return (
    <div className="answer" lang={answer.language}>
      {lines.map((line, i) => {
        const bullet = line[0]?.kind === "text" && /^\s*- /.test(line[0].text);
        const choice = choices.find((c) => c.line === i);
        if (choice) return <button key={i} type="button" className="choice" onClick={() => void ask(choice.text)}>{choice.text}</button>;
        return (
          <p key={i} className={bullet ? "bullet" : ""}>
            {together(bullet ? withoutDash(line) : line).map((part, k) => {
              const inside = part.map((piece, j) => <PieceView key={j} piece={piece} open={open} groupOf={groupOf} />);
              return part.length > 1 ? <span key={k} className="whole">{inside}</span> : inside;
            })}
          </p>
        );
      })}
      {answer.plots.map((plot, i) => <Plot key={i} plot={plot} language={answer.language} onEnlarge={() => app.set({ dialog: { kind: "plot", turn: turn.key, index: i } })} />)}
      {suggested(answer) && <p><button type="button" className="strong" onClick={() => void callTool("caption_clusters", { accept: true }, t("chat.accept"))}>{t("chat.accept")}</button></p>}
      {answer.downloads && answer.downloads.length > 0 && (
        <ul className="downloads">
          {answer.downloads.map((file) => <li key={file.url}><a href={file.url} download={file.name}>{file.name}</a> <span className="n">{formatBytes(file.bytes)}</span></li>)}
        </ul>
      )}
      <Foot turn={turn} answer={answer} open={open} />
    </div>
  );
}

const withoutDash = (line: Piece[]): Piece[] => line.map((piece, k) => (k === 0 && piece.kind === "text" ? { ...piece, text: piece.text.replace(/^\s*- /, "") } : piece));

/** A mark and the word before it stand on one line: parts of several pieces are not broken. */
function together(line: Piece[]): Piece[][] {
  const out: Piece[][] = [];
  for (const piece of line) {
    const last = out[out.length - 1], before = last?.[last.length - 1];
    if (piece.kind !== "mark" || !last || !before) out.push([piece]);
    else if (before.kind !== "text") last.push(piece);
    else {
      const [, head, word] = /^(.*?)(\S{1,24})$/su.exec(before.text) ?? [, before.text, ""];
      last[last.length - 1] = { kind: "text", text: head! };
      out.push([{ kind: "text", text: word! }, piece]);
    }
  }
  return out;
}

function PieceView({ piece, open, groupOf }: { piece: Piece; open: (id: number, number?: string) => void; groupOf: ReturnType<typeof groupFinder> }) {
  switch (piece.kind) {
    case "text": return piece.text.replace(/ (?=%)/g, "\u00a0");
    case "mark": return <button type="button" className="mark" aria-label={t("chat.evidence", { n: piece.id })} title={t("chat.evidence", { n: piece.id })} onClick={() => open(piece.id)}>{piece.id}</button>;
    case "number": return <Word number title={t("chat.evidence", { n: piece.id })} act={() => open(piece.id, piece.text)}>{piece.text.replace(/ (?=%)/g, "\u00a0")}</Word>;
    case "gene": return <Word gene title={t("chat.colour_by", { name: piece.text })} act={() => colourByGene(piece.text)}>{piece.text}</Word>;
    case "group": {
      const group = groupOf(piece.text);
      return <Word title={t("legend.select", { name: piece.text })} act={() => group && void selectBy({ field: group.field, values: [group.value] })}>{piece.text}</Word>;
    }
  }
}

/** A button that breaks over lines as words do; a real one is never broken. */
function Word({ gene, number, title, act, children }: { gene?: boolean; number?: boolean; title: string; act: () => void; children: string }) {
  return (
    <span className={gene ? "word gene" : number ? "word figure" : "word"} role="button" tabIndex={0} title={title} onClick={act}
      onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } }}>{children}</span>
  );
}

/** Lines of the text; marks and names stay whole. */
function splitLines(all: Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of all) {
    if (piece.kind !== "text") {
      lines[lines.length - 1]!.push(piece);
      continue;
    }
    piece.text.split("\n").forEach((text, i) => {
      if (i > 0) lines.push([]);
      if (text) lines[lines.length - 1]!.push({ kind: "text", text });
    });
  }
  return lines.filter((line) => line.length > 0);
}

/** "1. Describe the data." of an answer that asks back: each line is a sentence to send. */
function numbered(text: string): { line: number; text: string }[] {
  return text.split("\n").filter(Boolean).flatMap((line, i) => {
    const match = /^\s*\d+[.、.]\s*(.+?)\s*$/.exec(line);
    return match ? [{ line: i, text: match[1]! }] : [];
  });
}

/** Captions are a suggestion until they are accepted; those of the newest answer can be. */
function suggested(answer: AnswerDocument): boolean {
  const last = answer.evidence[answer.evidence.length - 1], { accept, group, matching } = last?.arguments ?? {};
  return last?.tool === "caption_clusters" && !accept && !group && !matching && answer.state === app.get().summary?.state;
}

function Note({ turn }: { turn: Turn }) {
  const [note, setNote] = useState(""), [kept, setKept] = useState(false);
  if (kept) return null;
  return (
    <form className="tools-line note-form" onSubmit={(event) => { event.preventDefault(); setKept(true); void judge(turn, "wrong", note.trim()); }}>
      <input value={note} placeholder={t("chat.note")} aria-label={t("chat.note")} onChange={(event) => setNote(event.target.value)} />
      <button type="submit" disabled={!note.trim()}>{t("chat.note.keep")}</button>
    </form>
  );
}

function Foot({ turn, answer, open }: { turn: Turn; answer: AnswerDocument; open: (id: number) => void }) {
  const [shown, setShown] = useState(false);
  const caveats = [...new Set(answer.evidence.flatMap((evidence: Evidence) => evidence.caveats))];
  return (
    <footer className="foot">
      {answer.evidence.length > 0 && <button type="button" className="quiet" onClick={() => open(answer.evidence[0]!.id)}>{t("chat.how")}</button>}
      {caveats.length > 0 && <button type="button" className="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>{t("chat.caveats", { n: caveats.length })}</button>}
      <span className="grow" />
      {Number.isFinite(answer.seconds) && <span className="n">{formatSeconds(answer.seconds)}</span>}
      {turn.turn !== null && (["helpful", "wrong"] as const).map((verdict) => (
        <button key={verdict} type="button" className="quiet" aria-pressed={turn.verdict === verdict} onClick={() => void judge(turn, verdict)}>{t(verdict === "helpful" ? "chat.helpful" : "chat.wrong")}</button>
      ))}
      {turn.verdict === "wrong" && <Note turn={turn} />}
      {shown && <ul className="caveats">{caveats.map((text) => <li key={text}>{text}</li>)}</ul>}
    </footer>
  );
}
