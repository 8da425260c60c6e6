#include "local_requests.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "gatetorio/durable.hpp"
#include "gatetorio/secret.hpp"

namespace gatetorio::admin {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRequest = ".request", kAnswer = ".answer";

template <class T>
std::optional<T> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Result<T> read = json::parse<T>(text);
  return read ? std::optional<T>(*std::move(read)) : std::nullopt;
}

fs::path answer_file(fs::path request) { return request.replace_extension(kAnswer); }

}  // namespace

fs::path LocalRequests::put(const LocalRequest& request) const {
  fs::create_directories(folder_);
  fs::permissions(folder_, fs::perms::owner_all);
  const fs::path path = folder_ / (std::to_string(now().us) + "-" + random_text(6) + std::string(kRequest));
  const Result<void> written = durable::write(path, json::write(request));
  if (!written) throw std::runtime_error(written.error().detail);
  return path;
}

std::optional<LocalAnswer> LocalRequests::answer_to(const fs::path& request) {
  auto answer = read_file<LocalAnswer>(answer_file(request));
  std::error_code ignored;
  if (answer) fs::remove(answer_file(request), ignored);
  return answer;
}

std::vector<fs::path> LocalRequests::waiting() const {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    if (entry.path().extension() == kRequest) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<LocalRequest> LocalRequests::read(const fs::path& request) { return read_file<LocalRequest>(request); }

void LocalRequests::answer(const fs::path& request, const LocalAnswer& answer) {
  const Result<void> written = durable::write(answer_file(request), json::write(answer));
  static_cast<void>(written);  // the command then says that nobody answered
  std::error_code ignored;
  fs::remove(request, ignored);
}

}  // namespace gatetorio::admin
