#pragma once
// Files of one JSON object a line, read as a stream.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "base/expected.hpp"
#include "base/hashing.hpp"

namespace celloquy::training {

/// The error that a line of `path` (counted from 1) is not as it should be.
tl::unexpected<Error> unusable_line(const std::filesystem::path& path, std::uint64_t line,
                                    const Text& reason);

/// Calls visit(line number from 1, object) for each line and stops at the first
/// error; every line is added to `hasher` unless it is null. Errors: the file
/// cannot be read, a line is no object or longer than 16 MiB.
Status for_each_json_line(
    const std::filesystem::path& path, Hasher* hasher,
    const std::function<Status(std::uint64_t line, const nlohmann::json& object)>& visit);

}  // namespace celloquy::training
