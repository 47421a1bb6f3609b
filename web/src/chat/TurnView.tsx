// One question with its reading, its steps and its answer.
import { useEffect, useRef } from "react";
import { formatSeconds, t, useLanguage } from "../i18n";
import { app, type Turn } from "../state/app";
import { ask, cancel, fetchTurn } from "../state/turns";
import { move } from "../state/study";
import { Answer } from "./Answer";

export function TurnView({ turn }: { turn: Turn }) {
  useLanguage();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // Old answers are long: each is fetched when it comes into view.
    if (turn.status !== "stub" || !place.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && (observer.disconnect(), void fetchTurn(turn)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [turn.status === "stub"]); // eslint-disable-line
  const edit = async (): Promise<void> => {
    const { summary, history } = app.get();
    if (turn.before && turn.before !== summary?.state) {
      // What came after the question stays on its own branch.
      const taken = new Set(history?.branches.map((branch) => branch.name));
      let n = (turn.turn ?? 0) + 1, name = t("chat.edit.branch", { n });
      while (taken.has(name)) name = t("chat.edit.branch", { n: ++n });
      await move({ action: "go", state: turn.before, branch: name });
    }
    app.set({ draft: turn.question });
    document.getElementById("question")?.focus();
  };
  const running = turn.status === "running" || turn.status === "waiting";
  return (
    <article ref={place} className={turn.action ? "turn action" : "turn"}>
      <div className="question">
        <p>{turn.question}</p>
        {!turn.action && !running && turn.status !== "stub" && <button type="button" className="quiet" title={t("chat.edit.why")} onClick={() => void edit()}>{t("chat.edit")}</button>}
      </div>
      {turn.reading && <ReadingView turn={turn} />}
      {running && <Work turn={turn} />}
      {turn.status === "failed" && turn.error && (
        <div className="failure" role="alert">
          <p>{turn.error.message}</p>
          {turn.error.remedy && <p className="remedy">{turn.error.remedy}</p>}
        </div>
      )}
      {turn.answer && <Answer turn={turn} />}
    </article>
  );
}

/** What the sentence was taken to mean; another meaning is one click away. */
function ReadingView({ turn }: { turn: Turn }) {
  const { calls, alternatives } = turn.reading!;
  if (calls.length === 0 && alternatives.length === 0) return null;
  const detail = (args: Record<string, unknown>): string => Object.values(args).flat().filter((v) => typeof v === "string" || typeof v === "number").join(", ");
  return (
    <p className="reading">
      {calls.map((call, i) => (
        <span key={i}>{i > 0 && " → "}{call.purpose.replace(/[.。]$/, "")}{detail(call.arguments) && <em> {detail(call.arguments)}</em>}</span>
      ))}
      {alternatives.length > 0 && <span className="alternatives">{t("chat.or")}{alternatives.map((text) => <button key={text} type="button" className="quiet" onClick={() => void ask(text)}>{text}</button>)}</span>}
    </p>
  );
}

function Work({ turn }: { turn: Turn }) {
  const { progress } = turn;
  const fraction = progress?.fraction;
  return (
    <div className="work" role="status">
      {turn.status === "waiting" && turn.position > 0 && <p>{t("chat.waiting", { n: turn.position })}</p>}
      <ul>
        {turn.steps.map((step) => (
          <li key={step.index} className={step.status}>
            {step.purpose.replace(/[.。]$/, "")}
            {step.status === "done" && <span className="n">{step.cached ? t("chat.cached") : step.seconds !== undefined ? formatSeconds(step.seconds) : ""}</span>}
          </li>
        ))}
      </ul>
      {progress && (
        <>
          <p className="now">{progress.title}{progress.remaining_seconds !== null && progress.remaining_seconds > 0.5 && <span className="n"> {t("remaining", { time: formatSeconds(progress.remaining_seconds) })}</span>}</p>
          <div className="meter" role="progressbar" aria-label={progress.title} aria-valuemin={0} aria-valuemax={100} {...(fraction != null ? { "aria-valuenow": Math.round(100 * fraction) } : {})}>
            <i style={{ width: `${Math.round(100 * (fraction ?? 0))}%` }} />
          </div>
        </>
      )}
      {!progress && turn.steps.length === 0 && turn.position === 0 && <p className="now">{t("chat.reading")}</p>}
      {turn.job && <button type="button" className="quiet" onClick={() => void cancel(turn)}>{t("chat.cancel")}</button>}
    </div>
  );
}
