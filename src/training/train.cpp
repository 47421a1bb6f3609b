#include "training/train.hpp"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/hashing.hpp"
#include "training/batch.hpp"
#include "training/checkpoint.hpp"
#include "training/text_features.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {
namespace {

namespace fs = std::filesystem;

/// Batches that the precision of the exported weights is measured on.
constexpr std::size_t measured_batches = 8;

/// Own error, or that another process had one; all processes get an error together.
Status agreed(const Status& own, Exchange& exchange) {
  const bool failed = exchange.any(!own);
  if (!own) return own;
  if (failed) return failure(ErrorCode::internal, "training.other_process");
  return {};
}

/// `make` in process 0 first: the others then find what it has written.
template <class Make>
auto first_alone(Exchange& exchange, Make&& make) -> decltype(make()) {
  using Result = decltype(make());
  Result result = tl::make_unexpected(Error{});
  if (exchange.rank() == 0) result = make();
  CELLOQUY_CHECK(
      agreed(exchange.rank() > 0 || result ? Status{} : Status(tl::make_unexpected(result.error())),
             exchange));
  if (exchange.rank() > 0) result = make();
  CELLOQUY_CHECK(agreed(result ? Status{} : Status(tl::make_unexpected(result.error())), exchange));
  return result;
}

/// The basis, the map from texts to it, and residual networks that add nothing.
std::vector<float> first_parameters(const ParameterLayout& layout, const Preparation& preparation,
                                    const Options& options) {
  std::vector<float> out(layout.size(), 0.0f);
  const auto put = [&](const char* name, const std::vector<float>& values) {
    std::copy(values.begin(), values.end(),
              out.begin() + static_cast<std::ptrdiff_t>(layout.group(name).offset));
  };
  put("cell.input.weight", preparation.basis);
  put("text.input.weight", preparation.text_map.weight);
  for (const char* name : {"cell.hidden.weight", "text.hidden.weight"}) {
    const auto& group = layout.group(name);
    const double deviation = 1 / std::sqrt(static_cast<double>(group.rows));
    RandomStream random(options.seed, group.offset);
    for (std::size_t i = 0; i < group.size(); ++i)
      out[group.offset + i] = static_cast<float>(deviation * random.normal());
  }
  out[layout.log_scale()] = static_cast<float>(std::log(options.temperature));
  return out;
}

class Trainer {
 public:
  Trainer(const PairsFolder& pairs, const Selection& selection, const Scales& scales,
          const TextFeatures& features, const Preparation& preparation, std::string encoder,
          const Options& options, const fs::path& folder, Exchange& exchange,
          const Context& context)
      : pairs_(pairs),
        preparation_(preparation),
        encoder_(std::move(encoder)),
        options_(options),
        folder_(folder),
        exchange_(exchange),
        context_(context),
        augmentation_(pairs, selection, scales, preparation, options.augmentation),
        batches_(pairs, selection, preparation, features, augmentation_, options),
        layout_({preparation.choice.size(), options.dimension, options.hidden},
                {features.dimension(), options.dimension, options.hidden}) {}

  Expected<TrainingResult> run() {
    CELLOQUY_CHECK(agreed(begin(), exchange_));
    const std::size_t first_step = state_.step;
    while (state_.step < options_.steps) {
      const Status done = step();
      if (!done) {
        // A cancelled step is undone by doing it again: the state is the one before it.
        if (done.error().code == ErrorCode::cancelled) CELLOQUY_CHECK(save());
        return tl::make_unexpected(done.error());
      }
      CELLOQUY_CHECK(agreed(keep(), exchange_));
      context_.report("training",
                      static_cast<double>(state_.step) / static_cast<double>(options_.steps));
    }
    return finish(first_step);
  }

 private:
  Status begin() {
    Hasher hasher;
    hasher.text(preparation_.key).text(to_json(options_).dump());
    run_ = hasher.hex();
    CELLOQUY_TRY(auto found, read_checkpoint(folder_ / "checkpoint.clq", run_, layout_.size()));
    if (found)
      state_ = std::move(*found);
    else
      state_.parameters = first_parameters(layout_, preparation_, options_);
    if (exchange_.rank() == 0) {
      CELLOQUY_TRY(log_, TrainingLog::open(folder_ / "log.jsonl", state_.step));
      if (!log_->entries().empty()) seconds_before_ = log_->entries().back().seconds;
    }
    started_ = std::chrono::steady_clock::now();
    return {};
  }

  Status step() {
    const auto items = batches_.choose(state_.step, exchange_.size());
    Status made = batches_.make(state_.step, items, exchange_.rank(), exchange_.size(),
                                /*augment=*/true, batch_, context_);
    if (made && context_.cancelled()) made = cancelled_error();
    CELLOQUY_CHECK(agreed(made, exchange_));
    const auto result = evaluate(layout_, state_.parameters, batch_.cells, batch_.texts,
                                 batch_.weights, exchange_, pass_, gradient_, context_);
    // Loops that were cancelled half-way leave numbers without meaning.
    CELLOQUY_CHECK(agreed(context_.cancelled() ? Status(cancelled_error()) : Status{}, exchange_));
    Context whole = context_;
    whole.cancellation = nullptr;  // an update is done wholly or not at all
    update(layout_, options_.optimizer, state_.step, options_.steps, gradient_, state_.parameters,
           state_.moments, whole);
    float& log_scale = state_.parameters[layout_.log_scale()];
    log_scale = std::min(log_scale, static_cast<float>(std::log(100.0)));  // as in CLIP
    ++state_.step;
    last_ = {state_.step,
             result.loss,
             std::exp(static_cast<double>(log_scale)),
             rate_factor(state_.step - 1, options_.steps, options_.optimizer.warm_up),
             result.cells_to_texts,
             result.texts_to_cells,
             seconds_before_ + seconds()};
    if (!std::isfinite(result.loss))
      return failure(ErrorCode::cannot_answer, "training.diverged", {{"step", state_.step}});
    return {};
  }

  /// Log line and checkpoint, where they are due.
  Status keep() {
    const bool last = state_.step == options_.steps;
    if (exchange_.rank() == 0 && (last || state_.step % options_.log_every == 0))
      CELLOQUY_CHECK(log_->add(last_));
    if (last || state_.step % options_.checkpoint_every == 0) CELLOQUY_CHECK(save());
    return {};
  }

  Status save() {
    if (exchange_.rank() > 0) return {};
    return write_checkpoint(folder_ / "checkpoint.clq", run_, state_);
  }

  /// Both directions over fresh batches that nothing random was done to.
  Expected<double> retrieval(const std::vector<float>& parameters) {
    double sum = 0;
    for (std::size_t i = 0; i < measured_batches; ++i) {
      const auto items = batches_.choose(options_.steps + i, 1);
      CELLOQUY_CHECK(
          batches_.make(options_.steps + i, items, 0, 1, /*augment=*/false, batch_, context_));
      forward(layout_.cell_tower(parameters.data()), batch_.cells, pass_.cell, context_);
      forward(layout_.text_tower(parameters.data()), batch_.texts, pass_.text, context_);
      const auto result = contrastive_loss(items.size(), options_.dimension,
                                           pass_.cell.vector.data(), pass_.text.vector.data(),
                                           static_cast<double>(parameters[layout_.log_scale()]),
                                           batch_.weights.data(), pass_.loss, context_);
      sum += (result.cells_to_texts + result.texts_to_cells) / 2;
    }
    if (context_.cancelled()) return cancelled_error();
    return sum / static_cast<double>(measured_batches);
  }

  Expected<TrainingResult> finish(std::size_t first_step) {
    TrainingResult out;
    out.first_step = first_step;
    Status written;
    if (exchange_.rank() == 0) written = write_result(out);
    CELLOQUY_CHECK(agreed(written, exchange_));
    return out;
  }

  Status write_result(TrainingResult& out) {
    out.last = mean_of_last();
    CELLOQUY_TRY(out.retrieval.exact, retrieval(state_.parameters));
    CELLOQUY_TRY(out.retrieval.quantized,
                 retrieval(with_quantized_matrix(layout_, state_.parameters)));
    out.retrieval.rows = measured_batches * (options_.profiles + options_.gene_sets);
    out.quantized = out.retrieval.worth_quantizing();
    CELLOQUY_CHECK(log_->write_plot(folder_ / "log.svg"));
    return write_towers(folder_, pairs_, preparation_, layout_, state_.parameters, encoder_,
                        out.quantized, about(out));
  }

  LogEntry mean_of_last() const {
    const auto& entries = log_->entries();
    const std::size_t n = entries.size(), count = std::max<std::size_t>(1, n / 10);
    LogEntry mean = entries.back();
    mean.loss = mean.cells_to_texts = mean.texts_to_cells = 0;
    for (std::size_t i = n - count; i < n; ++i) {
      mean.loss += entries[i].loss / static_cast<double>(count);
      mean.cells_to_texts += entries[i].cells_to_texts / static_cast<double>(count);
      mean.texts_to_cells += entries[i].texts_to_cells / static_cast<double>(count);
    }
    return mean;
  }

  nlohmann::ordered_json about(const TrainingResult& result) const {
    nlohmann::ordered_json families, sources = nlohmann::ordered_json::array();
    for (const auto& family : pairs_.index().families) families[family.name] = 0;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      auto& count = families[pairs_.family(pairs_[i]).name];
      count = count.get<std::size_t>() + 1;
    }
    for (const auto& source : pairs_.index().sources)
      sources.push_back({{"source", source.name}, {"licence", source.licence}});
    return {{"training",
             {{"options", to_json(options_)},
              {"run", run_},
              {"loss", result.last.loss},
              {"temperature", result.last.temperature},
              {"cells_to_texts", result.last.cells_to_texts},
              {"texts_to_cells", result.last.texts_to_cells}}},
            {"retrieval",
             {{"rows", result.retrieval.rows},
              {"float", result.retrieval.exact},
              {"8_bit", result.retrieval.quantized}}},
            {"pairs",
             {{"fingerprint", pairs_.fingerprint()},
              {"sources_hash", pairs_.index().sources_hash},
              {"families", families}}},
            {"sources", sources}};
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

  const PairsFolder& pairs_;
  const Preparation& preparation_;
  const std::string encoder_;
  const Options& options_;
  const fs::path& folder_;
  Exchange& exchange_;
  const Context& context_;
  Augmentation augmentation_;
  BatchMaker batches_;
  ParameterLayout layout_;
  std::string run_;
  State state_;
  std::optional<TrainingLog> log_;  // of process 0
  LogEntry last_;
  double seconds_before_ = 0;
  std::chrono::steady_clock::time_point started_;
  Batch batch_;
  ObjectivePass<float> pass_;
  std::vector<float> gradient_;
};

}  // namespace

Expected<TrainingResult> train(const PairsFolder& pairs, language::TextEncoder& encoder,
                               const Scales& scales, const Options& options, const fs::path& folder,
                               Exchange& exchange, const Context& context) {
  CELLOQUY_CHECK(check(options));
  if (options.profiles % exchange.size() != 0 || options.gene_sets % exchange.size() != 0)
    return failure(ErrorCode::usage, "training.uneven",
                   {{"profiles", options.profiles},
                    {"sets", options.gene_sets},
                    {"processes", exchange.size()}});
  // Held to the end: two trainings in one folder would write over each other.
  std::optional<workspace::FileLock> lock;
  const auto take_lock = [&]() -> Status {
    if (!workspace::make_folders(folder.string()))
      return failure(ErrorCode::unusable_input, "workspace.no_folder", {{"path", folder.string()}});
    CELLOQUY_TRY(auto taken, workspace::FileLock::take((folder / "lock").string()));
    lock.emplace(std::move(taken));
    return {};
  };
  CELLOQUY_CHECK(agreed(exchange.rank() == 0 ? take_lock() : Status{}, exchange));

  CELLOQUY_TRY(const Selection selection, select_pairs(pairs, options));
  CELLOQUY_TRY(const TextFeatures features, first_alone(exchange, [&] {
                 return TextFeatures::prepare(pairs, selection.texts, encoder,
                                              folder / "texts.records", context);
               }));
  CELLOQUY_TRY(const Preparation preparation, first_alone(exchange, [&] {
                 return prepare(pairs, selection, scales, features, encoder.identity(), options,
                                folder, context);
               }));
  return Trainer(pairs, selection, scales, features, preparation, std::string(encoder.identity()),
                 options, folder, exchange, context)
      .run();
}

}  // namespace celloquy::training
