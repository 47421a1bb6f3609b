#pragma once
// A folder that is gone afterwards: evaluations leave no workspace behind.

#include <filesystem>
#include <string>

namespace celloquy::training {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace celloquy::training
