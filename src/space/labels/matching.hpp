#pragma once
// A table of profiles against a list of texts, when most texts belong to some profile.

#include <span>

#include "matrix/dataset.hpp"

namespace celloquy::space {

/// How far one may say that each text has a profile of its own, 0 to 1: whether
/// the profiles differ from each other as much as the texts do, and whether there
/// are as many of them. `scores`: profiles × texts; `cosines`: texts × texts.
double matched_share(const DenseBlock& scores, std::span<const float> cosines);

/// Takes from each text's scores `share` of what its best profile has above that
/// of the other texts: a text that is near everything no longer wins everywhere.
/// The order of the profiles for a text stays the same. Cross-domain similarity
/// local scaling (Conneau et al. 2018, arXiv:1710.04087) with one neighbour.
/// Time: profiles × texts.
void match_texts(DenseBlock& scores, double share);

}  // namespace celloquy::space
