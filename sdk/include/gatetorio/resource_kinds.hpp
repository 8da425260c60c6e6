// gatetorio.resource-kind/1: resources that are no devices. A plugin that owns some provides it under their kind as the
// selector; an operation that declares its `resource` as "kind:field" is then judged by what the plugin answers.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "gatetorio/identity.hpp"

namespace gatetorio {

struct ResourceQuery {
  Principal principal;  // as it is at present
  std::string id;       // what the caller wrote into the field: anything
};
BOOST_DESCRIBE_STRUCT(ResourceQuery, (), (principal, id))

struct ResourceKind {
  static constexpr std::string_view kId = "gatetorio.resource-kind/1";
  // What the principal has there now. An empty level: nothing, or there is no such resource. A level covers a `need` of
  // the same word; owner covers engineer covers readonly, and admin covers viewer.
  struct Find {
    static constexpr std::uint32_t kMethod = 1;
    using Request = ResourceQuery;
    using Reply = Access;
  };
};

}  // namespace gatetorio
