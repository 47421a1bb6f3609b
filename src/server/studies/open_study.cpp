#include "server/studies/open_study.hpp"

#include <algorithm>
#include <optional>

#include "analysis/group_summary/group_summary.hpp"
#include "base/file_backed.hpp"

namespace celloquy::server {
namespace {

constexpr std::size_t most_conversations = 64;

std::uint64_t bytes_of(const Column& column) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column)) return texts->size() * 40;
  return length(column) * 8;
}

std::uint64_t bytes_of(const DataFrame& frame) {
  std::uint64_t out = frame.index.size() * 48;
  for (const auto& [name, column] : frame.columns) out += bytes_of(column);
  return out;
}

/// What the page colours by: the log-normalised value, as the tools have it. Where
/// the numbers allow no analysis (scaled, unknown) they are shown as they are.
Expected<tools::Shared<Normalization>> normalization_of_file(tools::Pipeline& pipeline,
                                                             const Dataset& data) {
  CELLOQUY_TRY(const tools::Values kind, pipeline.values());
  Normalization made;
  if (kind == tools::Values::counts) {
    CELLOQUY_TRY(const auto metrics, pipeline.quality_of_file());
    made.kind = Normalization::Kind::log1p;
    for (const double total : metrics->total_counts)
      made.scale.push_back(total > 0 ? static_cast<float>(pipeline.options().target_sum / total)
                                     : 0.0f);
  } else if (kind == tools::Values::normalized) {
    made.kind = Normalization::Kind::log1p;
    made.scale.assign(data.n_cells(), 1.0f);
  }
  return std::make_shared<const Normalization>(std::move(made));
}

std::vector<float> of_kept(const Snapshot& snapshot, std::vector<float> all) {
  if (snapshot.all_cells) return all;
  std::vector<float> out;
  out.reserve(snapshot.n_kept());
  for (const auto cell : snapshot.cells->kept) out.push_back(all[cell]);
  return out;
}

}  // namespace

void OpenStudy::close() {
  closing_.cancel();
  for (const auto& conversation : conversations()) conversation->cancel_all();
}

std::shared_ptr<const Dataset> OpenStudy::data() const {
  std::lock_guard lock(mutex_);
  return data_;
}

std::shared_ptr<Conversation> OpenStudy::known_conversation(const std::string& session) const {
  std::lock_guard lock(mutex_);
  const auto found = conversations_.find(session);
  return found == conversations_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Conversation>> OpenStudy::conversations() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Conversation>> out;
  for (const auto& [name, conversation] : conversations_) out.push_back(conversation);
  return out;
}

Expected<std::shared_ptr<Conversation>> OpenStudy::conversation(
    const std::string& session, const std::shared_ptr<EventHub>& hub, Language language) {
  touch();
  if (auto known = known_conversation(session)) return known;
  std::lock_guard opening(opening_);
  if (auto known = known_conversation(session)) return known;
  ProgressEvents progress(nullptr, *hub, language);
  Context context;
  context.threads = &machine_.threads;
  context.progress = &progress;
  context.cancellation = &closing_;
  const bool first = data() == nullptr;
  if (first) hub->tell("study", {{"id", served_.id}, {"status", "opening"}});
  const auto refuse = [&](const Error& error) {
    auto event = error_json(error, language);
    event["id"] = served_.id;
    event["status"] = "failed";
    hub->tell("study", event);
    return tl::make_unexpected(error);
  };
  auto study =
      workspace::Study::open(served_.path, {served_.workspace, session, false, false}, context);
  if (!study) return refuse(study.error());
  if (!first) (*study)->use_dataset(data());
  auto made = std::make_shared<Conversation>(*std::move(study), hub, machine_);
  {
    // Many look at a few genes of a study; its matrix is read again only for an analysis.
    std::optional<FileBackedBuffers> on_disk;
    if (first) on_disk.emplace(made->folder());
    if (const auto ready = made->prepare(context); !ready) return refuse(ready.error());
  }
  {
    std::lock_guard lock(mutex_);
    if (first) data_ = made->shared_dataset();
    // Places in the history are on disk: what nobody uses can be taken up again.
    while (conversations_.size() >= most_conversations) {
      const auto unused = std::find_if(conversations_.begin(), conversations_.end(),
                                       [](const auto& one) { return one.second->idle(); });
      if (unused == conversations_.end()) break;
      conversations_.erase(unused);
    }
    conversations_[session] = made;
  }
  if (first) {
    hub->tell("study", {{"id", served_.id}, {"status", "open"}});
    make_gene_columns(made);
  }
  return made;
}

void OpenStudy::make_gene_columns(const std::shared_ptr<Conversation>& by) {
  machine_.workers.run([self = shared_from_this(), by] {
    Context context;
    context.threads = &self->machine_.threads;
    context.cancellation = &self->closing_;
    // A job that came first may take long: then it is tried again after it.
    const auto done = by->with_study(context, "", "", [&](workspace::Study& study) {
      return self->make_gene_columns_of(study, context);
    });
    if (!done && !context.cancelled()) self->make_gene_columns(by);
  });
}

Status OpenStudy::make_gene_columns_of(workspace::Study& study, const Context& context) {
  const auto data = this->data();
  tools::Pipeline pipeline(study, context);
  auto made = normalization_of_file(pipeline, *data);
  const auto normalization =
      made ? *made : std::make_shared<const Normalization>();  // shown as they are in the file
  CELLOQUY_CHECK(pipeline.flush());
  const auto know = [&](std::shared_ptr<const GeneColumns> columns) {
    std::lock_guard lock(mutex_);
    normalization_ = normalization;
    genes_ = std::move(columns);
    normalized_.notify_all();
  };
  const std::string folder = study.folder() + "/columns";
  const std::string path = folder + "/" + study.fingerprint() + ".genes.clq";
  if (auto columns = GeneColumns::open(path, *data)) {
    know(std::move(columns));
    return {};
  }
  know(nullptr);
  CELLOQUY_TRY(const SparseMatrix by_gene, transposed(data->matrix.by_cell(), context));
  workspace::make_folders(folder);
  // Where there is no place for it, columns come from the matrix: slower, not wrong.
  CELLOQUY_CHECK(GeneColumns::write(path, by_gene, *normalization));
  know(GeneColumns::open(path, *data));
  return {};
}

bool OpenStudy::genes_ready() const {
  std::lock_guard lock(mutex_);
  return normalization_ != nullptr;
}

Expected<std::vector<float>> OpenStudy::gene_values(const Snapshot& snapshot, std::uint32_t gene) {
  touch();
  std::shared_ptr<const GeneColumns> genes;
  std::shared_ptr<const Normalization> normalization;
  {
    std::unique_lock lock(mutex_);
    normalized_.wait_for(lock, std::chrono::seconds(60),
                         [this] { return normalization_ != nullptr; });
    genes = genes_;
    normalization = normalization_;
  }
  if (!normalization) return failure(ErrorCode::cannot_answer, "server.genes_not_ready");
  if (genes && gene < genes->n_genes()) return of_kept(snapshot, genes->values(gene));
  Context context;
  context.threads = &machine_.threads;
  CELLOQUY_TRY(auto all, group_summary::gene_values({&snapshot.data->matrix, normalization.get()},
                                                    gene, context));
  return of_kept(snapshot, std::move(all));
}

std::uint64_t OpenStudy::bytes() const {
  const auto data = this->data();
  if (!data) return 0;
  std::uint64_t out = data->matrix.by_cell().bytes() + bytes_of(data->obs) + bytes_of(data->var);
  for (const auto& [name, block] : data->obsm) out += block.values.size() * sizeof(float);
  return out;
}

bool OpenStudy::idle() const {
  const auto all = conversations();
  return std::all_of(all.begin(), all.end(), [](const auto& one) { return one->idle(); });
}

std::chrono::steady_clock::time_point OpenStudy::last_used() const {
  std::lock_guard lock(mutex_);
  return used_;
}

void OpenStudy::touch() {
  std::lock_guard lock(mutex_);
  used_ = std::chrono::steady_clock::now();
}

}  // namespace celloquy::server
