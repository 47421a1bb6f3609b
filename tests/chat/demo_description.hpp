#pragma once
// Names as in the demonstration data, and some genes that are also words.

#include "chat/planner.hpp"

namespace celloquy::chat {

inline DataDescription demo_description() {
  DataDescription data;
  data.organism = "human";
  data.genes = {"CD3E", "CD8A",  "CD79A", "GNLY",  "FOXP3",  "S100A8", "GAPDH", "REST",
                "WAS",  "KIT",   "CLOCK", "TNF",   "IL2RA",  "EPCAM",  "MS4A1", "CD4",
                "CD14", "LYZ",   "SET",   "MET",   "IMPACT", "CAT",    "MICA",  "HLA-DRA",
                "NKG7", "BANK1", "MARK2", "PLUS1", "CELF1"};
  data.fields = {{"cell_type",
                  {"B cells", "ILC", "Monocytes", "NK cells", "Plasma cells", "Platelet",
                   "T cells CD4 conv", "T cells CD8", "Tregs", "mDC", "pDC"}},
                 {"lane",
                  {"E2L1", "E2L2", "E2L3", "E2L4", "E2L5", "E2L6", "E2L7", "E2L8", "L1", "L2", "L3",
                   "L4", "L5"}},
                 {"experiment", {"E1", "E2"}},
                 {"n_counts", {}}};
  data.clusters = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  return data;
}

}  // namespace celloquy::chat
