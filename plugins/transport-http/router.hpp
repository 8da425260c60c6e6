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

// What a method and a path lead to.
struct Match {
  static constexpr std::size_t kMaxParams = 8;
  const Route* route = nullptr;
  std::array<std::string_view, kMaxParams> values{};  // of the route's parameters
  std::size_t value_count = 0;
  std::uint32_t methods = 0;  // without a route: bits of the methods that the path takes; 0: there is no such path

  // "GET, HEAD, POST, OPTIONS", for the Allow header.
  std::string allowed() const;
};

// A tree of path segments. Static segments win over parameters; where they do not lead to a route for the method the
// parameter is tried, so that a device may be called "register".
// Filled once, then read by any thread; a look-up does not allocate.
class Router {
 public:
  Router();

  // Adds a template like "/devices/{controller_id}/users". Returns an empty string, or why it was refused: no leading
  // slash, an empty segment, a bad or repeated parameter name, too many parameters, or a route that is there already.
  std::string add(Method method, std::string_view path_template, std::uint64_t number);

  // Segments as Target::segments gives them: decoded. A parameter never matches an empty segment.
  // HEAD takes the route of GET where it has none of its own.
  Match find(Method method, const std::vector<std::string_view>& segments) const;

 private:
  struct Node {
    std::vector<std::pair<std::string, std::size_t>> children;  // sorted
    std::size_t parameter = 0;                                  // 0: none, the root is nobody's child
    std::array<std::optional<Route>, kMethodCount> routes;
    std::uint32_t methods = 0;  // bits of the routes that are there
  };

  std::size_t static_child(const Node& node, std::string_view segment) const;
  std::size_t add_static_child(std::size_t parent, std::string_view segment);
  std::size_t add_parameter_child(std::size_t parent);
  bool descend(std::size_t at, Method method, const std::vector<std::string_view>& segments, std::size_t depth,
               Match& match) const;

  std::vector<Node> nodes_;
};

}  // namespace gatetorio::transport_http
