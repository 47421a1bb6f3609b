// The groups of a field by kind, as the Cell Ontology orders them: a click selects every group below.
import { useEffect, useState } from "react";
import { study } from "../api/study";
import type { Field } from "../api/types";
import { formatCount, t } from "../i18n";
import { useApp } from "../state/app";
import { report } from "../state/notice";
import { selectBy } from "../state/selection";
import { typeTree, type Kind } from "./type_tree";

export function Kinds({ field }: { field: Field }) {
  const id = useApp((s) => s.studyId), state = useApp((s) => s.summary?.state), language = useApp((s) => s.language);
  const [kinds, setKinds] = useState<Kind[] | null>(null);
  useEffect(() => {
    if (!id) return;
    let live = true;
    study.hierarchy(id, field.name).then((found) => live && setKinds(typeTree(found)), (error: unknown) => live && (setKinds([]), report(error)));
    return () => {
      live = false;
    };
  }, [id, state, language, field.name]);
  if (!kinds) return <p className="empty">{t("fields.loading")}</p>;
  if (kinds.length === 0) return <p className="empty">{t("fields.kinds.none")}</p>;
  return (
    <ul className="kinds">
      {kinds.map((kind) => (
        <li key={kind.id} style={{ paddingLeft: 12 * kind.depth }}>
          <button type="button" title={`${kind.id} · ${kind.groups.join(", ")}`} onClick={() => void selectBy({ field: field.name, values: kind.groups })}>
            <span className="name">{kind.name}</span> <span className="n">{formatCount(kind.n)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
