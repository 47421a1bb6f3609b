// An answer that is about a field or a gene colours the active panel by it: what is said is what is seen.
import type { Answer, Field } from "../api/types";
import { colourBy, colourByGene } from "../genes/colour_by";
import { app, type Colour } from "./app";

/** The server's word on it (`answer.view`); undefined where it says nothing. */
export function colourSaid(answer: Answer): Colour | null | undefined {
  if (answer.view === undefined) return undefined;
  const { field, gene, text } = answer.view?.colour ?? {};
  return field ? { kind: "field", name: field } : gene ? { kind: "gene", name: gene } : text ? { kind: "text", text } : null;
}

/** What to colour by, from the typed arguments of the last tool and the fields that came to be; null: leave the colours as they are. */
export function colourOf(answer: Answer, before: Field[], after: Field[], typeOf: (tool: string, argument: string) => string): Colour | null {
  const last = answer.evidence[answer.evidence.length - 1];
  if (!last) return null;
  for (const [name, value] of Object.entries(last.arguments)) {
    const type = typeOf(last.tool, name);
    const texts = (Array.isArray(value) ? value : [value]).filter((text): text is string => typeof text === "string" && text !== "");
    if (type === "gene" && texts[0]) return { kind: "gene", name: texts[0] };
    if (type === "genes" && texts.length === 1) return { kind: "gene", name: texts[0]! };
    if (last.tool.startsWith("plot") && texts[0]) {
      const field = after.find((candidate) => candidate.name === texts[0] || candidate.title === texts[0]);
      return field ? { kind: "field", name: field.name } : { kind: "gene", name: texts[0] };
    }
    if (last.tool === "find_cells" && type === "text" && texts[0]) return { kind: "text", text: texts[0] };
  }
  const wasReady = new Set(before.filter((field) => field.ready).map((field) => field.name));
  const made = after.filter((field) => field.source === "celloquy" && field.ready && field.kind !== "text" && !wasReady.has(field.name));
  const best = made.find((field) => field.name === "label") ?? made[0];
  return best ? { kind: "field", name: best.name } : null;
}

export function recolour(answer: Answer, before: Field[]): void {
  const { summary, tools } = app.get();
  const said = colourSaid(answer);
  const colour = said !== undefined ? said : colourOf(answer, before, summary?.fields ?? [], (tool, argument) => tools.find((t) => t.name === tool)?.arguments.find((a) => a.name === argument)?.type ?? "");
  if (colour?.kind === "gene") colourByGene(colour.name);
  else if (colour) colourBy(colour);
}
