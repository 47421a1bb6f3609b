#pragma once
// What training processes tell each other. One process is the usual case; with
// MPI (CELLOQUY_MPI) several share a batch.

#include <cstddef>
#include <memory>
#include <span>

namespace celloquy::training {

/// Every function is called by all processes, in the same order.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual std::size_t rank() const = 0;  ///< 0 … size() − 1
  virtual std::size_t size() const = 0;
  /// `bytes` of each process, one after another by rank, to all of them.
  virtual void gather(const void* own, std::size_t bytes, void* all) = 0;
  /// Each number becomes the sum over the processes, the same bits in all of them.
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  /// True in all processes when it is in one; also a place where all wait.
  virtual bool any(bool value) = 0;
};

std::unique_ptr<Exchange> one_process();

/// The processes that mpirun started; one_process() when this program was built
/// without MPI or started without mpirun. Once a program; ends with it.
std::unique_ptr<Exchange> all_processes();

}  // namespace celloquy::training
