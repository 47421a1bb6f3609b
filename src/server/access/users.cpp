#include "server/access/users.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include <array>
#include <nlohmann/json.hpp>

#include "workspace/atomic_file.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 5> right_names = {"none", "view", "annotate", "analyse",
                                                         "own"};
constexpr std::size_t longest_password = 1024;  // hashing megabytes would be an attack

bool sodium_ready() { return sodium_init() >= 0; }

std::string hashed(const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str(out.data(), password.data(), password.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return {};
  return out.data();
}

tl::unexpected<Error> unreadable(const std::string& path) {
  return failure(ErrorCode::usage, "server.users_file", {{"path", path}});
}

std::optional<User> parse_user(const json& entry) {
  if (!entry.is_object()) return std::nullopt;
  User user;
  const auto name = entry.find("name"), password = entry.find("password");
  if (name == entry.end() || !name->is_string() || password == entry.end() ||
      !password->is_string() || name->get_ref<const std::string&>().empty())
    return std::nullopt;
  user.name = *name;
  user.password = *password;
  const auto rights = entry.find("rights");
  if (rights == entry.end()) return user;
  if (!rights->is_object()) return std::nullopt;
  for (const auto& [study, right] : rights->items()) {
    const auto known = right.is_string() ? right_named(right.get<std::string>()) : std::nullopt;
    if (!known) return std::nullopt;
    user.rights[study] = *known;
  }
  return user;
}

Expected<json> read_document(const std::string& path) {
  const auto text = workspace::read_file(path, 16u << 20);
  if (!text) return unreadable(path);
  json document = json::parse(*text, nullptr, false);
  if (!document.is_object() || !document.contains("users") || !document["users"].is_array())
    return unreadable(path);
  return document;
}

}  // namespace

std::string_view name(Right right) { return right_names[static_cast<std::size_t>(right)]; }

std::optional<Right> right_named(std::string_view name) {
  for (std::size_t i = 0; i < right_names.size(); ++i)
    if (right_names[i] == name) return static_cast<Right>(i);
  return std::nullopt;
}

Right User::on(const std::string& study) const {
  if (const auto own = rights.find(study); own != rights.end()) return own->second;
  const auto all = rights.find("*");
  return all == rights.end() ? Right::none : all->second;
}

Expected<Users> Users::load(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return unreadable(path);
  if (facts.st_mode & (S_IRGRP | S_IROTH | S_IWGRP | S_IWOTH))
    return failure(ErrorCode::usage, "server.users_file_open", {{"path", path}});
  CELLOQUY_TRY(const json document, read_document(path));
  Users users;
  for (const auto& entry : document["users"]) {
    auto user = parse_user(entry);
    if (!user) return unreadable(path);
    users.users_[user->name] = *std::move(user);
  }
  if (!sodium_ready()) return failure(ErrorCode::internal, "base.internal", {{"what", "sodium"}});
  return users;
}

Status Users::set(const std::string& path, const std::string& user, const std::string& password,
                  const std::map<std::string, Right>& rights) {
  if (!sodium_ready()) return failure(ErrorCode::internal, "base.internal", {{"what", "sodium"}});
  if (user.empty() || password.size() < 8 || password.size() > longest_password)
    return failure(ErrorCode::usage, "server.password_length");
  json document = {{"users", json::array()}};
  if (struct stat facts{}; stat(path.c_str(), &facts) == 0) {
    CELLOQUY_TRY(document, read_document(path));
  }
  json entry = {{"name", user}, {"password", hashed(password)}, {"rights", json::object()}};
  if (entry["password"] == "")
    return failure(ErrorCode::internal, "base.internal", {{"what", "argon2: no memory"}});
  for (const auto& [study, right] : rights) entry["rights"][study] = name(right);
  json others = json::array();
  for (const auto& other : document["users"])
    if (!other.is_object() || other.value("name", "") != user) others.push_back(other);
  others.push_back(std::move(entry));
  document["users"] = std::move(others);
  const auto before = umask(0077);
  const Status written = workspace::write_file_atomically(path, document.dump(1) + "\n");
  umask(before);
  if (written) chmod(path.c_str(), 0600);
  return written;
}

const User* Users::find(const std::string& name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &found->second;
}

bool Users::verify(const std::string& name, const std::string& password) const {
  static const std::string nobody = hashed(random_secret());
  if (password.size() > longest_password) return false;
  const User* user = find(name);
  const std::string& stored = user ? user->password : nobody;
  const bool same = crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
  return same && user;
}

std::string random_secret() {
  if (!sodium_ready()) return {};
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)> out{};
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return out.data();
}

bool same_secret(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace celloquy::server
