// Names as people write them to names as they were measured: exact ones at once, the others by asking for synonyms.
import { study } from "../api/study";
import type { GeneSet } from "./parse_sets";

export interface Resolved {
  sets: GeneSet[];
  unknown: string[];
}

const atOnce = 6;

export async function resolve(id: string, sets: GeneSet[]): Promise<Resolved> {
  const measured = await study.geneNames(id);
  const exact = new Set(measured), upper = new Map(measured.map((name) => [name.toUpperCase(), name]));
  const asked = new Map<string, string | null>();
  for (const name of new Set(sets.flatMap((set) => set.genes))) if (exact.has(name)) asked.set(name, name);
    else if (upper.has(name.toUpperCase())) asked.set(name, upper.get(name.toUpperCase())!);
    else asked.set(name, null);
  const open = [...asked].filter(([, found]) => found === null).map(([name]) => name);
  for (let i = 0; i < open.length; i += atOnce) {
    await Promise.all(open.slice(i, i + atOnce).map(async (name) => {
      const hits = await study.genes(id, name);
      // Only the very name or synonym; one that begins like it is another gene.
      const hit = hits.find((h) => h.matched.toUpperCase() === name.toUpperCase());
      if (hit) asked.set(name, hit.name);
    }));
  }
  return {
    sets: sets.map((set) => ({ name: set.name, genes: [...new Set(set.genes.flatMap((name) => asked.get(name) ?? []))] })).filter((set) => set.genes.length > 0),
    unknown: open.filter((name) => asked.get(name) === null),
  };
}
