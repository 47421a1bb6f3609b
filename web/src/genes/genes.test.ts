import { afterEach, expect, it, vi } from "vitest";
import { study } from "../api/study";
import { parseSets } from "./parse_sets";
import { resolve } from "./resolve";

afterEach(() => vi.restoreAllMocks());

it("takes names however they are parted", () => {
  expect(parseSets("CD3E, MS4A1;NKG7\n\"GNLY\"，CD3E  LYZ")).toEqual([{ name: "", genes: ["CD3E", "MS4A1", "NKG7", "GNLY", "LYZ"] }]);
  expect(parseSets(" \n ")).toEqual([]);
});

it("takes lines of GMT, also without a description", () => {
  expect(parseSets("HALLMARK_A\thttp://x\tCD3E\tCD3D\r\nB set\t\tLYZ\n")).toEqual([{ name: "HALLMARK_A", genes: ["CD3E", "CD3D"] }, { name: "B set", genes: ["LYZ"] }]);
});

it("two columns of a spreadsheet are genes, not sets", () => {
  expect(parseSets("CD3E\tLYZ\nGNLY\tNKG7")).toEqual([{ name: "", genes: ["CD3E", "LYZ", "GNLY", "NKG7"] }]);
});

it("finds synonyms and other letter cases, and says what was not measured", async () => {
  vi.spyOn(study, "geneNames").mockResolvedValue(["MS4A1", "LYZ", "Hla-x"]);
  vi.spyOn(study, "genes").mockImplementation(async (_, q) => (q === "CD20" ? [{ name: "MS4A1", matched: "CD20", kind: "synonym" }] : q === "LY" ? [{ name: "LYZ", matched: "LYZ", kind: "symbol" }] : []));
  const found = await resolve("s", [{ name: "B", genes: ["CD20", "MS4A1", "lyz", "HLA-X"] }, { name: "none", genes: ["LY", "NOGENE"] }]);
  expect(found).toEqual({ sets: [{ name: "B", genes: ["MS4A1", "LYZ", "Hla-x"] }], unknown: ["LY", "NOGENE"] });
});
