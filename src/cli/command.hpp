#pragma once
// What every command shares: its settings, where output goes, how it ends.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/context.hpp"

namespace celloquy::tools {
struct Finding;
}

namespace celloquy::cli {

/// The options that every command takes.
struct Settings {
  bool json = false;
  unsigned threads = 0;   ///< 0: one a core
  std::string workspace;  ///< empty: beside the file
  std::string language;   ///< "en", "zh", empty: of the question or the environment
};

/// --lang, else the locale of the environment.
Language interface_language(const Settings& settings);

/// One JSON document on stdout.
void print_json(const nlohmann::json& document);

/// Says what is wrong and what to do, on stderr or as {"error":…} on stdout;
/// returns the exit status.
int report_error(const Error& error, const Settings& settings);

/// Values and tables of a finding as tab-separated text or JSON, or its error;
/// returns the exit status.
int report_finding(const Expected<tools::Finding>& finding, const Settings& settings);

/// Threads, Ctrl-C as cancellation, and a progress line on a terminal.
class Session {
 public:
  explicit Session(const Settings& settings);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  const Context& context() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct InfoCommand {
  std::string file;
};
struct RunCommand {
  std::string file, out;
  bool timings = false;
};
struct AskCommand {
  std::string file, question, session = "default";
  bool fresh = false;
};
struct AnnotateCommand {
  std::string file, cells, by, labels;
};
struct ExportCommand {
  std::string file, out, session = "default";
  std::string kind;                   ///< h5ad, cellxgene, tables, figures, code, report
  std::string code;                   ///< scanpy, seurat, notebook
  std::vector<std::string> searches;  ///< texts whose scores become columns
};
struct ToolCommand {
  std::string file, tool, session = "default";
  std::vector<std::string> arguments;  ///< name=value
};
int info(const InfoCommand& command, const Settings& settings);
int run(const RunCommand& command, const Settings& settings);
int ask(const AskCommand& command, const Settings& settings);
int annotate(const AnnotateCommand& command, const Settings& settings);
int export_results(const ExportCommand& command, const Settings& settings);
int tool(const ToolCommand& command, const Settings& settings);

}  // namespace celloquy::cli
