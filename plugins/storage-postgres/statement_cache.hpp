// The prepared statements of one connection, found by their text.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql_text.hpp"

namespace gatetorio::storage_postgres {

struct Prepared {
  std::string name;
  std::vector<Oid> types;  // 0: left to the server, because the first argument there was NULL
  bool is_ready = false;   // the server has it
};

struct KnownText {
  SqlText text;
  // More than one where an argument is NULL at one time and has a value at another: a NULL fits every type, a value
  // only its own.
  std::vector<std::unique_ptr<Prepared>> variants;
};

class StatementCache {
 public:
  // `session`: begins the names of all statements. No other connection has it, so that a pooler which mixes up sessions
  // can at worst say that a statement is missing, never run another one.
  explicit StatementCache(std::string session) : session_(std::move(session)) {}

  // What is known of a text, read at its first use. Valid until clear().
  KnownText& text(std::string_view sql);
  // The statement for these types of arguments; made, and not ready yet, where there is none. Valid until clear().
  Prepared& prepared(KnownText& known, const std::vector<Oid>& types);

  // Texts that are made up anew each time would fill the server's memory: then everything is forgotten.
  bool is_full() const { return count_ >= kMost; }
  void clear();

 private:
  static constexpr std::size_t kMost = 1000;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  const std::string session_;
  std::unordered_map<std::string, KnownText, Hash, std::equal_to<>> texts_;
  std::size_t count_ = 0;
  std::uint64_t last_name_ = 0;
};

}  // namespace gatetorio::storage_postgres
