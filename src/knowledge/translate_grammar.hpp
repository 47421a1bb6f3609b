#pragma once
// From Chinese words in their order to an English sentence.

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/lexicon.hpp"

namespace celloquy::knowledge {

/// The rules, in the order in which they are tried (N: thing, V: verb, L: 中 里 后):
///
///   S。S            S, S               sentences and halves of them
///   M的H、M、M的H   before H after     every M before the last 的 says something of H
///     A的H          A H                成熟的细胞        mature cells
///     N的H          H of N             血管的内皮        endothelium of blood vessels
///     N L的H        H in N             肝脏中的巨噬细胞  macrophages in the liver
///     N阳性的H      N-positive H       CD3阳性的细胞     CD3-positive cells
///     无N的H        H without N
///     V N的H        H that V N         分泌抗体的细胞    cells that secrete antibodies
///     N V(N)的H     H that N V / whose N V N
///   V N 细胞        cells that V N     产抗体细胞
///   在N L V N       V N in N           a place goes behind the verb and its object
///   用N V, 向N V    V with N, V to N
///   被N V, 受N V    are V-ed by N
///   把N V           V N
///   不V, 能V        do not V, can V
///   N part          the part of N      血管内壁          the inner wall of blood vessels
///
/// A word of several kinds is read by its neighbours: 常驻 is "resident" before
/// a noun and at the end of a modifier, "reside" after 不 or before an object.
std::string translate_words(std::string_view sentence, const std::vector<LexiconWord>& words);

}  // namespace celloquy::knowledge
