// The bytes of a .npy file, as NumPy's format description has them.

#include "export/npy.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "workspace/atomic_file.hpp"

namespace celloquy::exports {
namespace {

TEST(Npy, HoldsHeaderAndRowsInOrder) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("celloquy-npy-" + std::to_string(getpid()));
  const auto path = (folder / "a.npy").string();
  constexpr std::size_t rows = 5000, columns = 3;  // more than is written at a time
  const auto status =
      write_npy(path, rows, columns, [](std::size_t begin, std::size_t end, std::span<float> out) {
        for (std::size_t i = begin; i < end; ++i)
          for (std::size_t j = 0; j < columns; ++j)
            out[(i - begin) * columns + j] = static_cast<float>(10 * i + j);
      });
  ASSERT_TRUE(status) << status.error().message.en;
  const auto bytes = workspace::read_file(path).value();
  std::filesystem::remove_all(folder);
  ASSERT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[8])) +
                      256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]));
  EXPECT_EQ((10 + length) % 64, 0u);
  EXPECT_NE(bytes.find("'shape': (5000, 3)"), std::string::npos);
  ASSERT_EQ(bytes.size(), 10 + length + rows * columns * sizeof(float));
  std::vector<float> values(rows * columns);
  std::memcpy(values.data(), bytes.data() + 10 + length, bytes.size() - 10 - length);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      ASSERT_EQ(values[i * columns + j], static_cast<float>(10 * i + j));
}

TEST(Npy, RefusesAPathThatCannotBeWritten) {
  EXPECT_FALSE(write_npy("/dev/null/a.npy", 1, 1,
                         [](std::size_t, std::size_t, std::span<float> out) { out[0] = 1; }));
}

}  // namespace
}  // namespace celloquy::exports
