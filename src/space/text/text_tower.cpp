#include "space/text/text_tower.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "base/white_space.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/names.hpp"
#include "knowledge/translate.hpp"
#include "space/text/attention.hpp"
#include "space/text/cell_type_names.hpp"
#include "space/text/gene_mentions.hpp"
#include "space/text/word_match.hpp"

namespace celloquy::space {
namespace {

constexpr std::size_t most_sources = 12;

void add(std::vector<float>& sum, std::span<const float> values, double factor) {
  const auto f = static_cast<float>(factor);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += f * values[i];
}

class PoolTower final : public TextTower {
 public:
  PoolTower(std::shared_ptr<const Pool> pool, std::unique_ptr<language::TextEncoder> encoder,
            TextTowerOptions options, CellTypeNames names, const knowledge::Translator* translator)
      : pool_(std::move(pool)),
        encoder_(std::move(encoder)),
        options_(std::move(options)),
        names_(std::move(names)),
        translator_(translator),
        words_(pool_->words) {}

  Expected<std::vector<TextVector>> encode(std::span<const std::string> texts, TextUse use,
                                           const Context& context) override {
    CELLOQUY_TRY(const auto* genes, knowledge::human_genes());
    CELLOQUY_TRY(const auto* space, knowledge::marker_table());
    std::vector<TextVector> result(texts.size());
    std::vector<std::string> english(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto text = trimmed(texts[i]);
      if (text.empty()) return failure(ErrorCode::usage, "space.empty_text");
      read(text, result[i]);
      english[i] = result[i].read_as;
    }
    CELLOQUY_TRY(const auto vectors, encoder_->encode(english, context));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (context.cancelled()) return cancelled_error();
      const auto n = encoder_->dimension();
      weigh(std::span(vectors).subspan(i * n, n), gene_mentions(texts[i], *genes, *space), use,
            result[i], context);
    }
    return result;
  }

 private:
  void read(const std::string& text, TextVector& vector) const {
    vector.read_as = text;
    const bool chinese = knowledge::has_chinese(text);
    if (const auto term = names_.find(text); term >= 0) {
      vector.cell_ontology_id = names_.ontology().id(term);
      if (chinese) vector.read_as = names_.ontology().name(term);
    } else if (chinese) {
      // The encoder knows English only.
      const auto translation = translator_->translate(text);
      if (!translation.english.empty()) vector.read_as = translation.english;
    }
  }

  void weigh(std::span<const float> text_vector, const GeneMentions& mentions, TextUse use,
             TextVector& vector, const Context& context) const {
    const bool list = !mentions.genes.empty() && mentions.share >= options_.list_from_share;
    const auto words = words_.shares(vector.read_as);
    auto shares = attend(*pool_, {text_vector, words, vector.cell_ontology_id}, options_.left_out,
                         AttentionOptions{}, context);
    for (const auto& share : shares)
      vector.nearest_known = std::max(vector.nearest_known, share.cosine);
    vector.weights = weights_of(*pool_, shares);
    to_unit(vector.weights);
    if (use == TextUse::search && options_.regression > 0)
      add(vector.weights, regress(*pool_, text_vector), options_.regression);
    to_unit(vector.weights);
    if (!mentions.genes.empty()) {
      const auto genes = weights_of_genes(mentions, vector);
      if (list)
        shares = weigh_list(genes, mentions, vector);
      else
        add(vector.weights, genes, options_.genes);
      to_unit(vector.weights);
    }
    name_sources(std::move(shares), vector);
  }

  /// The named genes alone, of length 1; notes them in `vector`.
  static std::vector<float> weights_of_genes(const GeneMentions& mentions, TextVector& vector) {
    std::vector<float> genes(vector.weights.size(), 0);
    for (const auto& gene : mentions.genes) {
      genes[static_cast<std::size_t>(gene.space_gene)] += gene.absent ? -1.0f : 1.0f;
      vector.genes.push_back((gene.absent ? "-" : "+") + gene.symbol);
    }
    to_unit(genes);
    return genes;
  }

  /// The genes, what usually goes with them, and the words beside them; returns who spoke.
  std::vector<EntryShare> weigh_list(const std::vector<float>& genes, const GeneMentions& mentions,
                                     TextVector& vector) const {
    vector.nearest_known = 1;
    // The encoder hears nothing in names of genes: it counts as far as there are other words.
    for (auto& weight : vector.weights)
      weight *= static_cast<float>(options_.words_of_a_list * (1 - mentions.share));
    add(vector.weights, genes, 1);
    // Two or three genes are what is asked for; ten mean a kind of cell, which has more.
    const auto n = static_cast<double>(mentions.genes.size());
    const double relatives = options_.relatives_of_a_list * std::clamp((n - 3) / 4, 0.0, 1.0);
    if (relatives == 0) return {};
    auto shares = attend_to_genes(*pool_, genes, options_.left_out);
    auto more = weights_of(*pool_, shares);
    to_unit(more);
    add(vector.weights, more, relatives);
    return shares;
  }

  void name_sources(std::vector<EntryShare> shares, TextVector& vector) const {
    std::stable_sort(shares.begin(), shares.end(),
                     [](const auto& a, const auto& b) { return a.share > b.share; });
    for (std::size_t i = 0; i < std::min(shares.size(), most_sources); ++i) {
      const auto& entry = pool_->entries[shares[i].entry];
      vector.sources.push_back({pool_->families[entry.family].name, entry.name, shares[i].share});
    }
  }

  std::shared_ptr<const Pool> pool_;
  std::unique_ptr<language::TextEncoder> encoder_;
  TextTowerOptions options_;
  CellTypeNames names_;
  const knowledge::Translator* translator_;
  WordMatch words_;
};

}  // namespace

Expected<std::unique_ptr<TextTower>> make_text_tower(std::shared_ptr<const Pool> pool,
                                                     std::unique_ptr<language::TextEncoder> encoder,
                                                     const TextTowerOptions& options) {
  if (encoder->identity() != pool->encoder)
    return failure(ErrorCode::unusable_input, "space.other_encoder",
                   {{"wanted", pool->encoder}, {"found", encoder->identity()}});
  CELLOQUY_TRY(auto names, CellTypeNames::load());
  CELLOQUY_TRY(const auto* translator, knowledge::translator());
  return std::make_unique<PoolTower>(std::move(pool), std::move(encoder), options, std::move(names),
                                     translator);
}

Expected<std::unique_ptr<TextTower>> open_text_tower(const TextTowerOptions& options) {
  // 20 MB; read once a process.
  static const auto pool = [] {
    auto read = read_pool();
    return read ? Expected<std::shared_ptr<const Pool>>(
                      std::make_shared<const Pool>(*std::move(read)))
                : tl::make_unexpected(read.error());
  }();
  if (!pool) return tl::make_unexpected(pool.error());
  CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
  return make_text_tower(*pool, std::move(encoder), options);
}

}  // namespace celloquy::space
