#include "language/neural_encoder.hpp"

#include <llama.h>

#include <cmath>
#include <fstream>
#include <mutex>
#include <utility>

#include "base/hashing.hpp"
#include "base/thread_pool.hpp"
#include "language/runtime.hpp"
#include "language/vocabulary_file.hpp"

namespace celloquy::language {
namespace {

/// What is beyond is not looked at: many times the longest input, and a bound
/// on the time that a text can take.
constexpr std::size_t longest_text = 1 << 14;

struct Free {
  void operator()(llama_model* model) const { llama_model_free(model); }
  void operator()(llama_context* session) const { llama_free(session); }
};
using Model = std::unique_ptr<llama_model, Free>;
/// Working memory for one text at a time.
using Session = std::unique_ptr<llama_context, Free>;

class NeuralEncoder final : public TextEncoder {
 public:
  NeuralEncoder(NeuralEncoderFiles files, Model model, const std::string& hash)
      : files_(std::move(files)),
        model_(std::move(model)),
        longest_(static_cast<std::size_t>(llama_model_n_ctx_train(model_.get()))),
        dimension_(static_cast<std::size_t>(llama_model_n_embd(model_.get()))),
        identity_(files_.name + "/" + hash + "/one text a batch") {}

  std::string_view identity() const override { return identity_; }
  std::size_t dimension() const override { return dimension_; }

  Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                      const Context& context) override {
    std::vector<float> vectors(texts.size() * dimension_);
    std::atomic<bool> failed{false};
    std::atomic<std::size_t> done{0};
    // One text a block and one thread a text: nothing waits for another thread
    // inside a text, and its numbers are added in the same order always.
    parallel_for_blocks(context, texts.size(), 1, [&](const Block& block) {
      const auto vector = std::span(vectors).subspan(block.index * dimension_, dimension_);
      if (!context.cancelled() && !encode_one(texts[block.index], vector, context)) failed = true;
      const auto count = ++done;
      if (block.worker == 0 && count % 64 == 0)
        context.report("text_encoding", static_cast<double>(count) / texts.size());
    });
    if (context.cancelled()) return cancelled_error();
    if (failed) return failure(ErrorCode::internal, "language.encoding_failed");
    return vectors;
  }

 private:
  bool encode_one(std::string_view text, std::span<float> vector, const Context& context) {
    auto tokens = files_.tokenizer->tokens(
        files_.prefix + std::string(text.substr(0, longest_text)), longest_);
    Session session = take_session();
    if (!session) return false;
    const auto abort = [](void* cancellation) {
      return static_cast<const CancellationToken*>(cancellation)->cancelled();
    };
    llama_set_abort_callback(session.get(), context.cancellation ? +abort : nullptr,
                             const_cast<CancellationToken*>(context.cancellation));
    const auto batch = llama_batch_get_one(tokens.data(), static_cast<std::int32_t>(tokens.size()));
    const bool encoded = llama_encode(session.get(), batch) == 0;
    const float* pooled = encoded ? llama_get_embeddings_seq(session.get(), 0) : nullptr;
    if (pooled) {
      double squares = 0;
      for (std::size_t i = 0; i < dimension_; ++i)
        squares += static_cast<double>(pooled[i]) * pooled[i];
      const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
      for (std::size_t i = 0; i < dimension_; ++i)
        vector[i] = static_cast<float>(pooled[i] * scale);
    }
    give_back(std::move(session));
    return pooled || context.cancelled();
  }

  Session take_session() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Session session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    auto options = llama_context_default_params();
    options.n_ctx = options.n_batch = options.n_ubatch = static_cast<std::uint32_t>(longest_);
    options.n_threads = options.n_threads_batch = 1;
    options.embeddings = true;
    options.no_perf = true;
    // It would round keys and values to half precision.
    options.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    return Session(llama_init_from_model(model_.get(), options));
  }

  void give_back(Session session) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  }

  NeuralEncoderFiles files_;
  Model model_;
  std::size_t longest_, dimension_;
  std::string identity_;
  std::mutex mutex_;
  std::vector<Session> idle_;  // after model_: freed before it
};

/// Hash of the content; empty when it cannot be read.
std::string hash_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Hasher hasher;
  std::vector<char> piece(1 << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
    hasher.bytes(piece.data(), static_cast<std::size_t>(file.gcount()));
  return file.eof() ? hasher.hex() : "";
}

}  // namespace

Expected<std::unique_ptr<TextEncoder>> open_neural_encoder(NeuralEncoderFiles files) {
  CELLOQUY_CHECK(start_runtime());
  auto options = llama_model_default_params();
  options.n_gpu_layers = 0;
  Model model(llama_model_load_from_file(files.weights.c_str(), options));
  const auto hash = hash_of_file(files.weights);
  if (!model || hash.empty()) return unusable_model(files.weights);
  return std::make_unique<NeuralEncoder>(std::move(files), std::move(model), hash);
}

}  // namespace celloquy::language
