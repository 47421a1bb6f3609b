// Users, their rights, logging in.

#include <sys/stat.h>

#include <fstream>

#include "fixture.hpp"
#include "server/access/users.hpp"

namespace celloquy::server::test {
namespace {

class UsersTest : public ServerTest {
 protected:
  void prepare() override {
    write_study(folder / "data" / "private.h5ad");
    users = (folder / "users.json").string();
    const std::map<std::string, std::map<std::string, Right>> all = {
        {"vera", {{"cells", Right::view}}},
        {"anna", {{"cells", Right::annotate}}},
        {"ali", {{"cells", Right::analyse}}},
        {"olga", {{"*", Right::own}}},
        {"nobody", {}}};
    for (const auto& [name, rights] : all)
      ASSERT_TRUE(Users::set(users, name, "password of " + name, rights));
    options.users = users;
    options.trusted_header = "X-Remote-User";
  }
  Client logged_in(const std::string& name) {
    const Client plain{client.port, ""};
    const auto answer = plain.post("/login", {{"name", name}, {"password", "password of " + name}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string cookie = answer.headers.at("set-cookie");
    const auto begin = cookie.find('=') + 1;
    return {client.port, cookie.substr(begin, cookie.find(';') - begin)};
  }
  std::string users;
};

TEST_F(UsersTest, PasswordsAreHashedAndTheFileIsPrivate) {
  std::string text;
  {
    std::ifstream in(users);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_NE(text.find("$argon2id$"), std::string::npos);
  EXPECT_EQ(text.find("password of"), std::string::npos);
  struct stat facts {};
  ASSERT_EQ(stat(users.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 077, 0u);
  chmod(users.c_str(), 0644);
  EXPECT_FALSE(Users::load(users));
  EXPECT_FALSE(Users::set(users, "x", "short", {}));
}

TEST_F(UsersTest, RightsAreKept) {
  const Client vera = logged_in("vera"), anna = logged_in("anna"), ali = logged_in("ali"),
               olga = logged_in("olga"), nobody = logged_in("nobody");
  EXPECT_EQ(vera.get("/studies").document()["studies"].size(), 1u);
  EXPECT_EQ(nobody.get("/studies").document()["studies"].size(), 0u);
  EXPECT_EQ(olga.get("/studies").document()["studies"].size(), 2u);
  EXPECT_EQ(vera.get("/studies/cells").status, 200);
  EXPECT_EQ(vera.get("/studies/private").status, 404);  // as if it were not there
  EXPECT_EQ(vera.get("/studies/private/genes/CD3D").status, 404);
  EXPECT_EQ(vera.get("/studies/private/events").status, 404);
  EXPECT_EQ(nobody.get("/studies/cells").status, 404);
  EXPECT_EQ(olga.get("/studies/private").status, 200);
  const json selection = {{"field", "cell_type"}, {"values", {"B cells"}}};
  EXPECT_EQ(vera.post("/studies/cells/selections/a", selection, "PUT").status, 403);
  EXPECT_EQ(anna.post("/studies/cells/selections/a", selection, "PUT").status, 200);
  EXPECT_EQ(anna.post("/studies/cells/ask", {{"question", "How many cells?"}}).status, 403);
  EXPECT_EQ(anna.post("/studies/cells/history", {{"action", "undo"}}).status, 403);
  EXPECT_FALSE(
      ali.stream("/studies/cells/ask", {{"question", "How many cells are there?"}}).empty());
  EXPECT_EQ(ali.request("POST", "/api/v1/studies?name=a.csv", "x").status, 403);
  EXPECT_EQ(ali.request("DELETE", "/api/v1/studies/cells").status, 403);
  EXPECT_EQ(olga.request("POST", "/api/v1/studies?name=a.csv", "x").status, 422);
  EXPECT_EQ(vera.get("/me").document()["session"], "vera");
}

TEST_F(UsersTest, WrongPasswordsAreRefusedAndSlowedDown) {
  const Client plain{client.port, ""};
  int limited = 0;
  for (int i = 0; i < 8; ++i) {
    const auto answer =
        plain.post("/login", {{"name", "vera"}, {"password", "guess " + std::to_string(i)}});
    EXPECT_TRUE(answer.status == 401 || answer.status == 429);
    limited += answer.status == 429;
  }
  EXPECT_EQ(limited, 3);
  EXPECT_EQ(plain.post("/login", {{"name", "vera"}, {"password", "password of vera"}}).status, 429);
}

TEST_F(UsersTest, LoggingOutEndsIt) {
  const Client vera = logged_in("vera");
  EXPECT_EQ(vera.get("/me").status, 200);
  EXPECT_EQ(vera.post("/logout", json::object()).status, 204);
  EXPECT_EQ(vera.get("/me").status, 401);
}

TEST_F(UsersTest, TheProxysHeaderIsBelievedFromTheProxyOnly) {
  const Client plain{client.port, ""};
  EXPECT_EQ(plain.get("/me", {"X-Remote-User: vera"}).status, 200);  // 127.0.0.1 is trusted
  EXPECT_EQ(plain.get("/me", {"X-Remote-User: unknown"}).status, 401);
  options.trusted_from = {"192.0.2.1"};
  start();
  EXPECT_EQ(Client({client.port, ""}).get("/me", {"X-Remote-User: vera"}).status, 401);
}

}  // namespace
}  // namespace celloquy::server::test
