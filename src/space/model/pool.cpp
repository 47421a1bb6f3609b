#include "space/model/pool.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/hashing.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "space/model/tensor_file.hpp"

namespace celloquy::space {
namespace {

template <class T>
Buffer<T> buffer_of(std::span<const T> values) {
  Buffer<T> result(values.size());
  std::copy(values.begin(), values.end(), result.begin());
  return result;
}

template <class T>
Expected<std::vector<T>> vector_of(const TensorFile& file, std::string_view name,
                                   std::size_t elements = 0) {
  CELLOQUY_TRY(const auto values, file.array<T>(name, elements));
  return std::vector<T>(values.begin(), values.end());
}

Status read_entries(Pool& pool, const TensorFile& file, const std::string& table) {
  CELLOQUY_TRY(auto rows,
               knowledge::TableReader::open("entries.tsv", table,
                                            {"family", "name", "id", "source", "texts", "genes"}));
  std::vector<std::string_view> f;
  std::uint32_t text = 0;
  std::uint64_t gene = 0;
  while (rows.next(f)) {
    PoolEntry entry;
    entry.family = static_cast<std::uint32_t>(knowledge::number(f[0], 1e9));
    if (entry.family >= pool.families.size()) return file.unusable("entries: family");
    entry.name = f[1];
    entry.cell_ontology_id = f[2];
    entry.source = f[3];
    entry.first_text = text;
    entry.last_text = text += static_cast<std::uint32_t>(knowledge::number(f[4]));
    entry.first_gene = gene;
    entry.last_gene = gene += static_cast<std::uint64_t>(knowledge::number(f[5]));
    pool.entries.push_back(std::move(entry));
  }
  if (pool.entries.empty() || text != pool.text.size() || gene != pool.gene.size() ||
      pool.gene_scale.size() != pool.entries.size())
    return file.unusable("entries");
  return {};
}

Status read_families(Pool& pool, const TensorFile& file) {
  const auto families = nlohmann::json::parse(file.metadata("families"), nullptr, false);
  if (!families.is_array() || families.empty()) return file.unusable("families");
  for (const auto& family : families) {
    if (!family.is_object() || !family.contains("name") || !family.contains("weight") ||
        !family["name"].is_string() || !family["weight"].is_number())
      return file.unusable("families");
    pool.families.push_back({family["name"].get<std::string>(), family["weight"].get<float>()});
  }
  return {};
}

Status read_text_vectors(Pool& pool, const TensorFile& file) {
  auto& vectors = pool.text_vectors;
  CELLOQUY_TRY(const auto scale, file.array<float>("text.scale"));
  CELLOQUY_TRY(const auto values, file.array<std::int8_t>("text.values"));
  if (scale.empty() || values.size() % scale.size() != 0) return file.unusable("text.values");
  vectors.n_cells = scale.size();
  vectors.n_dimensions = values.size() / scale.size();
  if (vectors.n_dimensions > most_dimensions) return file.unusable("text.values");
  vectors.scale.assign(scale.begin(), scale.end());
  vectors.values = buffer_of(values);
  CELLOQUY_TRY(pool.text, vector_of<std::uint32_t>(file, "entry.text"));
  for (const auto row : pool.text)
    if (row >= vectors.n_cells) return file.unusable("entry.text");
  return {};
}

/// Models that were made without words have none.
Status read_words(Pool& pool, const TensorFile& file) {
  const auto words = file.metadata("words");
  if (words.empty()) return {};
  auto& [names, first, word] = pool.words;
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    names.emplace_back(words.substr(at, end - at));
    at = end + 1;
  }
  CELLOQUY_TRY(first,
               vector_of<std::uint32_t>(file, "text.first_word", pool.text_vectors.n_cells + 1));
  CELLOQUY_TRY(word, vector_of<std::uint32_t>(file, "text.word"));
  const bool in_order = std::is_sorted(first.begin(), first.end()) && first.front() == 0 &&
                        first.back() == word.size() && std::is_sorted(names.begin(), names.end());
  if (!in_order || std::any_of(word.begin(), word.end(),
                               [&](std::uint32_t w) { return w >= pool.words.words.size(); }))
    return file.unusable("text.word");
  return {};
}

Status read_genes(Pool& pool, const TensorFile& file) {
  CELLOQUY_TRY(pool.gene, vector_of<std::uint16_t>(file, "entry.gene"));
  CELLOQUY_TRY(pool.gene_weight, vector_of<std::int8_t>(file, "entry.weight", pool.gene.size()));
  CELLOQUY_TRY(pool.gene_scale, vector_of<float>(file, "entry.scale"));
  for (const auto gene : pool.gene)
    if (gene >= pool.n_genes) return file.unusable("entry.gene");
  auto& regression = pool.regression;
  CELLOQUY_TRY(regression.mean,
               vector_of<float>(file, "regression.mean", pool.text_vectors.n_dimensions));
  CELLOQUY_TRY(regression.scale, vector_of<float>(file, "regression.scale", pool.n_genes));
  CELLOQUY_TRY(regression.values,
               vector_of<std::int8_t>(file, "regression.values",
                                      pool.n_genes * pool.text_vectors.n_dimensions));
  return {};
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  // 15 + 16: a gzip frame, which zlib writes without name and time.
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string plain(std::string text) {
  for (auto& c : text)
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace

Expected<std::string> gene_space_hash() {
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  Hasher hasher;
  for (std::size_t g = 0; g < table->n_genes(); ++g)
    hasher.text(table->gene(static_cast<std::int32_t>(g)));
  return hasher.hex();
}

Expected<Pool> read_pool(const std::filesystem::path& folder) {
  const auto place = folder.empty() ? knowledge::models_folder() / "space" : folder;
  CELLOQUY_TRY(const auto file, TensorFile::read(place / "pool.safetensors"));
  Pool pool;
  pool.encoder = file.metadata("encoder");
  pool.genes_hash = file.metadata("genes");
  CELLOQUY_TRY(const auto hash, gene_space_hash());
  if (hash != pool.genes_hash) return file.unusable("genes");
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  pool.n_genes = table->n_genes();
  CELLOQUY_CHECK(read_families(pool, file));
  CELLOQUY_CHECK(read_text_vectors(pool, file));
  CELLOQUY_CHECK(read_words(pool, file));
  CELLOQUY_CHECK(read_genes(pool, file));
  CELLOQUY_TRY(const auto entries, knowledge::read_compressed_file(place / "entries.tsv.gz"));
  CELLOQUY_CHECK(read_entries(pool, file, entries));
  return pool;
}

PoolFiles pool_files(const Pool& pool) {
  TensorWriter writer;
  const auto& vectors = pool.text_vectors;
  const auto& regression = pool.regression;
  nlohmann::json families = nlohmann::json::array();
  for (const auto& family : pool.families)
    families.push_back({{"name", family.name}, {"weight", family.weight}});
  writer.set_metadata("families", families.dump());
  writer.set_metadata("encoder", pool.encoder);
  writer.set_metadata("genes", pool.genes_hash);
  writer.add<std::int8_t>("text.values", vectors.values.span(),
                          {vectors.n_cells, vectors.n_dimensions});
  writer.add<float>("text.scale", vectors.scale, {vectors.n_cells});
  if (!pool.words.words.empty()) {
    writer.set_metadata("words", fmt::format("{}", fmt::join(pool.words.words, " ")));
    writer.add<std::uint32_t>("text.first_word", pool.words.first, {pool.words.first.size()});
    writer.add<std::uint32_t>("text.word", pool.words.word, {pool.words.word.size()});
  }
  writer.add<std::uint32_t>("entry.text", pool.text, {pool.text.size()});
  writer.add<std::uint16_t>("entry.gene", pool.gene, {pool.gene.size()});
  writer.add<std::int8_t>("entry.weight", pool.gene_weight, {pool.gene.size()});
  writer.add<float>("entry.scale", pool.gene_scale, {pool.entries.size()});
  writer.add<float>("regression.mean", regression.mean, {regression.mean.size()});
  writer.add<float>("regression.scale", regression.scale, {pool.n_genes});
  writer.add<std::int8_t>("regression.values", regression.values,
                          {pool.n_genes, vectors.n_dimensions});
  std::string entries = "family\tname\tid\tsource\ttexts\tgenes\n";
  for (const auto& entry : pool.entries)
    entries += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", entry.family, plain(entry.name),
                           entry.cell_ontology_id, plain(entry.source),
                           entry.last_text - entry.first_text, entry.last_gene - entry.first_gene);
  return {writer.bytes(), gzip(entries)};
}

}  // namespace celloquy::space
