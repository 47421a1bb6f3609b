#include "io/read.hpp"
#include "workspace/study_impl.hpp"

namespace celloquy::workspace {

Expected<const Dataset*> Study::dataset(const Context& context) {
  if (impl_->dataset) return impl_->dataset.get();
  CELLOQUY_TRY(auto dataset, read_dataset(impl_->path, context));
  // Compared after reading, so that a change during it is seen as well.
  CELLOQUY_TRY(const auto stamp, source_stamp(impl_->location));
  if (stamp != impl_->source.stamp) {
    CELLOQUY_TRY(const auto now, identify_source(impl_->location, context));
    if (now.fingerprint != impl_->source.fingerprint)
      return failure(ErrorCode::unusable_input, "workspace.file_changed", {{"path", impl_->path}});
    impl_->source.stamp = now.stamp;
  }
  dataset.fingerprint = impl_->source.fingerprint;
  impl_->dataset = std::make_shared<const Dataset>(std::move(dataset));
  return impl_->dataset.get();
}

std::shared_ptr<const Dataset> Study::shared_dataset() const { return impl_->dataset; }

bool Study::use_dataset(std::shared_ptr<const Dataset> dataset) {
  if (!dataset || dataset->fingerprint != impl_->source.fingerprint) return false;
  impl_->dataset = std::move(dataset);
  return true;
}

}  // namespace celloquy::workspace
