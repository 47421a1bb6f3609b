#include "training/selection.hpp"

#include <algorithm>

namespace celloquy::training {

std::vector<std::uint8_t> used_languages(const PairIndex& index, const Options& options) {
  std::vector<std::uint8_t> used;
  for (const auto& language : index.languages)
    used.push_back(std::find(options.languages.begin(), options.languages.end(), language) !=
                   options.languages.end());
  return used;
}

Expected<Selection> select_pairs(const PairsFolder& pairs, const Options& options) {
  const PairIndex& index = pairs.index();
  std::vector<std::uint8_t> left_out(index.sources.size(), 0);
  for (const auto& part : options.leave_out) {
    bool found = false;
    for (std::size_t s = 0; s < left_out.size(); ++s)
      if (index.sources[s].name.find(part) != std::string::npos) {
        left_out[s] = 1;
        found = true;
      }
    if (!found) return failure(ErrorCode::usage, "training.no_such_source", {{"source", part}});
  }
  const auto languages = used_languages(index, options);
  Selection out;
  out.of_source.resize(index.sources.size());
  out.texts.assign(index.text_keys.size(), 0);
  for (std::uint32_t i = 0; i < pairs.size(); ++i) {
    const Pair& pair = pairs[i];
    const bool profile = pairs.is_profile(pair);
    if (!(options.family_weight(pairs.family(pair).name) > 0)) continue;
    if (profile && left_out[static_cast<std::size_t>(pair.source)]) continue;
    bool has_text = false;
    for (const PairText& text : pairs.texts(pair))
      if (languages[static_cast<std::size_t>(text.language)]) {
        out.texts[text.text] = 1;
        has_text = true;
      }
    if (!has_text) continue;
    (profile ? out.profiles : out.gene_sets).push_back(i);
    if (profile) out.of_source[static_cast<std::size_t>(pair.source)].push_back(i);
  }
  if ((out.profiles.empty() && options.profiles > 0) ||
      (out.gene_sets.empty() && options.gene_sets > 0))
    return failure(ErrorCode::unusable_input, "training.no_pairs",
                   {{"profiles", out.profiles.size()}, {"sets", out.gene_sets.size()}});
  return out;
}

std::vector<std::uint32_t> evenly(const std::vector<std::uint32_t>& items, std::size_t most) {
  if (items.size() <= most) return items;
  std::vector<std::uint32_t> out(most);
  for (std::size_t i = 0; i < most; ++i) out[i] = items[i * items.size() / most];
  return out;
}

}  // namespace celloquy::training
