// Does a JSON value fit a declared option? Asked of what the operator wrote and of the declared defaults alike.
#pragma once

#include <boost/json/value.hpp>

#include "core/config/schema.hpp"

namespace gatetorio::core {

// True where the value has the option's type, lies in its range and is one of its choices. A secret's value is its
// resolved text.
bool fits(const Option& option, const boost::json::value& value);

// The option that describes one entry of a string_list.
Option entry_option(const Option& list);

}  // namespace gatetorio::core
