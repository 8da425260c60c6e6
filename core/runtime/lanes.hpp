// The two kinds of lane on an io_context; for the executor alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/runtime/executor.hpp"

namespace gatetorio::core {

// `on_fault` outlives the lane.
std::unique_ptr<Lane> make_serial_lane(boost::asio::io_context& context, std::string name, const TaskFault& on_fault);
std::unique_ptr<Lane> make_open_lane(boost::asio::io_context& context, std::string name, const TaskFault& on_fault);

}  // namespace gatetorio::core
