// Keys that work everywhere but in a box for text.
import { app } from "../state/app";
import { move } from "../state/study";

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !(target instanceof HTMLInputElement && /^(checkbox|color)$/.test(target.type)));

export function listenForKeys(): () => void {
  const press = (event: KeyboardEvent): void => {
    if (!app.get().summary || app.get().dialog || event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    if (typing(event.target)) return;
    if (command && event.key.toLowerCase() === "z") {
      event.preventDefault();
      void move({ action: event.shiftKey ? "redo" : "undo" });
      return;
    }
    if (command || event.altKey) return;
    const does: Record<string, () => void> = {
      v: () => app.set({ mode: "pan" }),
      l: () => app.set({ mode: "lasso" }),
      r: () => app.set({ mode: "rectangle" }),
      "/": () => document.getElementById("question")?.focus(),
      e: () => document.querySelector<HTMLElement>(".stage")?.focus(),
      f: () => app.set({ tab: "fields", narrow: "fields" }),
      g: () => {
        app.set({ tab: "genes", narrow: "fields" });
        setTimeout(() => document.querySelector<HTMLElement>(".gene-search input")?.focus());
      },
      h: () => app.set({ tab: "history", narrow: "fields" }),
      "?": () => app.set({ dialog: { kind: "help" } }),
    };
    const action = does[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}
