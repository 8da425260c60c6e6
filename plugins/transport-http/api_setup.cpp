// The operations and pages that are offered, before the server starts.
#include <boost/json.hpp>
#include <iterator>

#include "api.hpp"
#include "declaration.hpp"
#include "ignoring_case.hpp"
#include "openapi.hpp"

namespace gatetorio::transport_http {
namespace {

namespace json = boost::json;

// Adds a name to a list of header names, once.
void add_name(std::string& list, std::string_view name) {
  for (std::string_view rest = list; !rest.empty();) {
    const auto comma = rest.find(", ");
    if (equals_ignoring_case(rest.substr(0, comma), name)) return;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 2);
  }
  list.append(list.empty() ? "" : ", ").append(name);
}

}  // namespace

std::string Api::set_operations(std::string_view report, std::string_view version, const LeftOut& left_out) {
  boost::system::error_code error;
  const auto operations = json::parse(report, error);
  if (error || !operations.is_array()) return "the hub's list of operations cannot be read";
  for (std::size_t i = 0; i < std::size(kPagePaths); ++i) router_.add(Method::kGet, kPagePaths[i], i);
  json::array offered;
  for (const auto& entry : operations.get_array()) {
    const auto wrong = offer(entry.as_object());
    if (wrong.empty()) {
      offered.push_back(entry);
    } else {
      left_out(text_at(entry.as_object(), "id"), wrong);
    }
  }
  name_headers();
  for (const auto& entry : offered) {
    if (text_at(entry.as_object(), "method") == "OPTIONS") name_methods(text_at(entry.as_object(), "path"));
  }
  pages_.set_openapi(make_openapi(offered, kBasePath, version));
  return {};
}

std::string Api::add_pages(const StaticPages& pages, std::string_view search_path) {
  std::string wrong = files_.add(pages, search_path);
  pages_.set_home(files_.home());
  return wrong;
}

std::string Api::offer(const json::object& declaration) {
  const auto method_text = text_at(declaration, "method");
  if (method_text.empty()) return {};
  const auto method = method_from(method_text);
  if (method == Method::kOther) return "the method is not one that can be offered";
  const auto path = std::string(kBasePath).append(text_at(declaration, "path"));
  auto wrong = router_.add(method, path, std::size(kPagePaths) + offered_.size());
  if (wrong.empty()) offered_.push_back(offered_from(declaration));
  return wrong;
}

// Headers that operations declare count for pages of allowed origins as the usual ones do.
void Api::name_headers() {
  for (const Offered& operation : offered_) {
    for (const auto& [name, field] : operation.request_headers) add_name(request_headers_, name);
    for (const auto& name : operation.response_headers) add_name(exposed_headers_, name);
    for (std::string_view lines = operation.fixed_headers; !lines.empty(); lines.remove_prefix(lines.find('\n') + 1)) {
      add_name(exposed_headers_, lines.substr(0, lines.find(':')));
    }
  }
}

// An operation that answers OPTIONS says what it likes, and the methods of its path besides.
void Api::name_methods(std::string_view path) {
  const std::string whole = std::string(kBasePath).append(path);
  Target target;
  target.parse(whole);
  const auto match = router_.find(Method::kOptions, target.segments());
  auto& operation = offered_[match.route->number - std::size(kPagePaths)];
  operation.fixed_headers += "Allow: " + match.allowed() + "\r\n";
}

}  // namespace gatetorio::transport_http
