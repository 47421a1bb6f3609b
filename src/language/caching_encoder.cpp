#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/hashing.hpp"
#include "base/instruction_set.hpp"
#include "language/text_encoder.hpp"
#include "language/vector_store.hpp"

namespace celloquy::language {
namespace {

/// Texts that are encoded before their vectors are kept: what was done when the
/// user cancels, or the machine stops, is not done again.
constexpr std::size_t block_size = 256;

class CachingEncoder final : public TextEncoder {
 public:
  CachingEncoder(std::unique_ptr<TextEncoder> inner, const std::filesystem::path& folder)
      : inner_(std::move(inner)), store_(folder / file_name(), inner_->dimension(), title()) {}

  std::string_view identity() const override { return inner_->identity(); }
  std::size_t dimension() const override { return inner_->dimension(); }

  Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                      const Context& context) override {
    std::vector<float> vectors(texts.size() * dimension());
    const auto row = [&](std::size_t i) {
      return std::span(vectors).subspan(i * dimension(), dimension());
    };
    std::vector<std::string> keys, absent;                             // of each missing text once
    std::unordered_map<std::string, std::vector<std::size_t>> places;  // of a missing key
    {
      const std::lock_guard lock(mutex_);
      store_.refresh();
      for (std::size_t i = 0; i < texts.size(); ++i) {
        auto key = hash_text(texts[i]);
        if (store_.find(key, row(i))) continue;
        auto& where = places[key];
        if (where.empty()) {
          absent.push_back(texts[i]);
          keys.push_back(std::move(key));
        }
        where.push_back(i);
      }
    }
    Context quiet = context;
    quiet.progress = nullptr;
    for (std::size_t begin = 0; begin < absent.size(); begin += block_size) {
      const auto count = std::min(block_size, absent.size() - begin);
      context.report("text_encoding", static_cast<double>(begin) / absent.size());
      CELLOQUY_TRY(const auto made, inner_->encode(std::span(absent).subspan(begin, count), quiet));
      for (std::size_t k = 0; k < count; ++k)
        for (const auto i : places[keys[begin + k]])
          std::copy_n(made.begin() + k * dimension(), dimension(), row(i).begin());
      const std::lock_guard lock(mutex_);
      store_.append(std::span(keys).subspan(begin, count), made);
    }
    if (context.cancelled()) return cancelled_error();
    return vectors;
  }

 private:
  /// The last bits differ between instruction sets, and a folder may be shared.
  std::string title() const {
    return std::string(inner_->identity()) + "/" + std::string(name(best_instruction_set()));
  }
  std::string file_name() const { return hash_text(title()) + ".vectors"; }

  std::unique_ptr<TextEncoder> inner_;
  std::mutex mutex_;
  VectorStore store_;
};

}  // namespace

std::unique_ptr<TextEncoder> caching_encoder(std::unique_ptr<TextEncoder> inner,
                                             const std::filesystem::path& folder) {
  return std::make_unique<CachingEncoder>(std::move(inner), folder);
}

}  // namespace celloquy::language
