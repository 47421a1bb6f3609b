// The celloquy program. Each command is a function of cli/command.hpp.

#include <CLI/CLI.hpp>

#include <exception>

#include "cli/command.hpp"
#include "cli/eval.hpp"
#include "cli/serve.hpp"
#include "cli/space.hpp"

namespace {

using celloquy::Error;
using celloquy::ErrorCode;
using celloquy::cli::Settings;
using namespace celloquy::cli;

void add_common_options(CLI::App& command, Settings& settings) {
  command.add_flag("--json", settings.json, "one JSON document on stdout, progress on stderr");
  command.add_option("--threads", settings.threads, "worker threads (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command.add_option("--workspace", settings.workspace,
                     "folder for results and history (default: FILE.celloquy beside the file)");
  command.add_option("--lang", settings.language, "language of the output: en or zh")
      ->check(CLI::IsMember({"en", "zh"}));
}

const char* const file_help = "a file or folder of any supported format, or \"demo\"";

struct Program {
  CLI::App app{"Explore single-cell RNA-seq data by talking / 用对话探索单细胞 RNA 测序数据",
               "celloquy"};
  Settings settings;
  InfoCommand info;
  RunCommand run;
  AskCommand ask;
  AnnotateCommand annotate;
  ExportCommand export_results;
  ToolCommand tool;
  SearchCommand search;
  RetrieveCommand retrieve;
  EmbedCommand embed;
  TrainPoolCommand train_pool;
  ServeCommand serve;
  TrainTowersCommand train_towers;
  bool h5ad = false, cellxgene = false, tables = false, figures = false, report = false;
  int status = 0;

  Program() {
    app.require_subcommand(1);
    app.set_version_flag("--version", CELLOQUY_VERSION);
    add_info();
    add_run();
    add_ask();
    add_annotate();
    add_search();
    add_retrieve();
    add_embed();
    add_export();
    add_tool();
    add_serve();
    add_train();
    add_eval_commands(app, settings, status, add_common_options);
  }

  CLI::App* add(const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help);
    add_common_options(*command, settings);
    return command;
  }

  void add_info() {
    auto* c = add("info", "what is in a file: shape, input state, organism, columns");
    c->add_option("FILE", info.file, file_help)->required();
    c->callback([this] { status = celloquy::cli::info(info, settings); });
  }
  void add_run() {
    auto* c = add("run", "the standard analysis, to clusters, layout, markers and labels");
    c->add_option("FILE", run.file, file_help)->required();
    c->add_option("--out", run.out, "write an .h5ad with all results");
    c->add_flag("--timings", run.timings, "seconds, bytes and peak memory of each step");
    c->callback([this] { status = celloquy::cli::run(run, settings); });
  }
  void add_ask() {
    auto* c = add("ask", "ask a question in English or Chinese");
    c->add_option("FILE", ask.file, file_help)->required();
    c->add_option("QUESTION", ask.question, "a sentence")->required();
    c->add_option("--session", ask.session, "name of the conversation")->capture_default_str();
    c->add_flag("--fresh", ask.fresh, "start anew from the file");
    c->callback([this] { status = celloquy::cli::ask(ask, settings); });
  }
  void add_annotate() {
    auto* c = add("annotate", "name the cell types of clusters or of a column's groups");
    c->add_option("FILE", annotate.file, file_help)->required();
    c->add_option("--cells", annotate.cells, "write cell<TAB>label<TAB>probability… to this file");
    c->add_option("--by", annotate.by, "obs column whose groups are named (default: clusters)");
    c->add_option("--labels", annotate.labels,
                  "file of labels, one a line, in any words: each cell gets the most probable one");
    c->callback([this] {
      status = annotate.labels.empty() ? celloquy::cli::annotate(annotate, settings)
                                       : celloquy::cli::annotate_labels(annotate, settings);
    });
  }
  void add_search() {
    auto* c = add("search", "which cells are what a text says");
    c->add_option("FILE", search.file, file_help)->required();
    c->add_option("TEXT", search.text,
                  "a cell type, a description, or genes such as \"CD3D+ CD8A+\"")
        ->required();
    c->add_option("--scores", search.scores, "write cell<TAB>score<TAB>probability to this file");
    c->callback([this] { status = celloquy::cli::search(search, settings); });
  }
  void add_retrieve() {
    auto* c = add("retrieve", "a table of expression profiles against texts");
    c->add_option("PROFILES", retrieve.profiles, "genes x samples table, or any supported file")
        ->required();
    c->add_option("--texts", retrieve.texts, "file of texts, one a line")->required();
    c->add_option("--scores", retrieve.scores, "write samples x texts scores to this file");
    c->add_flag("--independent", retrieve.independent,
                "score each text by itself, whatever the other texts and samples are");
    c->callback([this] { status = celloquy::cli::retrieve(retrieve, settings); });
  }
  void add_embed() {
    auto* c = add("embed", "cells and texts as vectors of one space");
    c->add_option("FILE", embed.file, file_help)->required();
    c->add_option("--out", embed.out, "cells x 256 .npy, or an .h5ad with obsm/X_celloquy")
        ->required();
    c->add_option("--texts", embed.texts, "file of texts, one a line, that are embedded too");
    c->add_option("--texts-out", embed.texts_out,
                  "texts x 256 .npy (default: beside OUT, ending .texts.npy)");
    c->callback([this] { status = celloquy::cli::embed(embed, settings); });
  }
  void add_train() {
    auto* train = app.add_subcommand("train", "make the joint space of texts and cells");
    train->require_subcommand(1);
    auto* c = train->add_subcommand("pool", "the pool of known texts from a folder of pairs");
    add_common_options(*c, settings);
    c->add_option("PAIRS", train_pool.pairs, "folder that scripts/build-pairs wrote")->required();
    c->add_option("--out", train_pool.out, "folder to write (default: models/space)");
    c->add_option("--work", train_pool.work, "folder for the texts' vectors (default: in PAIRS)");
    c->add_option("--genes-a-profile", train_pool.genes_a_profile,
                  "strongest genes that are kept of a profile");
    c->add_option("--leave-out", train_pool.leave_out,
                  "leave out pairs whose source contains this, for evaluation");
    c->callback([this] { status = celloquy::cli::train_pool(train_pool, settings); });
    add_train_towers(*train);
  }
  void add_train_towers(CLI::App& train) {
    auto* c = train.add_subcommand("towers", "both towers, contrastively (docs/training.md)");
    add_common_options(*c, settings);
    auto& to = train_towers;
    c->add_option("PAIRS", to.pairs, "folder that scripts/build-pairs wrote")->required();
    c->add_option("--out", to.out,
                  "folder for the weights and all that is needed to go on after an interruption")
        ->required();
    c->add_option("--encoder", to.encoder, "text encoder: mini_lm, multilingual_e5 or hashing")
        ->check(CLI::IsMember({"mini_lm", "multilingual_e5", "hashing"}))
        ->capture_default_str();
    c->add_option("--languages", to.languages, "of the texts: en zh (default: those it knows)");
    c->add_option("--leave-out", to.leave_out,
                  "leave out pairs whose source contains this, for evaluation");
    c->add_option("--steps", to.steps, "default 1,200")->check(CLI::PositiveNumber);
    c->add_option("--genes", to.genes, "default 8,000")->check(CLI::PositiveNumber);
    c->add_option("--profiles", to.profiles, "in a batch; default 192");
    c->add_option("--gene-sets", to.gene_sets, "in a batch; default 192");
    c->add_option("--seed", to.seed, "of all random numbers")->capture_default_str();
    c->callback([this] { status = celloquy::cli::train_towers(train_towers, settings); });
  }
  void add_export() {
    auto* c = add("export", "write results of a session to files");
    c->add_option("FILE", export_results.file, file_help)->required();
    auto* kind = c->add_option_group("kind");
    kind->add_flag("--h5ad", h5ad, "an AnnData file with all results");
    kind->add_flag("--cellxgene", cellxgene, "an AnnData file of the CELLxGENE schema");
    kind->add_flag("--tables", tables, "tab-separated tables in a folder");
    kind->add_flag("--figures", figures, "SVG figures in a folder");
    kind->add_flag("--report", report, "one HTML page with methods and figures");
    kind->add_option("--code", export_results.code, "the same analysis as code")
        ->check(CLI::IsMember({"scanpy", "seurat", "notebook"}));
    kind->require_option(1);
    c->add_option("--search", export_results.searches,
                  "for an h5ad: scores of this text as columns, once for each text "
                  "(default: what the session searched for last)")
        ->allow_extra_args(false);
    c->add_option("OUT", export_results.out, "file or folder to write")->required();
    c->add_option("--session", export_results.session, "name of the conversation")
        ->capture_default_str();
    c->callback([this] {
      export_results.kind = h5ad        ? "h5ad"
                            : cellxgene ? "cellxgene"
                            : tables    ? "tables"
                            : figures   ? "figures"
                            : report    ? "report"
                                        : "code";
      status = celloquy::cli::export_results(export_results, settings);
    });
  }
  void add_serve() {
    auto* c = add("serve", "the web platform, in a browser (docs/server.md)");
    c->add_option("PATHS", serve.paths, "files, folders of files, or \"demo\"");
    c->add_option("--port", serve.port, "0: any free one")->capture_default_str();
    c->add_option("--host", serve.host,
                  "address to listen on; others than this machine's own need --users")
        ->capture_default_str();
    c->add_option("--name", serve.names, "host name under which the server is reached");
    c->add_option("--users", serve.users, "file of users with passwords and rights");
    c->add_option("--add-user", serve.add_user, "adds a user to that file (password from stdin)");
    c->add_option("--right", serve.rights,
                  "of that user: STUDY=view|annotate|analyse|own, * for all");
    c->add_option("--trust-header", serve.trusted_header, "user name from a reverse proxy");
    c->add_option("--trust-from", serve.trusted_from,
                  "addresses of that proxy (default: this machine)");
    c->add_option("--certificate", serve.certificate, "PEM file, for https");
    c->add_option("--key", serve.key, "PEM file of its key");
    c->add_option("--uploads", serve.uploads, "folder for uploads and exports");
    c->add_option("--most-upload", serve.most_upload_gb, "GB")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    c->add_option("--memory", serve.memory_gb,
                  "GB that open studies may take (default: half of the machine's)")
        ->check(CLI::PositiveNumber);
    c->add_option("--web", serve.web, "folder of the built page");
    c->callback([this] { status = celloquy::cli::serve(serve, settings); });
  }
  void add_tool() {
    auto* c = add("tool", "call one tool of the conversation directly");
    c->add_option("FILE", tool.file, file_help)->required();
    c->add_option("NAME", tool.tool, "name of the tool, as listed by: celloquy ask demo help")
        ->required();
    c->add_option("ARGUMENTS", tool.arguments, "name=value …");
    c->add_option("--session", tool.session, "name of the conversation")->capture_default_str();
    c->callback([this] { status = celloquy::cli::tool(tool, settings); });
  }
};

int usage_error(Program& program, const CLI::ParseError& error, bool json) {
  program.settings.json = json;
  return report_error(
      celloquy::failure(ErrorCode::usage, "cli.usage", {{"what", error.what()}}).value(),
      program.settings);
}

bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  Program program;
  try {
    program.app.parse(argc, argv);
    return program.status;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.app.exit(error);  // --help, --version
    return usage_error(program, error, wants_json(argc, argv));
  } catch (const std::exception& error) {
    // Only our own mistakes and lack of memory come here: rooms return errors as values.
    return report_error(
        celloquy::failure(ErrorCode::internal, "base.internal", {{"what", error.what()}}).value(),
        program.settings);
  }
}
