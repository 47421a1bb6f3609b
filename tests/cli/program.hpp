#pragma once
// Runs the real program as a user would, and generates small files to run it on.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace celloquy::test {

struct Outcome {
  int status = -1;
  std::string out, err;
  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// A folder of its own for one test, removed at the end; the caches of the
/// program are kept inside it.
class Sandbox {
 public:
  Sandbox() {
    char name[] = "/tmp/celloquy_test_XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~Sandbox() { std::filesystem::remove_all(folder_); }
  const std::filesystem::path& folder() const { return folder_; }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  Outcome run(const std::vector<std::string>& arguments,
              const std::string& environment = "") const {
    std::string command = "LC_ALL=C " + environment + " " + quoted(CELLOQUY_PROGRAM);
    for (const auto& argument : arguments) command += " " + quoted(argument);
    command += " >" + quoted(path("stdout")) + " 2>" + quoted(path("stderr")) + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            slurp(folder_ / "stdout"), slurp(folder_ / "stderr")};
  }

 private:
  std::filesystem::path folder_;
};

/// cells × genes counts as CSV: three kinds of cells (T, B, monocyte) with their
/// markers among background genes. The same file for the same arguments.
inline void write_blood_csv(const std::string& path, int n_cells, int n_background = 300) {
  const std::vector<std::vector<std::string>> markers = {
      {"CD3D", "CD3E", "CD3G", "TRAC", "IL7R", "CD2", "TRBC1", "LCK", "CD5", "LTB"},
      {"CD79A", "CD79B", "MS4A1", "CD19", "BANK1", "CD74", "HLA-DRA", "TCL1A", "IGHM", "CD22"},
      {"LYZ", "CD14", "S100A8", "S100A9", "FCN1", "VCAN", "CST3", "MNDA", "CTSS", "TYROBP"}};
  std::ofstream out(path);
  out << "cell";
  for (const auto& set : markers)
    for (const auto& gene : set) out << ',' << gene;
  for (const char* gene : {"MT-CO1", "MT-ND1", "RPL13", "RPS6", "HBB"}) out << ',' << gene;
  const std::vector<std::string> housekeeping = {
      "ACTB", "GAPDH", "B2M",  "TMSB4X", "EEF1A1",  "EEF2", "TPT1",     "FTL",  "FTH1",  "PFN1",
      "CFL1", "MYL6",  "UBC",  "UBA52",  "HNRNPA1", "NACA", "BTF3",     "EIF1", "ENO1",  "PKM",
      "LDHA", "TPI1",  "PGK1", "ALDOA",  "YWHAZ",   "PPIA", "HSP90AB1", "NPM1", "SERF2", "OAZ1"};
  for (const auto& gene : housekeeping) out << ',' << gene;
  for (int g = 0; g < n_background; ++g) out << ",LINC" << 10000 + g;
  out << '\n';
  const auto count = [](RandomStream& random, double mean) {
    // Geometric counts: overdispersed, integer, simple.
    int n = 0;
    while (random.uniform() < mean / (1 + mean) && n < 500) ++n;
    return n;
  };
  for (int cell = 0; cell < n_cells; ++cell) {
    RandomStream random(7, cell);
    const int type = cell % 3;
    out << "CELL" << cell;
    for (int set = 0; set < 3; ++set)
      for (std::size_t g = 0; g < markers[set].size(); ++g)
        out << ',' << count(random, set == type ? 6 : 0.1);
    for (const double mean : {3.0, 2.0, 8.0, 8.0, 0.05}) out << ',' << count(random, mean);
    for (std::size_t g = 0; g < housekeeping.size(); ++g) out << ',' << count(random, 15);
    for (int g = 0; g < n_background; ++g) out << ',' << count(random, 0.8);
    out << '\n';
  }
}

}  // namespace celloquy::test
