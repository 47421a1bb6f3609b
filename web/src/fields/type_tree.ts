// The terms above the groups of a field as a tree to read: a term with several parents stands below the most specific of them, and a term
// that only repeats the one below it is left out.
import type { Hierarchy } from "../api/types";

export interface Kind {
  id: string;
  name: string;
  n: number;
  depth: number;
  /** Groups of the field that are of this kind. */
  groups: string[];
}

export function typeTree({ categories, terms }: Hierarchy): Kind[] {
  const byId = new Map(terms.map((term) => [term.id, term]));
  const own = new Map<string, string[]>();
  for (const category of categories) if (category.ontology_id) own.set(category.ontology_id, [...(own.get(category.ontology_id) ?? []), category.name]);
  // Of parents with the same cells, the one that is furthest from the root is the more specific.
  const depths = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    depths.set(id, 0); // a circle ends here
    const depth = 1 + Math.max(0, ...byId.get(id)!.parents.filter((parent) => byId.has(parent)).map(depthOf));
    depths.set(id, depth);
    return depth;
  };
  const children = new Map<string, string[]>();
  const roots: string[] = [];
  for (const term of terms) {
    const parent = term.parents.map((id) => byId.get(id)).filter((p) => p !== undefined)
      .sort((a, b) => a.n_cells_below - b.n_cells_below || depthOf(b.id) - depthOf(a.id) || (a.id < b.id ? -1 : 1))[0];
    if (parent) children.set(parent.id, [...(children.get(parent.id) ?? []), term.id]);
    else roots.push(term.id);
  }
  // All groups below a term, along every line of descent: what a click on it selects.
  const below = new Map<string, Set<string>>();
  for (const [id, names] of own) {
    const open = [id], seen = new Set<string>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at) || !byId.has(at)) continue;
      seen.add(at);
      const set = below.get(at) ?? new Set();
      names.forEach((name) => set.add(name));
      below.set(at, set);
      open.push(...byId.get(at)!.parents);
    }
  }
  const out: Kind[] = [];
  const walk = (id: string, depth: number): void => {
    const term = byId.get(id)!, groups = [...(below.get(id) ?? [])];
    const inner = [...(children.get(id) ?? [])].sort((a, b) => byId.get(b)!.n_cells_below - byId.get(a)!.n_cells_below || (a < b ? -1 : 1));
    const repeats = !own.has(id) && (groups.length < 2 || inner.some((child) => below.get(child)?.size === groups.length));
    if (groups.length > 0 && !repeats) out.push({ id, name: term.name, n: term.n_cells_below, depth, groups });
    inner.forEach((child) => walk(child, repeats ? depth : depth + 1));
  };
  roots.forEach((id) => walk(id, 0));
  return out;
}
