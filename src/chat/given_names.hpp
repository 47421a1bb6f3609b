#pragma once
// The names that people give to cells: "rename cluster 3 to X", 把第3群改名为X.

#include <string_view>

#include "chat/grammar.hpp"
#include "chat/lattice.hpp"

namespace celloquy::chat {

/// Adds the free text that follows "to", "as" or 改名为, or the cells after "call", as
/// `given_name`; only where the sentence is about naming, renaming or merging.
void find_given_names(const Grammar& grammar, std::string_view sentence, Lattice& lattice);

}  // namespace celloquy::chat
