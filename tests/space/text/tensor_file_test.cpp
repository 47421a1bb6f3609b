#include "space/model/tensor_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "base/random.hpp"

namespace celloquy::space {
namespace {

std::filesystem::path write(const std::string& bytes) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("celloquy_tensor_" + std::to_string(getpid()) + ".safetensors");
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<long>(bytes.size()));
  return path;
}

std::string example() {
  static const std::vector<float> weights{1.5f, -2.0f, 3.25f};
  static const std::vector<std::int8_t> bytes{1, -1, 127, -127, 0};
  TensorWriter writer;
  writer.set_metadata("made", "by a test");
  writer.add<std::int8_t>("bytes", bytes, {5});
  writer.add<float>("weights", weights, {3, 1});
  return writer.bytes();
}

TEST(TensorFile, ReadsWhatWasWritten) {
  const auto file = TensorFile::read(write(example()));
  ASSERT_TRUE(file);
  const auto weights = file->array<float>("weights", 3);
  ASSERT_TRUE(weights);
  EXPECT_EQ((*weights)[2], 3.25f);
  const auto bytes = file->array<std::int8_t>("bytes");
  ASSERT_TRUE(bytes);
  EXPECT_EQ((*bytes)[3], -127);
  EXPECT_EQ(file->metadata("made"), "by a test");
  EXPECT_EQ(file->metadata("missing"), "");
  EXPECT_EQ(example(), example());
}

TEST(TensorFile, RefusesWhatIsNotThere) {
  const auto file = TensorFile::read(write(example()));
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->array<float>("bytes"));
  EXPECT_FALSE(file->array<float>("weights", 4));
  EXPECT_FALSE(file->array<float>("nothing"));
  const auto missing = TensorFile::read("/nowhere/pool.safetensors");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unusable_input);
}

TEST(TensorFile, DamageGivesAnErrorOrOtherNumbersButNoCrash) {
  const auto whole = example();
  for (std::size_t length = 0; length < whole.size(); ++length)
    if (const auto file = TensorFile::read(write(whole.substr(0, length))))
      file->array<float>("weights", 3);
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {'\x01', '\x20', '\x80'}) {
      auto damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      if (const auto file = TensorFile::read(write(damaged))) {
        file->array<float>("weights", 3);
        file->array<std::int8_t>("bytes");
      }
    }
  // A head that claims more than the file has.
  auto lying = whole;
  const std::uint64_t huge = ~std::uint64_t{0} - 7;
  std::memcpy(lying.data(), &huge, 8);
  EXPECT_FALSE(TensorFile::read(write(lying)));
}

}  // namespace
}  // namespace celloquy::space
