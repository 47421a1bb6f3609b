// Names that the joint space suggests for the clusters, with what speaks for each. They are suggestions until somebody takes them.
import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { study } from "../api/study";
import type { Caption, Captions as Found } from "../api/types";
import { colourByGene } from "../genes/colour_by";
import { formatValue, t } from "../i18n";
import { useApp } from "../state/app";
import { report } from "../state/notice";
import { selectBy } from "../state/selection";
import { callTool } from "../state/turns";

/** Asked for again while they are being written. */
function useCaptions(): Found | null {
  const id = useApp((s) => s.studyId), state = useApp((s) => s.summary?.state), language = useApp((s) => s.language);
  const clustered = useApp((s) => s.summary?.fields.some((field) => field.name === "cluster" && field.ready) ?? false);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (!id) return;
    let again = 0, live = true;
    const look = (): void => {
      study.captions(id).then(
        (answer) => {
          if (!live) return;
          setFound(answer);
          if (answer.status === "working") again = window.setTimeout(look, 2000);
        },
        // Servers before captions do not know the address.
        (error: unknown) => live && !(error instanceof ApiError && error.status === 404) && report(error),
      );
    };
    look();
    return () => {
      live = false;
      clearTimeout(again);
    };
  }, [id, state, language, clustered]);
  return found;
}

export function Captions() {
  const found = useCaptions();
  if (found?.status === "working") return <p className="n" role="status">{t("captions.working")}</p>;
  if (!found?.captions?.length || found.accepted) return null;
  return (
    <details className="captions">
      <summary>{t("captions.title", { n: found.captions.length })}</summary>
      <ul>{found.captions.map((caption) => <Suggestion key={caption.cluster} caption={caption} />)}</ul>
      <p className="tools-line"><button type="button" onClick={() => void callTool("caption_clusters", { accept: true }, t("chat.accept"))}>{t("captions.accept")}</button></p>
    </details>
  );
}

function Suggestion({ caption }: { caption: Caption }) {
  const { cluster, name, probability, second, second_probability, genes, state } = caption;
  const sure = (value: number): string => `${formatValue(Math.round(100 * value))} %`;
  return (
    <li>
      <p>
        <button type="button" className="word" title={t("legend.select", { name: t("captions.cluster", { n: cluster }) })} onClick={() => void selectBy({ field: "cluster", values: [cluster] })}>{t("captions.cluster", { n: cluster })}</button>{" "}
        <b>{name}</b> <span className="n">{sure(probability)}</span>
        <button type="button" className="quiet take" aria-label={t("captions.take", { name, n: cluster })} onClick={() => void callTool("rename_group", { group: cluster, name, by: "cluster" }, t("captions.take", { name, n: cluster }))}>{t("captions.take.short")}</button>
      </p>
      <p className="n">
        {genes.map((gene, i) => <span key={gene}>{i > 0 && ", "}<button type="button" className="word gene" title={t("chat.colour_by", { name: gene })} onClick={() => colourByGene(gene)}>{gene}</button></span>)}
        {second_probability >= 0.1 && <> · {t("captions.else", { name: second, sure: sure(second_probability) })}</>}
        {state && <> · {t("captions.state", { name: state.name })}</>}
      </p>
    </li>
  );
}
