#include <algorithm>

#include "analysis/enrichment/enrichment.hpp"
#include "analysis/statistics/distributions.hpp"

namespace celloquy::enrichment {

Expected<OverRepresentation> over_representation(const std::vector<std::uint32_t>& list,
                                                 std::uint32_t n_genes, const GeneSets& sets,
                                                 const Options& options, const Context& context) {
  if (list.empty()) return failure(ErrorCode::cannot_answer, "enrichment.empty_list");
  if (list.size() >= n_genes) return failure(ErrorCode::cannot_answer, "enrichment.whole_list");
  std::vector<std::uint8_t> in_list(n_genes, 0);
  for (const auto gene : list) {
    if (gene >= n_genes || in_list[gene])
      return failure(ErrorCode::internal, "base.internal",
                     {{"what", "a gene of the list is twice there or not in the background"}});
    in_list[gene] = 1;
  }
  OverRepresentation out;
  for (std::uint32_t s = 0; s < sets.size(); ++s) {
    if (sets[s].size() < options.least_size || sets[s].size() > options.most_size) continue;
    std::uint32_t hits = 0;
    for (const auto gene : sets[s]) hits += in_list.at(gene);
    const auto size = static_cast<std::uint32_t>(sets[s].size());
    const double expected = static_cast<double>(list.size()) * size / n_genes;
    out.set.push_back(s);
    out.size.push_back(size);
    out.hits.push_back(hits);
    out.fold.push_back(hits / expected);
    out.p_value.push_back(statistics::hypergeometric_upper(
        hits, size, static_cast<std::uint32_t>(list.size()), n_genes));
  }
  if (context.cancelled()) return cancelled_error();
  if (out.set.empty())
    return failure(ErrorCode::cannot_answer, "enrichment.no_sets",
                   {{"least", options.least_size}, {"most", options.most_size}});
  out.p_adjusted = statistics::benjamini_hochberg(out.p_value.data(), out.p_value.size());
  return out;
}

}  // namespace celloquy::enrichment
