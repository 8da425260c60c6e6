// From method and path to the number of an operation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "request.hpp"

namespace gatetorio::transport_http {

using Param = std::pair<std::string_view, std::string_view>;

struct Route {
  std::uint64_t number = 0;             // the caller's
  std::vector<std::string> parameters;  // names, in the order of the path
};

// What a path leads to. `values` belong to the parameters of whichever route is taken.
struct Match {
  static constexpr std::size_t kMaxParams = 8;
  const std::array<std::optional<Route>, kMethodCount>* routes = nullptr;  // null: no such path
  std::array<std::string_view, kMaxParams> values{};
  std::size_t value_count = 0;

  // The route for the method (HEAD takes that of GET), or null.
  const Route* find(Method method) const;
  // "GET, HEAD, POST, OPTIONS", for the Allow header.
  std::string allowed() const;
};

// A tree of path segments. Static segments win over parameters; where they lead nowhere the parameter is tried.
// Filled once, then read by any thread; a look-up does not allocate.
class Router {
 public:
  Router();

  // Adds a template like "/devices/{controller_id}/users". Returns an empty string, or why it was refused: no leading
  // slash, an empty segment, a bad or repeated parameter name, too many parameters, or a route that is there already.
  std::string add(Method method, std::string_view path_template, std::uint64_t number);

  // Segments as Target::segments gives them: decoded. A parameter never matches an empty segment.
  Match find(const std::vector<std::string_view>& segments) const;

 private:
  struct Node {
    std::vector<std::pair<std::string, std::size_t>> children;  // sorted
    std::size_t parameter = 0;                                  // 0: none, the root is nobody's child
    std::array<std::optional<Route>, kMethodCount> routes;
    bool has_route = false;
  };

  std::size_t static_child(const Node& node, std::string_view segment) const;
  std::size_t add_static_child(std::size_t parent, std::string_view segment);
  std::size_t add_parameter_child(std::size_t parent);
  bool descend(std::size_t at, const std::vector<std::string_view>& segments, std::size_t depth, Match& match) const;

  std::vector<Node> nodes_;
};

}  // namespace gatetorio::transport_http
