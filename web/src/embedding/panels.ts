// How many pictures there are and what they show.
import { activeColour, app, type Colour, type Panel } from "../state/app";

/** Browsers give a page sixteen drawing contexts; figures and saved pictures need some. */
export const mostPanels = 12;

/** Pictures in a row. */
export const across = (n: number): number => (n < 3 ? n : n < 5 ? 2 : n < 10 ? 3 : 4);

export const addPanel = (): void =>
  app.set((s) => (s.panels.length < mostPanels ? { panels: [...s.panels, s.panels[s.active] ?? s.panels[0]!], active: s.panels.length } : {}));

export const onePanel = (): void => app.set((s) => ({ panels: [s.panels[s.active] ?? s.panels[0]!], active: 0 }));

/** One picture for each colour, all of the active embedding: small multiples. */
export function multiples(colours: Colour[]): void {
  const { panels, active } = app.get();
  const embedding = (panels[active] ?? panels[0]!).embedding;
  const made = colours.slice(0, mostPanels).map((colour): Panel => ({ embedding, colour }));
  if (made.length > 0) app.set({ panels: made, active: 0, narrow: "cells" });
}

/** Two numbers against each other, beside the embedding, coloured as it is. */
export function against(x: Colour, y: Colour): void {
  const s = app.get(), first = s.panels[s.active] ?? s.panels[0]!;
  const map: Panel = first.axes ? (s.panels.find((panel) => !panel.axes) ?? { embedding: first.embedding, colour: first.colour }) : first;
  const known = activeColour(s).kind === "field" ? activeColour(s) : firstGroups();
  app.set({ panels: [{ ...map, colour: known }, { embedding: map.embedding, colour: known, axes: [x, y] }], active: 1, narrow: "cells" });
}

const firstGroups = (): Colour => {
  const field = app.get().summary?.fields.find((f) => f.kind === "categorical" && f.ready);
  return field ? { kind: "field", name: field.name } : { kind: "none" };
};
