#pragma once
// Who may do what: a file of users with passwords and rights.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace celloquy::server {

/// Each includes the ones before it.
enum class Right { none, view, annotate, analyse, own };
std::string_view name(Right right);
std::optional<Right> right_named(std::string_view name);

struct User {
  std::string name;
  std::string password;                 ///< libsodium's string: argon2id with salt and costs
  std::map<std::string, Right> rights;  ///< by study id; "*": all others
  Right on(const std::string& study) const;
};

/// {"users":[{"name","password","rights":{"*":"view","pbmc":"own"}}]}, mode 0600.
class Users {
 public:
  /// Errors: not readable, not such a file; readable by others is refused too.
  static Expected<Users> load(const std::string& path);
  /// Adds the user or gives a new password; an empty file is made where there is none.
  static Status set(const std::string& path, const std::string& user, const std::string& password,
                    const std::map<std::string, Right>& rights);

  const User* find(const std::string& name) const;
  /// Takes the same time for unknown users. About 0.1 s and 64 MiB.
  bool verify(const std::string& name, const std::string& password) const;

 private:
  std::map<std::string, User> users_;
};

/// A random text of 256 bits, letters and digits.
std::string random_secret();
/// Compares in a time that does not depend on where they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace celloquy::server
