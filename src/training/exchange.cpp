#include "training/exchange.hpp"

#include <cstring>

namespace celloquy::training {
namespace {

class OneProcess final : public Exchange {
 public:
  std::size_t rank() const override { return 0; }
  std::size_t size() const override { return 1; }
  void gather(const void* own, std::size_t bytes, void* all) override {
    std::memcpy(all, own, bytes);
  }
  void sum(std::span<float>) override {}
  void sum(std::span<double>) override {}
  bool any(bool value) override { return value; }
};

}  // namespace

std::unique_ptr<Exchange> one_process() { return std::make_unique<OneProcess>(); }

#ifndef CELLOQUY_MPI
std::unique_ptr<Exchange> all_processes() { return one_process(); }
#endif

}  // namespace celloquy::training
