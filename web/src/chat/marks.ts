// An answer's text as pieces: words, [n] marks, and names that the evidence holds (genes to colour by, groups to select).
import type { Answer, Field, Table } from "../api/types";

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "mark"; id: number }
  /** A number that the evidence `id` holds. */
  | { kind: "number"; text: string; id: number }
  | { kind: "gene"; text: string }
  | { kind: "group"; text: string; field: string };

/** Which field and value a name of a group is; the field that the cells are coloured by goes first. */
export function groupFinder(fields: Field[], first: string): (name: string) => { field: string; value: string } | null {
  const found = new Map<string, { field: string; value: string }>();
  const ordered = [...fields].sort((a, b) => Number(b.name === first) - Number(a.name === first));
  for (const field of ordered) for (const category of field.categories ?? []) if (category.name.length > 1 && !found.has(category.name)) found.set(category.name, { field: field.name, value: category.name });
  for (const field of ordered) {
    // "cluster 3" is the value "3" of the field "cluster".
    for (const category of field.categories ?? []) {
      const spelled = `${field.name} ${category.name}`;
      if (!found.has(spelled)) found.set(spelled, { field: field.name, value: category.name });
    }
  }
  return (name) => found.get(name) ?? null;
}

const geneColumns = /^(gene|genes|symbol)$/;
const groupColumns = /^(group|cluster|cell_type|label|name|category)$/;

export function tablesOf(answer: Answer): Table[] {
  return answer.evidence.flatMap((evidence) => (evidence.tables && evidence.tables.length > 0 ? evidence.tables : evidence.table ? [evidence.table] : []));
}

function names(tables: Table[], columns: RegExp): Set<string> {
  const out = new Set<string>();
  for (const table of tables) {
    table.columns.forEach((column, c) => {
      if (!columns.test(column.id)) return;
      for (const row of table.rows) {
        const value = row[c];
        // A column of genes may hold several in one cell of the table.
        if (typeof value === "string") for (const name of column.id === "genes" ? value.split(/[,;、]\s*/) : [value]) if (name.length > 1) out.add(name);
      }
    });
  }
  return out;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const wordCharacter = /[\p{L}\p{N}_-]/u;

export function pieces(answer: Answer, groupOf: (name: string) => { field: string; value: string } | null): Piece[] {
  const tables = tablesOf(answer);
  const genes = names(tables, geneColumns);
  for (const evidence of answer.evidence) {
    const asked = [evidence.arguments.gene, ...(Array.isArray(evidence.arguments.genes) ? evidence.arguments.genes : [])];
    for (const gene of asked) if (typeof gene === "string") genes.add(gene);
  }
  const groups = new Set([...names(tables, groupColumns)].filter((name) => groupOf(name)));
  const text = answer.answer;
  const present = [...genes, ...groups].filter((name) => text.includes(name)).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(["\\[\\d+\\]", ...present.map(escape)].join("|"), "gu");
  const out: Piece[] = [];
  let from = 0;
  const plain = (to: number): void => {
    if (to > from) out.push({ kind: "text", text: text.slice(from, to) });
  };
  for (const match of text.matchAll(pattern)) {
    const word = match[0], at = match.index;
    const mark = /^\[(\d+)\]$/.exec(word);
    if (!mark) {
      // "CD4" within "CD4-positive" is not the gene. Chinese has no blanks between words: there a name may touch its neighbours.
      const before = text[at - 1] ?? " ", after = text[at + word.length] ?? " ";
      const latin = (c: string): boolean => wordCharacter.test(c) && c.charCodeAt(0) < 0x2e80;
      if ((latin(word[0]!) && latin(before)) || (latin(word[word.length - 1]!) && latin(after))) continue;
    }
    plain(at);
    from = at + word.length;
    if (mark) {
      // The blank before a mark belongs to it.
      const last = out[out.length - 1];
      if (last?.kind === "text") last.text = last.text.replace(/ $/, "");
      if (last?.kind === "text" && last.text === "") out.pop();
      out.push({ kind: "mark", id: Number(mark[1]) });
    } else if (genes.has(word)) out.push({ kind: "gene", text: word });
    else out.push({ kind: "group", text: word, field: groupOf(word)!.field });
  }
  plain(text.length);
  return out;
}
