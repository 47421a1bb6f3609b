#pragma once
// A small pairs folder with a structure that can be learned: each cell type has
// genes of its own, profiles of it express them, its gene sets name them, and its
// texts share words.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace celloquy::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "celloquy-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The files of a pairs folder, to be written or damaged.
struct SyntheticPairs {
  std::size_t n_genes = 0;
  std::vector<nlohmann::json> lines, sources;
  std::vector<std::vector<std::pair<std::uint16_t, float>>> rows;

  std::string matrix() const {
    std::string out = "CQPAIRS1", genes, values;
    const auto put = [](std::string& to, auto value) {
      to.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    std::uint64_t count = 0;
    for (const auto& row : rows) count += row.size();
    put(out, std::uint64_t{rows.size()});
    put(out, std::uint64_t{n_genes});
    put(out, count);
    count = 0;
    put(out, count);
    for (const auto& row : rows) {
      put(out, count += row.size());
      for (const auto& [gene, value] : row) put(genes, gene), put(values, value);
    }
    return out + genes + values;
  }

  void write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    std::string pairs, tables, genes;
    for (const auto& line : lines) pairs += line.dump() + "\n";
    for (const auto& source : sources) tables += source.dump() + "\n";
    for (std::size_t g = 0; g < n_genes; ++g) genes += "G" + std::to_string(g) + "\n";
    write_file(folder / "pairs.jsonl", pairs);
    write_file(folder / "sources.jsonl", tables);
    write_file(folder / "genes.txt", genes);
    write_file(folder / "pairs.matrix", matrix());
  }
};

/// `types` cell types with 10 genes each among `n_genes`, in 4 tables of profiles
/// (two human, one mouse, one bulk), and two marker sets a type.
inline SyntheticPairs synthetic_pairs(std::size_t types = 12, std::size_t n_genes = 300,
                                      std::uint64_t seed = 1) {
  SyntheticPairs out;
  out.n_genes = n_genes;
  const char* const names[] = {"alveolar",    "basal",    "ciliated", "dendritic",
                               "endothelial", "fibrous",  "granular", "hepatic",
                               "immune",      "juvenile", "killer",   "luminal",
                               "mast",        "neural",   "oval",     "purkinje"};
  const auto name_of = [&](std::size_t type) {
    return std::string(names[type % 16]) + (type < 16 ? "" : std::to_string(type / 16)) + " cell";
  };
  const auto id_of = [](std::size_t type) { return "CL:" + std::to_string(1000 + type); };
  const auto texts_of = [&](std::size_t type) {
    return nlohmann::json::array(
        {{{"kind", "name"}, {"text", name_of(type)}},
         {{"kind", "definition"}, {"text", "A cell called " + name_of(type) + " by everybody."}},
         {{"kind", "name"}, {"language", "zh"}, {"text", "细胞" + std::to_string(type)}}});
  };
  const char* const tables[][4] = {{"one", "human", "human single cell", "human_profiles"},
                                   {"two", "human", "human single cell", "human_profiles"},
                                   {"three", "mouse", "mouse single cell", "mouse_profiles"},
                                   {"four", "human", "bulk", "bulk_profiles"}};
  for (std::size_t t = 0; t < 4; ++t) {
    nlohmann::json missing = nlohmann::json::array();
    for (std::size_t g = t; g < n_genes; g += 29) missing.push_back(g);
    out.sources.push_back({{"source", tables[t][0]},
                           {"licence", "CC0-1.0"},
                           {"species", tables[t][1]},
                           {"platform", tables[t][2]},
                           {"not_measured", missing}});
    for (std::size_t type = 0; type < types; ++type) {
      RandomStream random(seed, t * types + type);
      std::vector<double> counts(n_genes);
      double total = 0;
      for (std::size_t g = 0; g < n_genes; ++g) {
        const bool own = g / 10 == type;
        counts[g] = std::exp(random.normal() + (own ? 3.0 : 0.0)) * (random.uniform() < 0.8);
        if (g % 29 == t) counts[g] = 0;
        total += counts[g];
      }
      std::vector<std::pair<std::uint16_t, float>> row;
      for (std::size_t g = 0; g < n_genes; ++g)
        if (counts[g] > 0)
          row.emplace_back(g, static_cast<float>(std::log1p(counts[g] / total * 1e4)));
      out.rows.push_back(row);
      out.lines.push_back({{"family", tables[t][3]},
                           {"texts", texts_of(type)},
                           {"source", tables[t][0]},
                           {"label", name_of(type)}});
      if (t != 3) out.lines.back()["cell_type"] = id_of(type);
    }
  }
  for (std::size_t type = 0; type < types; ++type)
    for (const char* family : {"markers", "tissue_markers"}) {
      std::vector<std::pair<std::uint16_t, float>> row;
      for (std::size_t g = 10 * type; g < 10 * type + 10; ++g)
        if (g % 3 != (*family == 'm' ? 0u : 1u)) row.emplace_back(g, 1.0f + 0.1f * (g % 5));
      out.rows.push_back(row);
      out.lines.push_back(
          {{"family", family}, {"texts", texts_of(type)}, {"cell_type", id_of(type)}});
    }
  return out;
}

}  // namespace celloquy::testing
