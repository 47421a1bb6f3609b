// Several processes by MPI; compiled in with -DCELLOQUY_MPI=ON.

#ifdef CELLOQUY_MPI

#include <mpi.h>

#include <algorithm>

#include "training/exchange.hpp"

namespace celloquy::training {
namespace {

/// Messages are counted with an int.
constexpr std::size_t most_at_once = std::size_t{1} << 28;

class MpiExchange final : public Exchange {
 public:
  MpiExchange() {
    int rank = 0, size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    rank_ = static_cast<std::size_t>(rank);
    size_ = static_cast<std::size_t>(size);
  }
  ~MpiExchange() override { MPI_Finalize(); }

  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }

  void gather(const void* own, std::size_t bytes, void* all) override {
    MPI_Allgather(own, static_cast<int>(bytes), MPI_BYTE, all, static_cast<int>(bytes), MPI_BYTE,
                  MPI_COMM_WORLD);
  }
  void sum(std::span<float> values) override { sum_all(values, MPI_FLOAT); }
  void sum(std::span<double> values) override { sum_all(values, MPI_DOUBLE); }
  bool any(bool value) override {
    int one = value, result = 0;
    MPI_Allreduce(&one, &result, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
    return result != 0;
  }

 private:
  /// The sum is formed in process 0 and sent out: a reduction to all may give each
  /// process sums of another order, and parameters would drift apart.
  template <class T>
  void sum_all(std::span<T> values, MPI_Datatype type) {
    for (std::size_t at = 0; at < values.size(); at += most_at_once) {
      const int count = static_cast<int>(std::min(most_at_once, values.size() - at));
      T* part = values.data() + at;
      MPI_Reduce(rank_ == 0 ? MPI_IN_PLACE : part, part, count, type, MPI_SUM, 0, MPI_COMM_WORLD);
      MPI_Bcast(part, count, type, 0, MPI_COMM_WORLD);
    }
  }

  std::size_t rank_ = 0, size_ = 1;
};

}  // namespace

std::unique_ptr<Exchange> all_processes() {
  int started = 0, thread_level = 0;
  MPI_Initialized(&started);
  // Only the thread that steps talks to the other processes.
  if (!started) MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &thread_level);
  return std::make_unique<MpiExchange>();
}

}  // namespace celloquy::training

#endif
