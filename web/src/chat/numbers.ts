// Numbers of an answer and where they come from. Each sentence's numbers belong to the mark that follows them.
import type { Table, Value } from "../api/types";
import type { Piece } from "./marks";

// Not within names ("CD4", "cluster-0"); Chinese characters may touch a number.
const number = /(?<![A-Za-z0-9_.,\-])[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?(?:[\s\u00a0]?%)?(?![A-Za-z0-9_])/gu;

/** The text before a mark, on its line, with its numbers as pieces of their own. */
export function withNumbers(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  let next: number | null = null;
  for (const piece of [...pieces].reverse()) {
    if (piece.kind === "mark") next = piece.id;
    if (piece.kind !== "text") {
      out.push(piece);
      continue;
    }
    const lines = piece.text.split("\n");
    lines.reverse().forEach((line, i) => {
      if (i > 0) {
        out.push({ kind: "text", text: "\n" });
        next = null;
      }
      out.push(...(next === null ? [{ kind: "text" as const, text: line }] : split(line, next)).reverse());
    });
  }
  return out.reverse().filter((piece) => piece.kind !== "text" || piece.text !== "");
}

function split(line: string, id: number): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of line.matchAll(number)) {
    // "1. " begins a line of a list.
    if (/^\s*$/.test(line.slice(0, match.index)) && /^[.、)]/.test(line.slice(match.index + match[0].length))) continue;
    out.push({ kind: "text", text: line.slice(from, match.index) }, { kind: "number", text: match[0], id });
    from = match.index + match[0].length;
  }
  return [...out, { kind: "text", text: line.slice(from) }];
}

/** Whether a value is what the text says, rounded as the text is. */
export function saysValue(text: string, value: Value | undefined): boolean {
  if (typeof value !== "number") return false;
  const plain = text.replace(/[,%\s\u00a0]/gu, "").replaceAll("−", "-"), said = Number(plain);
  if (!Number.isFinite(said)) return false;
  const [mantissa, power] = plain.split("e");
  const decimals = mantissa!.split(".")[1]?.length ?? 0;
  const step = 10 ** (Number(power ?? 0) - decimals);
  return decimals === 0 && power === undefined ? said === value || Math.abs(said - value) < 0.5 && !Number.isInteger(value) : Math.abs(said - value) <= 0.5001 * step;
}

/** Row and column of the first cell that the text says. */
export function findCell(table: Table, text: string): { row: number; column: number } | null {
  for (let row = 0; row < table.rows.length; row++) {
    const column = table.rows[row]!.findIndex((value) => saysValue(text, value));
    if (column >= 0) return { row, column };
  }
  return null;
}
