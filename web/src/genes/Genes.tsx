// Find a gene by any of its names; colour by it, ask about it. Or colour by what a sentence says.
import { useEffect, useState } from "react";
import { study } from "../api/study";
import type { GeneHit } from "../api/types";
import { t, useLanguage } from "../i18n";
import { useApp } from "../state/app";
import { report } from "../state/notice";
import { ChosenGenes } from "./ChosenGenes";
import { colourBy, colourByGene } from "./colour_by";
import { GeneSets } from "./GeneSets";

export function Genes() {
  useLanguage();
  return (
    <div className="side-body">
      <Search />
      <ChosenGenes />
      <GeneSets />
      <TextScore />
    </div>
  );
}

function Search() {
  const id = useApp((s) => s.studyId);
  const [word, setWord] = useState(""), [hits, setHits] = useState<GeneHit[]>([]), [at, setAt] = useState(0), [found, setFound] = useState("");
  useEffect(() => {
    const q = word.trim();
    if (!id || !q) {
      setHits([]);
      setFound("");
      return;
    }
    const stop = new AbortController();
    const wait = setTimeout(() => {
      study.genes(id, q, stop.signal).then((list) => { setHits(list); setAt(0); setFound(q); }, report);
    }, 120);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [word, id]);
  const take = (hit: GeneHit | undefined): void => {
    if (!hit) return;
    colourByGene(hit.name);
    setWord("");
  };
  const open = hits.length > 0;
  return (
    <div className="gene-search">
      <input
        type="search" className="find" role="combobox" aria-expanded={open} aria-controls="gene-hits" aria-autocomplete="list" {...(open ? { "aria-activedescendant": `gene-hit-${at}` } : {})}
        value={word} placeholder={t("genes.find")} aria-label={t("genes.find")} onChange={(event) => setWord(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setAt((at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % Math.max(hits.length, 1));
          } else if (event.key === "Enter") take(hits[at]);
          else if (event.key === "Escape") setWord("");
        }}
      />
      <ul id="gene-hits" role="listbox" aria-label={t("genes.found")} hidden={!open}>
        {hits.map((hit, i) => (
          <li key={hit.name} id={`gene-hit-${i}`} role="option" aria-selected={i === at} onPointerDown={(event) => { event.preventDefault(); take(hit); }}>
            <span className="gene">{hit.name}</span>
            {hit.matched !== hit.name && <span className="n">{hit.kind === "synonym" ? t("genes.synonym", { name: hit.matched }) : hit.matched}</span>}
          </li>
        ))}
      </ul>
      {found && !open && word.trim() === found && <p className="empty" role="status">{t("genes.none", { name: found })}</p>}
    </div>
  );
}

function TextScore() {
  const [text, setText] = useState("");
  return (
    <form className="text-score" onSubmit={(event) => { event.preventDefault(); if (text.trim()) colourBy({ kind: "text", text: text.trim() }); }}>
      <label htmlFor="text-score">{t("genes.text")}</label>
      <input id="text-score" value={text} placeholder={t("genes.text.example")} onChange={(event) => setText(event.target.value)} />
      <button type="submit" disabled={!text.trim()}>{t("genes.text.colour")}</button>
    </form>
  );
}
