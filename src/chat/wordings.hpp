#pragma once
// Free text within a request: "exhausted T cells" after "look like", the genes of
// "CD3D+ CD8A+", the choices of "naive or memory T cells". What it means is not
// for the grammar to say; here it is only found where it begins and ends.

#include <string_view>

#include "chat/grammar.hpp"
#include "chat/lattice.hpp"
#include "chat/vocabulary.hpp"

namespace celloquy::chat {

/// Adds the edges "wording" (after "look_like" and "cells_that", or before
/// "alike"), "signed_genes" (two or more) and "choices" (a list of texts). Needs
/// the edges of the lexicon and of genes; `sentence` is what the units were cut from.
/// They end with the sentence, or where it
/// goes on with words of "wording_end", which they cover. O(units²).
void find_wordings(const Grammar& grammar, const Vocabulary& vocabulary, std::string_view sentence,
                   Lattice& lattice);

}  // namespace celloquy::chat
