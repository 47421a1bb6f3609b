#include "training/evaluation/profiles.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "space/cells/centre.hpp"
#include "space/cells/score.hpp"
#include "space/labels/label_cells.hpp"
#include "space/labels/matching.hpp"
#include "space/text/cell_type_names.hpp"
#include "space/text/text_tower.hpp"
#include "training/evaluation/measures.hpp"
#include "training/evaluation/queries.hpp"
#include "training/evaluation/task_file.hpp"
#include "training/json_lines.hpp"

namespace celloquy::training {
namespace {

/// What pairs.jsonl says of a profile.
struct Profile {
  std::uint32_t pair = 0;
  std::string source, label;
  knowledge::TermIndex type = -1;
};

/// Values of one measure, each with its study.
struct Values {
  std::vector<double> value;
  std::vector<std::size_t> study;
};
using Records = std::map<std::string, Values>;

std::string plain_label(std::string label) {
  const auto last = label.find_last_not_of("0123456789 ");
  if (last != std::string::npos && last + 1 < label.size() && label[last + 1] == ' ')
    label.resize(last + 1);
  if (label.size() > 5 && label.ends_with(" type")) label.resize(label.size() - 5);
  return label;
}

Expected<std::vector<Profile>> profiles_of(const PairsFolder& pairs,
                                           const std::filesystem::path& folder,
                                           const Study& study) {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  std::vector<Profile> found;
  CELLOQUY_CHECK(for_each_json_line(
      folder / "pairs.jsonl", nullptr,
      [&](std::uint64_t line, const nlohmann::json& object) -> Status {
        const auto pair = static_cast<std::uint32_t>(line - 1);
        if (!pairs.is_profile(pairs[pair])) return {};
        const auto source = object.value("source", "");
        const bool held =
            std::any_of(study.sources.begin(), study.sources.end(),
                        [&](const auto& part) { return source.find(part) != std::string::npos; });
        if (!held) return {};
        Profile profile{pair, source, plain_label(object["texts"][0].value("text", "")), -1};
        if (const auto term = ontology->find_id(object.value("cell_type", "")))
          profile.type = *term;
        found.push_back(std::move(profile));
        return {};
      }));
  return found;
}

/// The profiles of one source as a matrix of log1p values.
Expected<CountMatrix> matrix_of(const PairsFolder& pairs, std::span<const Profile> profiles) {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint16_t> genes;
  std::vector<float> values;
  PairRow row;
  for (const auto& profile : profiles) {
    CELLOQUY_CHECK(pairs.read_row(profile.pair, row));
    genes.insert(genes.end(), row.genes.begin(), row.genes.end());
    values.insert(values.end(), row.values.begin(), row.values.end());
    offsets.push_back(genes.size());
  }
  Buffer<std::uint16_t> index(genes.size());
  std::copy(genes.begin(), genes.end(), index.begin());
  Buffer<float> value(values.size());
  std::copy(values.begin(), values.end(), value.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, profiles.size(), pairs.genes().size(),
                                  std::move(offsets), std::move(index), std::move(value)));
}

bool near(const knowledge::CellOntology& ontology, knowledge::TermIndex a, knowledge::TermIndex b) {
  const auto parents = ontology.parents(a), children = ontology.children(a);
  return a == b || std::find(parents.begin(), parents.end(), b) != parents.end() ||
         std::find(children.begin(), children.end(), b) != children.end();
}

/// One study: its profiles, the tower made without it, and where values go.
class Fold {
 public:
  Fold(std::size_t number, space::TextTower& tower, Records& records, const Context& context)
      : number_(number), tower_(tower), records_(records), context_(context) {}

  void add(const std::string& measure, double value) {
    auto& values = records_[measure];
    values.value.push_back(value);
    values.study.push_back(number_);
  }

  /// profiles × texts.
  Expected<DenseBlock> score(const PairsFolder& pairs, std::span<const Profile> profiles,
                             const space::TextWeights& texts, double own_share) {
    CELLOQUY_TRY(const auto matrix, matrix_of(pairs, profiles));
    const Normalization none;
    const ExpressionView view{&matrix, &none};
    const std::vector<std::string> names(pairs.genes().begin(), pairs.genes().end());
    CELLOQUY_TRY(
        const auto standard,
        space::standardize_cells(view, names, knowledge::Organism::human, context_, own_share));
    return space::score_cells(view, standard, texts, context_);
  }

  /// Which of its table's labels each profile has.
  Status own_labels(const PairsFolder& pairs, std::span<const Profile> profiles, double own_share) {
    std::vector<std::string> labels;
    for (const auto& profile : profiles)
      if (std::find(labels.begin(), labels.end(), profile.label) == labels.end())
        labels.push_back(profile.label);
    if (labels.size() < 3) return {};
    CELLOQUY_TRY(const auto texts, tower_.encode(labels, space::TextUse::search, context_));
    CELLOQUY_TRY(const auto alone, score(pairs, profiles, space::contrasted(texts, 0), own_share));
    add_ranks("own labels, each by itself", profiles, labels, alone);
    // As `retrieve` does it.
    const auto weights = space::contrasted(texts, space::LabelOptions{}.contrast);
    CELLOQUY_TRY(auto scores, score(pairs, profiles, weights, own_share));
    space::match_texts(scores, space::matched_share(scores, space::cosines_of(weights)));
    add_ranks("own labels", profiles, labels, scores);
    const std::size_t n = labels.size();
    std::vector<std::uint8_t> positive(profiles.size());
    std::vector<float> column(profiles.size());
    for (std::size_t l = 0; l < n; ++l) {
      for (std::size_t i = 0; i < profiles.size(); ++i) {
        column[i] = scores.values[i * n + l];
        positive[i] = profiles[i].label == labels[l];
      }
      add("own labels AUROC", auroc(column, positive));
    }
    return {};
  }

  /// At which place each profile's own label comes among all.
  void add_ranks(const std::string& measure, std::span<const Profile> profiles,
                 const std::vector<std::string>& labels, const DenseBlock& scores) {
    const std::size_t n = labels.size();
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const auto at = static_cast<std::size_t>(
          std::find(labels.begin(), labels.end(), profiles[i].label) - labels.begin());
      const auto rank = rank_of(std::span(scores.values).subspan(i * n, n), at);
      add(measure + " R@1", rank <= 1);
      add(measure + " R@5", rank <= 5);
    }
  }

  /// Which term of the ontology each profile is; `terms` with their `texts`.
  Status ontology_labels(const PairsFolder& pairs, std::span<const Profile> profiles,
                         std::span<const knowledge::TermIndex> terms,
                         std::span<const space::TextVector> texts, double own_share,
                         const space::CellTypeNames& names) {
    CELLOQUY_TRY(const auto scores, score(pairs, profiles, space::contrasted(texts, 0), own_share));
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      // Only labels that name the term: others were mapped by judgement.
      const auto named = names.ontology().find(profiles[i].label);
      if (profiles[i].type < 0 || !named || *named != profiles[i].type) continue;
      std::vector<std::size_t> order(terms.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      const float* row = scores.values.data() + i * terms.size();
      std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                        [&](auto a, auto b) { return row[a] > row[b]; });
      const auto is_near = [&](std::size_t k) {
        return near(names.ontology(), terms[order[k]], profiles[i].type);
      };
      add("ontology exact@1", terms[order[0]] == profiles[i].type);
      add("ontology near@1", is_near(0));
      add("ontology near@5", is_near(0) || is_near(1) || is_near(2) || is_near(3) || is_near(4));
    }
    return {};
  }

 private:
  std::size_t number_;
  space::TextTower& tower_;
  Records& records_;
  const Context& context_;
};

/// Queries against all profiles of a study that are mapped to a cell type.
Status ask(Fold& fold, const std::vector<ProfileQuery>& queries, space::TextTower& tower,
           const PairsFolder& pairs, std::span<const Profile> profiles, double own_share,
           const Context& context) {
  CELLOQUY_TRY(const auto* ontology, knowledge::cell_ontology());
  std::vector<Profile> mapped;
  for (const auto& profile : profiles)
    if (profile.type >= 0) mapped.push_back(profile);
  std::set<knowledge::TermIndex> kinds;
  for (const auto& profile : mapped) kinds.insert(profile.type);
  if (kinds.size() < 5) return {};
  std::vector<std::string> texts;
  std::vector<const ProfileQuery*> asked;
  for (const auto& query : queries) {
    const auto hits = std::count_if(mapped.begin(), mapped.end(), [&](const auto& profile) {
      return ontology->is_a(profile.type, query.type);
    });
    if (hits == 0 || hits == static_cast<std::ptrdiff_t>(mapped.size())) continue;
    texts.push_back(query.text);
    asked.push_back(&query);
  }
  if (texts.empty()) return {};
  CELLOQUY_TRY(const auto vectors, tower.encode(texts, space::TextUse::search, context));
  CELLOQUY_TRY(const auto scores,
               fold.score(pairs, mapped, space::contrasted(vectors, 0), own_share));
  for (std::size_t q = 0; q < asked.size(); ++q) {
    std::vector<float> column(mapped.size());
    std::vector<std::uint8_t> positive(mapped.size());
    for (std::size_t i = 0; i < mapped.size(); ++i) {
      column[i] = scores.values[i * asked.size() + q];
      positive[i] = ontology->is_a(mapped[i].type, asked[q]->type);
    }
    std::size_t first = mapped.size();
    for (std::size_t i = 0; i < mapped.size(); ++i)
      if (positive[i]) first = std::min(first, rank_of(column, i));
    fold.add(asked[q]->kind + " AUROC", auroc(column, positive));
    fold.add(asked[q]->kind + " MRR", 1 / static_cast<double>(first));
  }
  return {};
}

}  // namespace

Expected<std::vector<Study>> read_studies(const std::filesystem::path& path) {
  CELLOQUY_TRY(const auto document, read_task_file(path, nlohmann::json::value_t::object));
  std::vector<Study> studies;
  try {
    for (const auto& [name, sources] : document.items())
      studies.push_back({name, sources.get<std::vector<std::string>>()});
  } catch (const nlohmann::json::exception&) {
    studies.clear();
  }
  if (studies.empty()) return unusable_task(path, "JSON");
  return studies;
}

Expected<ProfileMeasures> evaluate_profiles(const PairsFolder& pairs,
                                            const std::filesystem::path& folder,
                                            const TextFeatures& features,
                                            const std::vector<Study>& studies,
                                            const ProfileOptions& options, const Context& context) {
  Records records;
  CELLOQUY_TRY(auto queries, function_queries());
  CELLOQUY_TRY(const auto lists, marker_list_queries(folder));
  queries.insert(queries.end(), lists.begin(), lists.end());
  CELLOQUY_TRY(const auto names, space::CellTypeNames::load());
  for (std::size_t s = 0; s < studies.size(); ++s) {
    context.report("studies", static_cast<double>(s) / static_cast<double>(studies.size()));
    CELLOQUY_TRY(const auto profiles, profiles_of(pairs, folder, studies[s]));
    if (profiles.empty()) continue;
    CELLOQUY_TRY(auto encoder, language::open_text_encoder(language::EncoderKind::mini_lm));
    auto pool_options = options.pool;
    pool_options.left_out = studies[s].sources;
    CELLOQUY_TRY(auto pool,
                 build_pool(pairs, folder, features, encoder->identity(), pool_options, context));
    std::set<knowledge::TermIndex> known;
    for (const auto& entry : pool.entries)
      if (const auto term = names.ontology().find_id(entry.cell_ontology_id)) known.insert(*term);
    CELLOQUY_TRY(const auto tower,
                 space::make_text_tower(std::make_shared<const space::Pool>(std::move(pool)),
                                        std::move(encoder)));
    const std::vector<knowledge::TermIndex> terms(known.begin(), known.end());
    std::vector<std::string> term_names;
    for (const auto term : terms) term_names.emplace_back(names.ontology().name(term));
    CELLOQUY_TRY(const auto term_texts, tower->encode(term_names, space::TextUse::search, context));
    Fold fold(s, *tower, records, context);
    for (std::size_t begin = 0; begin < profiles.size();) {
      std::size_t end = begin;
      while (end < profiles.size() && profiles[end].source == profiles[begin].source) ++end;
      const auto table = std::span(profiles).subspan(begin, end - begin);
      CELLOQUY_CHECK(fold.own_labels(pairs, table, options.own_share));
      CELLOQUY_CHECK(
          fold.ontology_labels(pairs, table, terms, term_texts, options.own_share, names));
      CELLOQUY_CHECK(ask(fold, queries, *tower, pairs, table, options.own_share, context));
      begin = end;
    }
  }
  ProfileMeasures measures;
  for (const auto& [name, values] : records)
    measures[name] = estimate_mean(values.value, values.study, studies.size());
  return measures;
}

}  // namespace celloquy::training
