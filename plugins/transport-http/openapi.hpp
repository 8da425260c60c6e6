// The OpenAPI document, from what the loaded plugins declare.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <string_view>

namespace gatetorio::transport_http {

// OpenAPI 3.1 as JSON. `operations` is the "operations" report of abi/inspect.h; those without a method are left out.
std::string make_openapi(const boost::json::array& operations, std::string_view base_path, std::string_view version);

}  // namespace gatetorio::transport_http
