// The conversation: what was asked and done, newest at the bottom, and the box for the next sentence.
import { useEffect, useRef, type RefObject } from "react";
import { formatCount, t, useLanguage } from "../i18n";
import { app, useApp } from "../state/app";
import { ask, callTool } from "../state/turns";
import { TurnView } from "./TurnView";

export function Chat() {
  useLanguage();
  const turns = useApp((s) => s.turns), suggestions = useApp((s) => s.summary?.suggestions), input = useApp((s) => s.summary?.input), busy = turns.some((turn) => turn.status === "running" || turn.status === "waiting");
  const last = turns[turns.length - 1];
  const list = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  usePinned(list, inside, last !== undefined && last.key.startsWith("mine"), turns.length);
  return (
    <section className="chat" aria-label={t("chat.title")}>
      <div className="turns" ref={list} role="log" aria-live="polite" aria-busy={busy} tabIndex={0}>
      <div ref={inside}>
        {turns.map((turn) => <TurnView key={turn.key} turn={turn} />)}
        {!busy && suggestions && (
          <div className="suggestions">
            {turns.length === 0 && input && <div className="plain"><p>{input.plain}</p>{input.notes.map((note) => <p key={note} className="note">{note}</p>)}</div>}
            <p>{t(turns.length === 0 ? "chat.first" : "chat.next")}</p>
            {suggestions.map((text) => <button key={text} type="button" className="choice" onClick={() => void ask(text)}>{text}</button>)}
          </div>
        )}
      </div>
      </div>
      <SelectionBar />
      <Box />
    </section>
  );
}

/**
 * A question that was just asked stands at the top, with room for its answer; what was said before is shown from its end. Answers and figures
 * above it arrive late and push it about: it is put back until the reader scrolls.
 */
function usePinned(list: RefObject<HTMLDivElement | null>, inside: RefObject<HTMLDivElement | null>, asked: boolean, n: number): void {
  useEffect(() => {
    const all = list.current, content = inside.current;
    if (!all || !content) return;
    let pinned = true;
    const pin = (): void => {
      const newest = all.querySelector<HTMLElement>("article:last-of-type");
      if (pinned) all.scrollTop = asked && newest ? newest.getBoundingClientRect().top - content.getBoundingClientRect().top : all.scrollHeight;
    };
    const free = (): void => void (pinned = false);
    const observer = new ResizeObserver(pin);
    observer.observe(content);
    const signs = ["wheel", "touchmove", "pointerdown", "keydown"] as const;
    signs.forEach((sign) => all.addEventListener(sign, free, { passive: true }));
    return () => {
      observer.disconnect();
      signs.forEach((sign) => all.removeEventListener(sign, free));
    };
  }, [list, inside, asked, n]);
}

/** A click says which cells are meant, so it calls the tool; where the program has no such tool, the sentence is sent. */
function ofThese(tool: string, words: string): Promise<unknown> {
  const known = app.get().tools.some((other) => other.name === tool && other.arguments.some((argument) => argument.name === "group"));
  return known ? callTool(tool, { group: "selection" }, words) : ask(words);
}

/** What can be asked of the present selection. */
function SelectionBar() {
  const n = useApp((s) => s.nSelected), named = useApp((s) => s.selections);
  if (n === 0) return null;
  return (
    <div className="selection-bar">
      <span>{t("selection.count", { n: formatCount(n) })}</span>
      <button type="button" onClick={() => void ofThese("annotate", t("ask.what_are_these"))}>{t("ask.what_are_these")}</button>
      <button type="button" onClick={() => void ofThese("markers", t("ask.markers_of_these"))}>{t("selection.markers")}</button>
      {named.length > 0 && (
        <select aria-label={t("selection.compare_with")} value="" onChange={(event) => event.target.value && void ask(t("ask.compare", { a: t("ask.selection"), b: event.target.value }))}>
          <option value="">{t("selection.compare_with")}</option>
          {named.map((selection) => <option key={selection.name} value={selection.name}>{selection.name}</option>)}
        </select>
      )}
    </div>
  );
}

function Box() {
  const draft = useApp((s) => s.draft), box = useRef<HTMLTextAreaElement>(null);
  const send = (): void => {
    const question = draft.trim();
    if (!question) return;
    app.set({ draft: "" });
    void ask(question);
  };
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
  }, [draft]);
  return (
    <form className="box" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <textarea
        ref={box} id="question" rows={1} value={draft} aria-label={t("chat.box")} placeholder={t("chat.placeholder")}
        onChange={(event) => app.set({ draft: event.target.value })}
        onKeyDown={(event) => {
          // While a Chinese word is being composed, Enter chooses it.
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
      />
      <button type="submit" disabled={draft.trim() === ""}>{t("chat.send")}</button>
    </form>
  );
}
