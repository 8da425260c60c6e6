// Looks at the SQL of a batch that sql::inspect() accepted.
#pragma once

#include <string_view>

#include "gatetorio/sql_reader.hpp"

namespace gatetorio::storage_postgres {

// The first statement for which `wanted(index, text)` holds; its index, or -1 where there is none.
template <class Wanted>
std::int32_t find_statement(std::string_view batch, Wanted wanted) {
  sql::BatchReader in(batch);
  sql::Mode mode{};
  in.mode(mode);
  for (std::int32_t index = 0; !in.at_end(); ++index) {
    sql::StatementView view;
    sql::Cell ignored;
    in.statement(view);
    if (wanted(index, view.sql)) return index;
    for (std::uint32_t i = 0; i < view.parameters; ++i) in.parameter(ignored);
  }
  return -1;
}

// Empty where there is no such statement.
inline std::string_view text_at(std::string_view batch, std::int32_t statement) {
  std::string_view text;
  find_statement(batch, [&](std::int32_t index, std::string_view sql) {
    if (index == statement) text = sql;
    return index == statement;
  });
  return text;
}

}  // namespace gatetorio::storage_postgres
