// The migrations of one plugin as they lie in the file system.
#pragma once

#include <string>
#include <vector>

#include "gatetorio/sql.hpp"

namespace gatetorio::storage_sqlite {

struct MigrationFile {
  std::int64_t number = 0;
  std::string name;    // "0001_devices.sql"
  std::string sql;     // its content
  std::string sha256;  // of the content, hexadecimal
};

// Reads `NNNN_name.sql` and `NNNN_name.sqlite.sql` in the first <directory>/<plugin> that exists, in order; those for
// another database are left out, files of other kinds ignored. Blocks. Errors: kNotFound where no such folder exists;
// kInvalid, naming the file, for a name of another form, a number that is missing or there twice; kUnavailable for a
// file that cannot be read.
Result<std::vector<MigrationFile>> read_migrations(const sql::MigrateRequest& request);

}  // namespace gatetorio::storage_sqlite
