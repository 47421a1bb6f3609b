#include "matrix/dataset.hpp"

namespace celloquy {

std::string_view name(InputState state) {
  switch (state) {
    case InputState::raw_counts: return "raw_counts";
    case InputState::noisy_counts: return "noisy_counts";
    case InputState::normalized: return "normalized";
    case InputState::log1p: return "log1p";
    case InputState::scaled: return "scaled";
    case InputState::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view name(GeneIdKind kind) {
  switch (kind) {
    case GeneIdKind::symbols: return "symbols";
    case GeneIdKind::ensembl: return "ensembl";
    case GeneIdKind::ensembl_versioned: return "ensembl_versioned";
    case GeneIdKind::entrez: return "entrez";
    case GeneIdKind::mixed: return "mixed";
    case GeneIdKind::unknown: return "unknown";
  }
  return "unknown";
}

}  // namespace celloquy
