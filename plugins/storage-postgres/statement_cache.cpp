#include "statement_cache.hpp"

#include <algorithm>

namespace gatetorio::storage_postgres {
namespace {

bool fits(const Prepared& prepared, const std::vector<Oid>& types) {
  return std::equal(types.begin(), types.end(), prepared.types.begin(), prepared.types.end(),
                    [](Oid wanted, Oid known) { return wanted == 0 || wanted == known; });
}

}  // namespace

KnownText& StatementCache::text(std::string_view sql) {
  const auto found = texts_.find(sql);
  if (found != texts_.end()) return found->second;
  ++count_;
  return texts_.emplace(std::string(sql), KnownText{read_sql(sql), {}}).first->second;
}

Prepared& StatementCache::prepared(KnownText& known, const std::vector<Oid>& types) {
  for (const auto& variant : known.variants) {
    if (fits(*variant, types)) return *variant;
  }
  ++count_;
  auto made = std::make_unique<Prepared>(Prepared{session_ + "_" + std::to_string(++last_name_), types});
  return *known.variants.emplace_back(std::move(made));
}

void StatementCache::clear() {
  texts_.clear();
  count_ = 0;
}

}  // namespace gatetorio::storage_postgres
