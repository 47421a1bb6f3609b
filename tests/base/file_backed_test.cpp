// Large buffers in files.

#include "base/file_backed.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/buffer.hpp"

namespace celloquy {
namespace {

constexpr std::size_t large = std::size_t{64} << 20;

/// A field of /proc/self/status in bytes.
std::size_t memory(const std::string& field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(field))
      return static_cast<std::size_t>(std::atoll(line.c_str() + field.size() + 1)) * 1024;
  return 0;
}

Buffer<unsigned char> filled() {
  Buffer<unsigned char> made(large);
  for (std::size_t i = 0; i < large; ++i) made[i] = static_cast<unsigned char>(i * 31 >> 8);
  return made;
}
bool intact(const Buffer<unsigned char>& buffer) {
  for (std::size_t i = 0; i < large; ++i)
    if (buffer[i] != static_cast<unsigned char>(i * 31 >> 8)) return false;
  return true;
}

TEST(FileBackedBuffers, HoldWhatWasWrittenAndLeaveTheMemory) {
  const auto folder = std::filesystem::path(CELLOQUY_BINARY_DIR) / "file_backed_test";
  std::filesystem::create_directories(folder);
  Buffer<unsigned char> held;
  const std::size_t before = memory("RssAnon:");
  {
    const FileBackedBuffers scope(folder.string());
    held = filled();
  }
  EXPECT_LT(memory("RssAnon:"), before + large / 2);
  EXPECT_TRUE(std::filesystem::is_empty(folder));  // it has no name
  const std::size_t full = memory("VmRSS:");
  FileBackedBuffers::release();
  EXPECT_LT(memory("VmRSS:"), full - large / 2);
  EXPECT_TRUE(intact(held));
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(intact(held));
}

TEST(FileBackedBuffers, AreMadeInMemoryWhereThereIsNoPlace) {
  const FileBackedBuffers scope("/nowhere/at/all");
  const auto held = filled();
  FileBackedBuffers::release();
  EXPECT_TRUE(intact(held));
}

}  // namespace
}  // namespace celloquy
