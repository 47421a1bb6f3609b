import { app, type Colour } from "../state/app";

export function colourBy(colour: Colour): void {
  app.set((s) => ({ panels: s.panels.map((panel, i) => (i === s.active ? { ...panel, colour } : panel)) }));
}

/** Colours the active panel, and remembers the gene in the list of genes. */
export function colourByGene(name: string): void {
  colourBy({ kind: "gene", name });
  app.set((s) => ({ genes: s.genes.includes(name) ? s.genes : [...s.genes, name] }));
}
