#include "training/text_features.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace celloquy::training {
namespace {

constexpr std::size_t texts_at_a_time = 256;
// Large enough that opening a file of millions of vectors takes seconds.
constexpr std::size_t keys_at_a_time = 512;

struct KeyHash {
  std::size_t operator()(const TextKey& key) const { return key[0]; }
};

}  // namespace

Status TextFeatures::find_known(const PairIndex& index, const std::vector<std::uint8_t>& wanted) {
  std::unordered_map<TextKey, std::uint32_t, KeyHash> rows;
  for (std::uint32_t text = 0; text < index.text_keys.size(); ++text)
    if (wanted[text]) rows.emplace(index.text_keys[text], text);
  std::vector<std::byte> records(keys_at_a_time * file_.record_bytes());
  for (std::size_t first = 0; first < file_.size(); first += keys_at_a_time) {
    const std::size_t count = std::min(keys_at_a_time, file_.size() - first);
    CELLOQUY_CHECK(file_.read(first, count, records.data()));
    for (std::size_t i = 0; i < count; ++i) {
      TextKey key;
      std::memcpy(key.data(), records.data() + i * file_.record_bytes(), sizeof key);
      if (const auto found = rows.find(key); found != rows.end())
        record_[found->second] = static_cast<std::uint32_t>(first + i);
    }
  }
  return {};
}

Expected<TextFeatures> TextFeatures::prepare(const PairsFolder& pairs,
                                             const std::vector<std::uint8_t>& wanted,
                                             language::TextEncoder& encoder,
                                             const std::filesystem::path& file,
                                             const Context& context) {
  const std::size_t dimension = encoder.dimension();
  const std::size_t record_bytes = sizeof(TextKey) + dimension * sizeof(float);
  CELLOQUY_TRY(RecordFile records, RecordFile::open(file, encoder.identity(), record_bytes));
  TextFeatures out(std::move(records));
  const PairIndex& index = pairs.index();
  out.dimension_ = dimension;
  out.record_.assign(index.text_keys.size(), absent);
  CELLOQUY_CHECK(out.find_known(index, wanted));

  std::size_t missing = 0, done = 0;
  for (std::size_t text = 0; text < wanted.size(); ++text)
    missing += wanted[text] && out.record_[text] == absent;
  if (missing == 0) return out;

  std::vector<std::string> texts;
  std::vector<std::uint32_t> rows;
  const auto encode = [&]() -> Status {
    CELLOQUY_TRY(const auto vectors, encoder.encode(texts, context));
    std::vector<std::byte> added(texts.size() * record_bytes);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::memcpy(added.data() + i * record_bytes, index.text_keys[rows[i]].data(),
                  sizeof(TextKey));
      std::memcpy(added.data() + i * record_bytes + sizeof(TextKey), vectors.data() + i * dimension,
                  dimension * sizeof(float));
      out.record_[rows[i]] = static_cast<std::uint32_t>(out.file_.size() + i);
    }
    CELLOQUY_CHECK(out.file_.append(added));
    done += texts.size();
    context.report("text features", static_cast<double>(done) / static_cast<double>(missing));
    texts.clear();
    rows.clear();
    return {};
  };
  CELLOQUY_CHECK(pairs.for_each_text([&](std::uint32_t row, const std::string& text) -> Status {
    if (!wanted[row] || out.record_[row] != absent) return {};
    texts.push_back(text);
    rows.push_back(row);
    return texts.size() < texts_at_a_time ? Status{} : encode();
  }));
  if (!texts.empty()) CELLOQUY_CHECK(encode());
  return out;
}

Status TextFeatures::read(std::uint32_t text, float* to) const {
  return file_.read_part(record_[text], sizeof(TextKey), dimension_ * sizeof(float), to);
}

}  // namespace celloquy::training
