#include "router.hpp"

#include <algorithm>

namespace gatetorio::transport_http {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::uint32_t bit(Method method) { return 1u << static_cast<unsigned>(method); }

bool has_brace(std::string_view segment) { return segment.find_first_of("{}") != std::string_view::npos; }

}  // namespace

std::string Match::allowed() const {
  std::string list;
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    if ((methods & bit(method)) == 0 || method == Method::kOptions) continue;
    list.append(method_name(method)).append(", ");
    if (method == Method::kGet && (methods & bit(Method::kHead)) == 0) list += "HEAD, ";
  }
  return list + "OPTIONS";
}

Router::Router() : nodes_(1) {}

std::string Router::add(Method method, std::string_view path_template, std::uint64_t number) {
  if (!path_template.starts_with('/')) return "a path begins with a slash";
  auto rest = path_template.substr(1);
  std::size_t at = 0;
  Route route{number, {}};
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    more = slash != std::string_view::npos;
    const auto segment = rest.substr(0, slash);
    rest = more ? rest.substr(slash + 1) : std::string_view{};
    if (segment.empty() && path_template != "/") return "a path has no empty segment";
    if (!is_parameter(segment)) {
      if (has_brace(segment)) return "a parameter is a whole segment";
      at = add_static_child(at, segment);
      continue;
    }
    const auto name = segment.substr(1, segment.size() - 2);
    const auto known = std::find(route.parameters.begin(), route.parameters.end(), name);
    if (has_brace(name) || known != route.parameters.end()) return "a parameter has a name of its own";
    if (route.parameters.size() == Match::kMaxParams) return "a path has at most 8 parameters";
    route.parameters.emplace_back(name);
    at = add_parameter_child(at);
  }
  auto& slot = nodes_[at].routes[static_cast<std::size_t>(method)];
  if (slot) return "the path is taken";
  slot = std::move(route);
  nodes_[at].methods |= bit(method);
  return {};
}

Match Router::find(Method method, const std::vector<std::string_view>& segments) const {
  Match match;
  if (descend(0, method, segments, 0, match) || method != Method::kHead) return match;
  match = {};
  descend(0, Method::kGet, segments, 0, match);
  return match;
}

// Depth is bounded by Target::kMaxSegments and by the tree, which clients cannot shape.
bool Router::descend(std::size_t at, Method method, const std::vector<std::string_view>& segments, std::size_t depth,
                     Match& match) const {
  const auto& node = nodes_[at];
  if (depth == segments.size()) {
    match.methods |= node.methods;
    const auto& route = node.routes[static_cast<std::size_t>(method)];
    if (route) match.route = &*route;
    return route.has_value();
  }
  const auto segment = segments[depth];
  const auto child = static_child(node, segment);
  if (child != 0 && descend(child, method, segments, depth + 1, match)) return true;
  if (node.parameter == 0 || segment.empty() || match.value_count == Match::kMaxParams) return false;
  match.values[match.value_count++] = segment;
  if (descend(node.parameter, method, segments, depth + 1, match)) return true;
  --match.value_count;
  return false;
}

std::size_t Router::static_child(const Node& node, std::string_view segment) const {
  const auto found = std::lower_bound(node.children.begin(), node.children.end(), segment,
                                      [](const auto& child, std::string_view text) { return child.first < text; });
  return found != node.children.end() && found->first == segment ? found->second : 0;
}

std::size_t Router::add_static_child(std::size_t parent, std::string_view segment) {
  if (const auto known = static_child(nodes_[parent], segment); known != 0) return known;
  const auto added = nodes_.size();
  nodes_.emplace_back();
  auto& children = nodes_[parent].children;
  children.emplace_back(std::string(segment), added);
  std::sort(children.begin(), children.end());
  return added;
}

std::size_t Router::add_parameter_child(std::size_t parent) {
  if (nodes_[parent].parameter == 0) {
    const auto added = nodes_.size();
    nodes_.emplace_back();
    nodes_[parent].parameter = added;
  }
  return nodes_[parent].parameter;
}

}  // namespace gatetorio::transport_http
