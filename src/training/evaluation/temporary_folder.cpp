#include "training/evaluation/temporary_folder.hpp"

#include <unistd.h>

#include <atomic>

namespace celloquy::training {

TemporaryFolder::TemporaryFolder() {
  static std::atomic<unsigned> number{0};
  path_ = std::filesystem::temp_directory_path() /
          ("celloquy-eval-" + std::to_string(getpid()) + "-" + std::to_string(number++));
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace celloquy::training
