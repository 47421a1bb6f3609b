// The vectorised loops against plain ones, on every instruction set of this machine; LZF;
// fingerprints.
#include <cmath>
#include <limits>

#include "io/hdf5/lzf.hpp"
#include "io/hdf5/unshuffle.hpp"
#include "io/input_file.hpp"
#include "io/value_store.hpp"
#include "support.hpp"

namespace celloquy::io {
namespace {

template <class F>
void on_each_instruction_set(F&& check) {
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > best_instruction_set()) continue;
    set_instruction_set(set);
    SCOPED_TRACE(std::string(name(set)));
    check();
  }
  set_instruction_set(best_instruction_set());
}

TEST(Kernels, ShuffleIsUndoneForAnyWidthAndLength) {
  on_each_instruction_set([] {
    for (const std::size_t width : {1, 2, 3, 4, 8, 16})
      for (std::size_t bytes = 0; bytes < 200; bytes += 7) {
        std::vector<std::uint8_t> plain(bytes), shuffled(bytes), out(bytes);
        for (std::size_t i = 0; i < bytes; ++i) plain[i] = static_cast<std::uint8_t>(i * 37 + 11);
        const std::size_t count = bytes / width;
        for (std::size_t i = 0; i < count; ++i)
          for (std::size_t b = 0; b < width; ++b) shuffled[b * count + i] = plain[i * width + b];
        std::copy(plain.begin() + static_cast<std::ptrdiff_t>(count * width), plain.end(),
                  shuffled.begin() + static_cast<std::ptrdiff_t>(count * width));
        hdf5::unshuffle(shuffled.data(), out.data(), bytes, width);
        EXPECT_EQ(out, plain) << width << " " << bytes;
      }
  });
}

template <class T>
void check_scan(NumberKind kind, const std::vector<T>& numbers, bool whole, Width width,
                std::size_t zeros) {
  const auto scan = scan_numbers(numbers.data(), kind, numbers.size());
  EXPECT_EQ(scan.whole, whole);
  EXPECT_EQ(width_needed(scan), width);
  EXPECT_EQ(scan.zeros, zeros);
}

TEST(Kernels, NumbersAreScannedAndNarrowed) {
  on_each_instruction_set([] {
    for (std::size_t length = 1; length < 70; ++length) {
      std::vector<float> reals(length, 1);
      std::vector<long long> integers(length, 0);
      check_scan(NumberKind::f32, reals, true, Width::bits8, 0);
      check_scan(NumberKind::i64, integers, true, Width::bits8, length);
      for (std::size_t odd = 0; odd < length; odd += 5) {
        for (const auto& [value, whole, width] :
             std::vector<std::tuple<float, bool, Width>>{{255.0f, true, Width::bits8},
                                                         {256.0f, true, Width::bits16},
                                                         {65536.0f, true, Width::bits32},
                                                         {3e9f, true, Width::bits32},
                                                         {0.5f, false, Width::real},
                                                         {-1.0f, true, Width::real},
                                                         {NAN, false, Width::real},
                                                         {INFINITY, false, Width::real},
                                                         {1e20f, false, Width::real},
                                                         {2.00001f, false, Width::bits8}}) {
          reals[odd] = value;
          check_scan(NumberKind::f32, reals, whole, width, 0);
        }
        reals[odd] = 1;
        for (const auto& [value, width] :
             std::vector<std::pair<long long, Width>>{{255, Width::bits8},
                                                      {70000, Width::bits32},
                                                      {-5, Width::real},
                                                      {4294967295LL, Width::bits32},
                                                      {4294967296LL, Width::real}}) {
          integers[odd] = value;
          check_scan(NumberKind::i64, integers, true, width, length - 1);
        }
        integers[odd] = 0;
      }
      auto stored = make_values(Width::bits16, length + 3);
      for (std::size_t i = 0; i < length; ++i) reals[i] = static_cast<float>(i * 1000 % 65536);
      store_numbers(reals.data(), NumberKind::f32, length, true, stored, 3);
      for (std::size_t i = 0; i < length; ++i)
        EXPECT_EQ(std::get<1>(stored)[i + 3], i * 1000 % 65536);
    }
  });
}

TEST(Kernels, IndicesAreNarrowedAndChecked) {
  on_each_instruction_set([] {
    for (std::size_t length = 1; length < 70; ++length) {
      std::vector<int> indices(length);
      std::vector<unsigned short> out(length);
      for (std::size_t i = 0; i < length; ++i) indices[i] = static_cast<int>(i * 3);
      EXPECT_EQ(CELLOQUY_DISPATCH(narrow_index(indices.data(), length, out.data())),
                (length - 1) * 3);
      EXPECT_TRUE(CELLOQUY_DISPATCH(ascending(out.data(), length)));
      for (std::size_t odd = 0; odd < length; ++odd) {
        const int kept = indices[odd];
        indices[odd] = -1;
        EXPECT_GT(CELLOQUY_DISPATCH(narrow_index(indices.data(), length, out.data())), 65535u);
        indices[odd] = kept;
        if (odd == 0) continue;
        indices[odd] = indices[odd - 1];
        CELLOQUY_DISPATCH(narrow_index(indices.data(), length, out.data()));
        EXPECT_FALSE(CELLOQUY_DISPATCH(ascending(out.data(), length)));
        indices[odd] = kept;
      }
    }
  });
}

TEST(Lzf, DecodesAndRefuses) {
  using hdf5::decode_lzf;
  const auto decode = [](std::vector<std::uint8_t> in, std::size_t bytes) {
    std::string out(bytes, '?');
    return decode_lzf(in.data(), in.size(), reinterpret_cast<std::uint8_t*>(out.data()), bytes)
               ? out
               : std::string("refused");
  };
  EXPECT_EQ(decode({2, 'a', 'b', 'c'}, 3), "abc");
  EXPECT_EQ(decode({2, 'a', 'b', 'c', 1 << 5, 2}, 6), "abcabc");  // 3 bytes from 3 back
  EXPECT_EQ(decode({0, 'a', 7 << 5, 1, 0}, 11), "aaaaaaaaaaa");   // overlapping, long form
  EXPECT_EQ(decode({2, 'a', 'b', 'c'}, 4), "refused");            // too short
  EXPECT_EQ(decode({2, 'a', 'b', 'c'}, 2), "refused");            // too long
  EXPECT_EQ(decode({2, 'a', 'b'}, 3), "refused");                 // cut off
  EXPECT_EQ(decode({0, 'a', 1 << 5, 1}, 4), "refused");           // before the start
  EXPECT_EQ(decode({0, 'a', 7 << 5}, 11), "refused");
}

TEST(Fingerprint, ChangesWithTheContentOnly) {
  const test::Folder folder;
  const auto of = [&](const std::string& path) {
    const auto file = open_input_file(path);
    return fingerprint(**file);
  };
  std::string content(3 << 20, 'a');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(mix64(i));
  const auto first = of(folder.write("a", content));
  EXPECT_EQ(first, of(folder.write("b", content)));
  EXPECT_NE(first, of(folder.write("c", content + "x")));
  auto changed = content;
  changed.back() ^= 1;
  EXPECT_NE(first, of(folder.write("d", changed)));
  changed = content;
  changed[100] ^= 1;
  EXPECT_NE(first, of(folder.write("e", changed)));
  // Small files are hashed whole.
  const std::string small(50000, 'x');
  for (std::size_t at = 0; at < small.size(); at += 997) {
    auto other = small;
    other[at] = 'y';
    EXPECT_NE(of(folder.write("f", small)), of(folder.write("g", other)));
  }
}

}  // namespace
}  // namespace celloquy::io
