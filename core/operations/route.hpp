// Where an operation is offered over HTTP: a method and a path template ("/things/{thing_id}").
#pragma once

#include <string>
#include <string_view>

namespace gatetorio::core {

// What is wrong with them; empty: nothing. Judged when an operation is declared, so that its author is told, and no
// transport meets what it cannot offer.
std::string check_route(std::string_view method, std::string_view path);

// The path with its parameters' names taken out ("/things/{}"): two paths of one shape answer the same requests.
std::string shape_of(std::string_view path);

}  // namespace gatetorio::core
