// What people paste: names of genes in any arrangement, or the lines of a GMT file (name, description, genes, parted by tabs).
export interface GeneSet {
  /** Empty: just genes. */
  name: string;
  genes: string[];
}

const parts = (text: string): string[] => [...new Set(text.split(/[\s,;，；、"']+/u).map((part) => part.trim()).filter(Boolean))];

export function parseSets(text: string): GeneSet[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  // A row of a spreadsheet has tabs too: a line of GMT has a name, a description (maybe empty) and genes after it.
  const gmt = lines.length > 0 && lines.every((line) => line.split("\t").length >= 3);
  if (gmt) return lines.map((line) => {
    const [name, , ...genes] = line.split("\t");
    return { name: name!.trim(), genes: parts(genes.join("\t")) };
  });
  const genes = parts(lines.join("\n"));
  return genes.length > 0 ? [{ name: "", genes }] : [];
}
