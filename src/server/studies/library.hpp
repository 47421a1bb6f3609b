#pragma once
// All studies that are served: opened when asked for, closed when memory is short.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/studies/open_study.hpp"

namespace celloquy::server {

struct LibraryOptions {
  std::vector<std::string> paths;  ///< files, folders of files, "demo"
  std::string uploads;             ///< folder for uploads and exports; empty: in the cache
  std::string workspace;           ///< for a single study; empty: beside the file
  std::uint64_t memory =
      0;  ///< bytes that open studies may take together; 0: half of what there is
};

class Library {
 public:
  /// Error: a path that does not exist; an uploads folder that cannot be made.
  static Expected<std::unique_ptr<Library>> make(const LibraryOptions& options, Machine& machine);

  std::vector<Served> served() const;
  std::optional<Served> find(const std::string& id) const;
  /// Null when it is not open.
  std::shared_ptr<OpenStudy> opened(const std::string& id) const;
  /// Opens it when it is not, and closes others that nobody uses when memory is
  /// short. Null: there is no such study.
  std::shared_ptr<OpenStudy> open(const std::string& id);
  /// Of this study's session; made at the first call, also while it is closed.
  std::shared_ptr<EventHub> hub(const std::string& id, const std::string& session);
  /// Ends all event streams and cancels all jobs.
  void close();

  /// Takes the uploaded file (moves it) under this name. Error: not readable as data.
  Expected<Served> add_upload(const std::string& temporary, const std::string& name,
                              const Context& context);
  /// Closes and deletes an upload; false when it is none.
  bool remove_upload(const std::string& id);
  const std::string& uploads() const { return uploads_; }
  /// Where the files of this job go; a day later they are deleted.
  std::string export_folder(const std::string& id) const { return uploads_ + "/exports/" + id; }
  void remove_old_exports() const;

 private:
  explicit Library(Machine& machine) : machine_(machine) {}
  Status add_path(const std::string& path, const std::string& workspace);
  void add(Served served);
  void make_room(const std::string& for_id);

  Machine& machine_;
  std::string uploads_;
  std::uint64_t memory_ = 0;
  mutable std::mutex mutex_;
  std::vector<Served> served_;
  std::map<std::string, std::shared_ptr<OpenStudy>> open_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<EventHub>> hubs_;
};

/// A file's name as an id: letters, digits, '-', '_', '.'; never empty, never "." first.
std::string study_id_of(const std::string& name);

}  // namespace celloquy::server
